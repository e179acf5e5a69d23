//! The frame of the pages for people who are not signed in yet.

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::Title;
use rpc::{RpcError, Visit};

use crate::components::form::messages;
use crate::components::portal::{reference, refusal_page};

/// A narrow page with this title that waits for its data.
pub fn narrow<T, F, R>(title: &'static str, load: F, render: R) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Result<T, RpcError>> + Send + 'static,
    R: FnOnce(T, &Visit) -> AnyView + Send + 'static,
{
    let visit = rpc::request::visit();
    let site = if visit.site_name.is_empty() { "Dataset Catalogue".to_owned() } else { visit.site_name.to_string() };
    let refused = visit.flash.as_ref().is_some_and(|flash| flash.refusal.is_some());
    let tab = format!("{}{title} - {site}", if refused { "Error: " } else { "" });
    let content = Suspend::new(async move {
        match load.await {
            Ok(data) => {
                // The messages call fields what the form calls them.
                let content = render(data, &visit);
                let told = messages(&visit);
                view! { {told}<h1>{title}</h1>{content} }.into_any()
            }
            Err(error) => apology(&visit, &error),
        }
    });
    view! {
        <Title text=tab/>
        <body class="site">
            <a class="skip-link" href="#main">"Skip to main content"</a>
            <header class="site-header">
                <div class="site-header__inner"><a class="wordmark" href="/"><span class="wordmark__name">{site}</span></a></div>
            </header>
            <main id="main" class="page wrap" tabindex="-1">
                <div class="narrow stack"><Suspense>{content}</Suspense></div>
            </main>
            <script r#type="module" src="/assets/show-password.js"></script>
        </body>
    }
    .into_any()
}

fn apology(visit: &Visit, error: &RpcError) -> AnyView {
    let refusal = match error {
        RpcError::Refused(refusal) => Some(refusal),
        RpcError::Fault => None,
    };
    let page = refusal_page(refusal);
    rpc::request::set_status(page.status);
    let (heading, said) = (page.heading, page.words());
    view! { <h1>{heading}</h1><p>{said}</p>{reference(visit)} }.into_any()
}

/// A field for a password that is being chosen.
#[must_use]
pub fn new_password(form: &crate::components::form::Form, label: &str) -> AnyView {
    form.field("new_password", label)
        .kind("password")
        .autocomplete("new-password")
        .hint("14 characters or more. Several words that do not belong together are best.")
        .input()
}

#[cfg(test)]
mod tests {
    use domain::people::MIN_PASSWORD;

    #[test]
    fn the_script_and_the_hints_ask_for_as_many_characters_as_the_rules() {
        let script = std::fs::read_to_string("../public/show-password.js").unwrap();
        assert!(script.contains(&format!("const LEAST = {MIN_PASSWORD};")));
        for page in ["account/frame.rs", "administration/users.rs", "administration/user_forms.rs"] {
            let words = std::fs::read_to_string(format!("src/pages/{page}")).unwrap();
            assert!(words.contains(&format!("\"{MIN_PASSWORD} characters or more.")), "{page}");
        }
    }
}
