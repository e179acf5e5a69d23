//! Comments on a bundle, and the sign-offs of its items.

use chrono::{DateTime, Utc};
use domain::bundle::ContentItem;
use domain::bundle::remarks::{Comment, SignOff};
use domain::views::BundlePage;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{moment, panel};

/// What was said, and the form for more; `item` limits both to one of the items.
pub(super) fn comments(page: &BundlePage, visit: &Visit, item: Option<&ContentItem>) -> AnyView {
    let about = item.map(ContentItem::reference);
    let shown = page.comments.iter().filter(|comment| about.is_none() || comment.about == about);
    let list: Vec<AnyView> = shown.map(|comment| comment_view(comment, about.is_none())).collect();
    let none = list.is_empty().then(|| view! { <p class="muted">"Nobody has said anything yet."</p> });
    let form = Form::of(visit, "bundles/comment");
    let content = view! {
        {none}
        {list}
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &page.bundle.id)}
            {subject(page, &form, item)}
            {form.field("text", "Comment").hint("People who see the bundle read it; it is never public.").textarea()}
            <button class="button button--secondary">"Add the comment"</button>
        </form>
    };
    panel("Comments", false, None, content.into_any())
}

/// What the comment is about: the item at hand, or one to choose.
fn subject(page: &BundlePage, form: &Form, item: Option<&ContentItem>) -> AnyView {
    if let Some(item) = item {
        return hidden("item_id", &item.id);
    }
    if page.contents.is_empty() {
        return ().into_any();
    }
    let mut options = vec![(String::new(), "The whole bundle".to_owned())];
    options.extend(page.contents.iter().map(|item| (item.id.clone(), item.reference())));
    form.field("item_id", "About").select(options)
}

fn comment_view(comment: &Comment, with_subject: bool) -> AnyView {
    let about = comment.about.as_deref().filter(|_| with_subject);
    said(&comment.author.name, about, &comment.text, comment.created_at)
}

/// What somebody said, and on what of several things.
pub(super) fn said(author: &str, about: Option<&str>, text: &str, at: DateTime<Utc>) -> AnyView {
    let (author, text) = (author.to_owned(), text.to_owned());
    let about = about.map(|about| {
        let about = about.to_owned();
        view! { <span class="muted">"on "{about}</span> }
    });
    view! {
        <article class="comment">
            <header class="comment__head"><strong>{author}</strong>{about}{moment(at, "")}</header>
            <p class="comment__text">{text}</p>
        </article>
    }
    .into_any()
}

/// Who has signed the item off, and the button to do so or to take it back.
pub(super) fn sign_off(page: &BundlePage, visit: &Visit, item: &ContentItem) -> AnyView {
    let made: Vec<&SignOff> = page.sign_offs.iter().filter(|made| made.item_id == item.id).collect();
    let names: Vec<AnyView> = made
        .iter()
        .map(|made| {
            let name = made.by.name.clone();
            if made.holds_for(item) {
                view! { <span class="signed">{name}</span> }.into_any()
            } else {
                view! { <span class="signed signed--old">{name}", before it changed"</span> }.into_any()
            }
        })
        .collect();
    let none = names.is_empty().then(|| view! { <span class="muted">"Nobody yet"</span> });
    let mine = visit.caller.as_ref().and_then(|caller| made.iter().find(|made| made.by.id == caller.actor.id));
    let holds = mine.is_some_and(|made| made.holds_for(item));
    let button = page.can_sign_off.then(|| {
        let form = Form::of(visit, "bundles/sign-off");
        let words = if holds { "Take back" } else { "Checked by me" };
        let name = format!(": {}", item.reference());
        view! {
            <form method="post" action=form.action()>
                {hidden("id", &page.bundle.id)}{hidden("item_id", &item.id)}{hidden("revision", item.version_revision)}
                {holds.then(|| hidden("withdraw", "yes"))}
                <button class="link-button">{words}<span class="visually-hidden">{name}</span></button>
            </form>
        }
    });
    view! { {none}{names}{button} }.into_any()
}

/// How many of the items are signed off as they are now, in words.
pub(super) fn sign_off_words(page: &BundlePage) -> String {
    let signed = page
        .contents
        .iter()
        .filter(|item| page.sign_offs.iter().any(|made| made.item_id == item.id && made.holds_for(item)))
        .count();
    format!("{signed} of {} items signed off", page.contents.len())
}
