//! Recalling public files and images of a version, and giving them out again; each with a reason, which the history keeps.

use domain::file::File;
use domain::image::Image;
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{size_words, state_tag};

/// The form that recalls a file, for those who may.
pub(super) fn withdraw(page: &VersionAdminPage, file: &File, visit: &Visit) -> Option<AnyView> {
    let words = Words {
        action: "Withdraw",
        note: "Nobody outside gets the file any more, at once. Those who work on the dataset still do, and it can be reinstated.",
    };
    let form = page.can_correct.then(|| Form::of(visit, "files/withdraw"))?;
    Some(view! { <li>{recalling((&file.id, &file.filename), &form.where_is("id", &file.id), &words)}</li> }.into_any())
}

/// The files that were recalled, with the forms that give them out again for those who may.
pub(super) fn withdrawn(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    if page.withdrawn.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = page.withdrawn.iter().map(|file| item(page, file, visit)).collect();
    let view = view! {
        <section class="stack stack--tight" id="withdrawn" aria-labelledby="withdrawn-title">
            <h3 id="withdrawn-title">"Withdrawn files"</h3>
            <p class="muted">"Nobody outside gets them, and they are in no list of the version."</p>
            <ul class="uploader__list">{items}</ul>
        </section>
    };
    Some(view.into_any())
}

fn item(page: &VersionAdminPage, file: &File, visit: &Visit) -> AnyView {
    let words =
        Words { action: "Reinstate", note: "Everybody gets the file again, at once, with the bytes that it had." };
    let reinstate = page.can_correct.then(|| {
        let form = Form::of(visit, "files/reinstate").where_is("id", &file.id);
        view! { <li>{recalling((&file.id, &file.filename), &form, &words)}</li> }
    });
    let href = format!("/files/{}/content", file.id);
    let hash = file.sha256.get(..12).unwrap_or_default().to_owned();
    view! {
        <li class="upload">
            <span class="upload__name"><a href=href>{file.filename.clone()}</a></span>
            <span class="upload__meta meta"><span>{size_words(file.size)}</span><span class="mono">{format!("sha256 {hash}")}</span></span>
            <span class="upload__actions cluster">{state_tag(file.state.as_str())}</span>
        </li>
        {reinstate}
    }
    .into_any()
}

/// The form that recalls an image, or gives it out again, for those who may.
pub(super) fn of_image(page: &VersionAdminPage, image: &Image, visit: &Visit) -> Option<AnyView> {
    let (endpoint, words) = if image.withdrawn {
        let note = "Everybody gets the image again, at once, in the place that it had.";
        ("images/reinstate", Words { action: "Reinstate", note })
    } else {
        let note = "Nobody outside gets the image any more, at once, and no page shows it. Those who work on the dataset still see it, and it can \
                    be reinstated.";
        ("images/withdraw", Words { action: "Withdraw", note })
    };
    let form = page.can_correct.then(|| Form::of(visit, endpoint).where_is("id", &image.id))?;
    Some(recalling((&image.id, &format!("the image {}", image.texts.alt)), &form, &words))
}

/// What one of the two forms says.
struct Words {
    action: &'static str,
    note: &'static str,
}

/// The form about what has this id and is called so.
fn recalling((id, name): (&str, &str), form: &Form, words: &Words) -> AnyView {
    let name = format!(" {name}");
    let hint = "An alert on the version's public page, at once. Nothing is told where this is empty.";
    view! {
        <details class="details" open=form.was_refused()>
            <summary>{words.action}<span class="visually-hidden">{name.clone()}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", id)}
                <p>{words.note}</p>
                {form.field("reason", "Reason").hint("For the history; readers do not see it.").textarea()}
                {form.field("notice", "What readers of the version are told").optional().hint(hint).textarea()}
                <button class="button button--warning">{words.action}<span class="visually-hidden">{name}</span></button>
            </form>
        </details>
    }
    .into_any()
}
