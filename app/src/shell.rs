//! The document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::addresses::App;

/// Puts the colours that somebody chose in this browser into force before anything is drawn. The button that chooses them does
/// the same, but only once its module has come. A browser that keeps nothing, or lets nobody ask, goes by its system.
const CHOSEN_COLOURS: &str = "try{const t=localStorage.getItem('theme');\
    if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";

/// The whole document of a page.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    provide_meta_context();
    let visit = rpc::request::visit();
    let lang = visit.language.as_str();
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    view! {
        <!DOCTYPE html>
        <html lang=lang>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <script nonce=nonce inner_html=CHOSEN_COLOURS></script>
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
