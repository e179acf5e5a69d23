//! The images of a version: what is written about them, and the form for another.

use domain::image::Image;
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::version_recall::of_image;
use super::version_steps::identity;
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, empty, panel, size_words, state_tag};

/// The images with their words, and the form for another.
pub(super) fn images(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    if page.images.is_empty() && !page.can_edit {
        return None;
    }
    let list = if page.images.is_empty() {
        empty("No images", "An image becomes public with the version, below its table.", None)
    } else {
        let items: Vec<AnyView> = page.images.iter().map(|image| image_view(page, image, visit)).collect();
        view! { <ul class="uploader__list">{items}</ul> }.into_any()
    };
    let adding = page.can_edit.then(|| adding(page, visit));
    let content = view! { <div class="stack" id="images">{list}{adding}</div> };
    Some(panel("Images", false, None, content.into_any()))
}

fn image_view(page: &VersionAdminPage, image: &Image, visit: &Visit) -> AnyView {
    let (alt, caption) = (image.texts.alt.clone(), image.texts.caption.clone().unwrap_or_default());
    let (width, height, size) = image.original().map_or((1, 1, 0), |made| (made.width, made.height, made.size));
    let sizes = format!("{width} × {height} pixels, {}", size_words(size));
    let smallest = image.variants.first().map_or("original", |made| made.variant.as_str());
    let shown = view! {
        <a class="thumbnail" href=image.href("original")>
            <img src=image.href(smallest) alt=alt.clone() width=width height=height loading="lazy"/>
        </a>
    };
    let words = if page.can_edit {
        editing(image, visit, &alt, &caption)
    } else {
        view! { <div class="stack stack--tight"><p>{alt.clone()}</p><p class="muted">{caption}</p></div> }.into_any()
    };
    let state = image.withdrawn.then(|| state_tag("withdrawn"));
    let recall = of_image(page, image, visit);
    view! {
        <li class="thumbnail-row">
            {shown}
            <div class="stack stack--tight">{words}<p class="meta">{state}<span>{sizes}</span></p>{recall}</div>
        </li>
    }
    .into_any()
}

fn editing(image: &Image, visit: &Visit, alt: &str, caption: &str) -> AnyView {
    let form = Form::of(visit, "images/edit").where_is("id", &image.id);
    let name = format!(" the image {alt}");
    let remove = Confirmed {
        words: "Remove",
        about: alt,
        note: "The image and its words are taken out of the version. To have it back, add it again.",
        action: "/rpc/images/delete",
        fields: view! { {hidden("id", &image.id)}{hidden("revision", image.revision)} }.into_any(),
    };
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &image.id)}
            {hidden("revision", image.revision)}
            {form.field("alt", "Alternative text").value(alt).textarea()}
            {form.field("caption", "Caption").value(caption).optional().input()}
            <button class="button button--secondary button--small">
                "Save words"<span class="visually-hidden">" of"{name}</span>
            </button>
        </form>
        {remove.view()}
    }
    .into_any()
}

fn adding(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "images/add");
    let most = format!(
        "A PNG, JPEG, WebP or GIF that does not move, up to {}. It is drawn anew, so that nothing but the picture is kept.",
        size_words(page.largest_image)
    );
    let (identity, action) = (identity(page), form.action());
    let open = form.was_refused();
    view! {
        <details class="details" open=open>
            <summary>"Add an image"</summary>
            <form class="stack stack--tight" method="post" action=action enctype="multipart/form-data" novalidate=true>
                {identity}
                {form.field("alt", "Alternative text").hint("What the image shows, for those who do not see it.").textarea()}
                {form.field("caption", "Caption").optional().input()}
                {form.field("file", "Image").kind("file").hint(most).input()}
                <button class="button">"Add image"</button>
            </form>
        </details>
    }
    .into_any()
}
