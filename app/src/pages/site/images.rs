//! The images of a version.

use domain::image::Image;
use domain::language::Language;
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::components::written::mark;
use crate::i18n::t;
use crate::layout::site::Frame;

/// The version's images as figures, or nothing where there is none.
pub fn figures(frame: &Frame, page: &VersionPage) -> Option<AnyView> {
    if page.images.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = page.images.iter().map(|image| figure(frame, image)).collect();
    Some(
        view! {
            <section class="section" id="images">
                <div class="section__head"><h2>{t(frame.lang, "images")}</h2></div>
                <div class="pictures">{items}</div>
            </section>
        }
        .into_any(),
    )
}

/// Its width and height are told, so that nothing moves when the picture comes.
fn figure(frame: &Frame, image: &Image) -> AnyView {
    let (width, height) = image.original().map_or((1, 1), |made| (made.width, made.height));
    let (src, srcset, alt) = (image.href("original"), image.srcset(), image.texts.alt.clone());
    let told = format!("{alt}{}", image.texts.caption.as_deref().unwrap_or_default());
    let caption = image.texts.caption.clone().map(|caption| view! { <figcaption>{caption}</figcaption> });
    view! {
        <figure class="picture" lang=mark(frame.lang, &told, Language::En)>
            <a href=image.href("original")>
                <img src=src srcset=srcset sizes="(min-width: 64rem) 36rem, 100vw" alt=alt
                    width=width height=height loading="lazy" decoding="async"/>
            </a>
            {caption}
        </figure>
    }
    .into_any()
}
