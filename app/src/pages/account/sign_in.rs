//! The sign-in page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::form::{Form, hidden, messages};

/// Asks for address and password; what was typed stays, the password never does.
#[component]
pub fn SignIn() -> impl IntoView {
    let visit = rpc::request::visit();
    let form = Form::of(&visit, "account/sign-in");
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = rpc::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
    if visit.caller.is_some() && !form.was_refused() {
        rpc::request::see_other(&next);
    }
    let site = if visit.site_name.is_empty() { "Dataset Catalogue".to_owned() } else { visit.site_name.to_string() };
    let title = if form.was_refused() { "Error: Sign in" } else { "Sign in" };
    view! {
        <Title text=format!("{title} - {site}")/>
        <body class="site">
        <a class="skip-link" href="#main">"Skip to main content"</a>
        <header class="site-header">
            <div class="site-header__inner"><a class="wordmark" href="/"><span class="wordmark__name">{site}</span></a></div>
        </header>
        <main id="main" class="page wrap" tabindex="-1">
            <div class="narrow stack">
                {messages(&visit)}
                <h1>"Sign in"</h1>
                <form class="stack" method="post" action=form.action() novalidate=true>
                    {hidden("next", next)}
                    {form.field("email", "E-mail address").kind("email").autocomplete("username").input()}
                    {form.field("password", "Password").kind("password").autocomplete("current-password").input()}
                    <button class="button button--block">"Sign in"</button>
                </form>
            </div>
        </main>
        </body>
    }
}
