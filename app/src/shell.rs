//! The document around every page.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::addresses::App;

/// The whole document of a page.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    provide_meta_context();
    let visit = rpc::request::visit();
    let lang = visit.language.as_str();
    view! {
        <!DOCTYPE html>
        <html lang=lang>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href="/assets/fonts/source-serif-4.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href="/assets/main.css"/>
                <link rel="icon" href="/assets/favicon.svg" r#type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/assets/apple-touch-icon.png"/>
                <link rel="search" r#type="application/opensearchdescription+xml" title=visit.site_name.to_string() href="/opensearch.xml"/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <App/>
        </html>
    }
}
