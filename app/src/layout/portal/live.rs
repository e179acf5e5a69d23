//! The line at the foot of a page of the portal: who else has the same thing open, and what happened to it since.
//!
//! It stands after everything else and stays in sight, so that whatever it says moves nothing that is being read or
//! filled in. `public/live.js` goes on with it; without scripts it says how things stood when the page was made.

use domain::presence::Here;
use leptos::prelude::*;

/// The line for a page at `path`; `here` is what was known of its thing, before the page was made.
pub(super) fn line(path: &str, here: Option<&Here>) -> AnyView {
    let whole = path.to_owned();
    let path = path.split(['?', '#']).next().unwrap_or_default().to_owned();
    let mark = here.and_then(|here| here.last.as_ref()).map(|last| last.mark.clone());
    let others = here.map(Here::others_words).unwrap_or_default();
    let stood = here.map(|here| {
        let nobody = others.is_empty().then_some("Nobody else has this open. ");
        let as_of = format!("As of {}. ", here.as_of());
        view! { <noscript><p class="live__line">{nobody}{as_of}<a href=whole>"Refresh"</a></p></noscript> }
    });
    view! {
        <div class="live" id="live" data-at=path.clone() data-mark=mark>
            <p class="visually-hidden" id="live-said" role="status"></p>
            <p class="live__line live__line--changed" id="live-changed" hidden=true></p>
            <p class="live__line" id="live-others" hidden=others.is_empty()>{others.clone()}</p>
            <p class="live__line" id="live-lost" hidden=true></p>
            {stood}
        </div>
    }
    .into_any()
}
