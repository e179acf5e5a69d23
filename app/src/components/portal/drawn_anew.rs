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

/// The part of a page that shows the publish queue under this mark. `public/follow-queue.js` asks for the page again where it hears
/// of another mark, and after so many milliseconds.
#[must_use]
pub fn queue_region(mark: String, said: String, again_in: i64, content: AnyView) -> AnyView {
    view! {
        <div id="queue" class="drawn" tabindex="-1" data-mark=mark data-said=said data-again=again_in.to_string()>{content}</div>
        <p class="visually-hidden" id="queue-said" role="status"></p>
        <script r#type="module" src="/assets/follow-queue.js"></script>
    }
    .into_any()
}
