//! Buttons that copy a text of the page; without scripts they are not shown, and the text can be selected.

use leptos::prelude::*;

/// A button that copies what the element with this id says; `what` is read out where the page has several.
#[must_use]
pub fn copy_button(id: &str, what: &str) -> AnyView {
    let about = format!(": {what}");
    view! {
        <button type="button" class="button button--secondary button--small copy" hidden=true data-copies=id.to_owned()>
            "Copy"<span class="visually-hidden">{about}</span>
        </button>
    }
    .into_any()
}

/// What says aloud that something was copied, with the script of the buttons; once on a page.
#[must_use]
pub fn copying() -> AnyView {
    const REFUSED: &str = "This browser does not copy by itself. The text is selected: copy it with the keyboard.";
    view! {
        <p class="visually-hidden" role="status" id="copied" data-copied="Copied" data-refused=REFUSED></p>
        <script r#type="module" src="/assets/copy.js"></script>
    }
    .into_any()
}
