//! What pages tell search engines besides what people read: documents of schema.org inside the page.

use domain::release::CalendarEntry;
use domain::schema_org;
use leptos::prelude::*;

use crate::layout::site::Frame;

/// A document as text that is safe inside a script element.
pub fn safe(document: &schema_org::Document) -> String {
    document.to_string().replace('<', "\\u003c")
}

/// Data is not run, so it needs no nonce.
fn script(document: &schema_org::Document) -> AnyView {
    view! { <script type="application/ld+json" inner_html=safe(document)></script> }.into_any()
}

/// The way to a page: names with their paths, the page itself last.
pub fn breadcrumbs(frame: &Frame, trail: &[(String, String)]) -> AnyView {
    let trail: Vec<(String, String)> = trail.iter().map(|(name, path)| (name.clone(), frame.absolute(path))).collect();
    script(&schema_org::breadcrumbs(&trail))
}

/// A release as an event; nothing while its instant is not known.
pub fn event(frame: &Frame, entry: &CalendarEntry) -> Option<AnyView> {
    let address = frame.absolute(&frame.public_href(&format!("/releases/{}", domain::text::escaped(&entry.id))));
    schema_org::event(entry, frame.lang, &address, &frame.site_name).map(|document| script(&document))
}

/// The catalogue as a whole.
pub fn catalogue(frame: &Frame, about: &str) -> AnyView {
    script(&schema_org::catalogue(&frame.site, &frame.site_name, about))
}
