//! Buttons that copy a text of the page; without scripts they are not shown, and the text can be selected.

use domain::language::Language;
use leptos::prelude::*;

use crate::i18n::t;

/// A button that copies what the element with this id says; the script shows it, as nothing would come of it otherwise.
pub fn copy(lang: Language, id: &str, what: &str) -> AnyView {
    view! {
        <button type="button" class="button button--secondary button--small copy" hidden=true data-copies=id.to_owned()>
            {t(lang, "copy")}<span class="visually-hidden">": "{what.to_owned()}</span>
        </button>
    }
    .into_any()
}

/// What says aloud that something was copied, with the script of the buttons; once on a page.
pub fn copied(lang: Language) -> AnyView {
    view! {
        <p class="visually-hidden" role="status" id="copied" data-copied=t(lang, "copy-done") data-refused=t(lang, "copy-refused")></p>
        <script r#type="module" src="/assets/copy.js"></script>
    }
    .into_any()
}
