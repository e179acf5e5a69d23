//! Parts of an open page that the server draws anew as things go on, so that they say nothing that was true only when it was made.

use domain::progress::Course;
use leptos::prelude::*;

/// A part of a page that follows a publication; `follows` says whether it still does. `public/follow-publication.js` hears of what
/// happens and asks for the page again. Without scripts a link does.
#[must_use]
pub fn followed(course: Course<'_>, follows: bool, content: AnyView) -> AnyView {
    view! {
        <div
            id="publication"
            class="drawn"
            tabindex="-1"
            data-bundle=course.bundle.id.clone()
            data-mark=course.mark()
            data-said=course.said()
            data-follows=follows.then_some("yes")
        >
            {content}
        </div>
        <p class="visually-hidden" id="publication-said" role="status"></p>
        {follows.then(|| view! { <script r#type="module" src="/assets/follow-publication.js"></script> })}
    }
    .into_any()
}

/// The link that does without scripts what the page does by itself with them.
#[must_use]
pub fn look_again_by_hand(here: String) -> AnyView {
    view! { <p class="small"><a id="look-again" href=here>"Look again"</a>" for what is new; where scripts run the page does by itself."</p> }
        .into_any()
}

/// How often a page of the operations desk is made anew although nobody tells of a change, in milliseconds: its ages and measures go on.
const DESK_AGAIN: i64 = 30_000;

/// The part of a page that shows the publish queue under this mark, made anew after so many milliseconds at the latest.
#[must_use]
pub fn queue_region(mark: String, said: String, again_in: i64, content: AnyView) -> AnyView {
    region("queue", mark, said, again_in, content)
}

/// The part of a page of the operations desk that shows how the program stands under this mark.
#[must_use]
pub fn desk_region(mark: String, said: String, content: AnyView) -> AnyView {
    region("desk", mark, said, DESK_AGAIN, content)
}

/// How often the newest lines of the log are asked for, in milliseconds.
const LOG_AGAIN: i64 = 10_000;

/// The newest lines of the log, which come by themselves where scripts run, until their reader pauses them. Nothing is said aloud of them.
#[must_use]
pub fn log_region(content: AnyView) -> AnyView {
    view! {
        <div id="logs" class="drawn" tabindex="-1" data-mark="" data-said="" data-again=LOG_AGAIN.to_string() data-pause="yes">{content}</div>
        <p class="visually-hidden" id="logs-said" role="status"></p>
        <script r#type="module" src="/assets/follow-mark.js"></script>
    }
    .into_any()
}

/// A part of a page that is drawn anew. `public/follow-mark.js` asks for the page again where it hears of another mark, and after so many
/// milliseconds; without scripts a link on the page does.
fn region(id: &'static str, mark: String, said: String, again_in: i64, content: AnyView) -> AnyView {
    view! {
        <div id=id class="drawn" tabindex="-1" data-mark=mark data-said=said data-again=again_in.to_string()>{content}</div>
        <p class="visually-hidden" id=format!("{id}-said") role="status"></p>
        <script r#type="module" src="/assets/follow-mark.js"></script>
    }
    .into_any()
}
