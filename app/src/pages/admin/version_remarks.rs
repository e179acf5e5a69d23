//! Comments on a version.

use domain::version::VersionComment;
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_remarks::said;
use super::version_steps::identity;
use crate::components::form::Form;
use crate::components::portal::comments_panel;

/// What was said, and the form for more; nothing for who does not read the dataset.
pub(super) fn comments(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    let comments = page.comments.as_ref()?;
    let list: Vec<AnyView> = comments.iter().map(comment_view).collect();
    let none = list.is_empty().then(|| view! { <p class="muted">"Nobody has said anything yet."</p> });
    let form = Form::of(visit, "versions/comment");
    let hint = "People who work on the dataset read it; it is never public.";
    let content = view! {
        {none}
        {list}
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {identity(page)}
            {form.field("text", "Comment").hint(hint).textarea()}
            <button class="button button--secondary">"Add the comment"</button>
        </form>
    };
    Some(comments_panel(content.into_any()))
}

fn comment_view(comment: &VersionComment) -> AnyView {
    said(&comment.author.name, None, &comment.text, comment.created_at)
}
