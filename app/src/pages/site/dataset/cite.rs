//! How to name the figures, so that others find the very same ones.

use domain::dataset::DatasetMetadata;
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::components::written::{Written, around, of_tables};
use crate::i18n::{date, t, text};
use crate::layout::site::Frame;

/// The citation of the version shown, in words and for reference managers.
pub fn section(frame: &Frame, page: &VersionPage, metadata: &DatasetMetadata, title: &Written) -> AnyView {
    let lang = frame.lang;
    let address = frame.absolute(&page.version.page_path());
    let released = page.version.metadata.release_date;
    let citation = around(
        lang,
        "explore-citation",
        &[
            ("publisher", Written::english(lang, &metadata.publisher)),
            ("title", title.clone()),
            ("edition", Written::english(lang, &page.edition.title)),
        ],
        &[
            ("date", text(released.map(|at| date(lang, at)).unwrap_or_default())),
            ("n", text(page.version.version.to_string())),
            ("address", text(address.clone())),
        ],
    );
    let plain = |text: &str| text.replace(['{', '}', '\\'], "");
    let bibtex = format!(
        "@misc{{{}-{}-{},\n  author = {{{{{}}}}},\n  title = {{{{{}}}}},\n  note = {{{}, version {}}},\n  year = {{{}}},\n  url = {{{address}}}\n}}",
        page.dataset.id,
        page.edition.edition,
        page.version.version,
        plain(&metadata.publisher),
        plain(&metadata.title),
        plain(&page.edition.title),
        page.version.version,
        released.map(|at| at.format("%Y").to_string()).unwrap_or_default(),
    );
    view! {
        <section class="section" id="cite">
            <div class="section__head"><h2>{t(lang, "cite")}</h2></div>
            <p class="measure long">{citation}</p>
            <p class="small muted measure">{t(lang, "cite-text")}</p>
            <details class="details">
                <summary>"BibTeX"</summary>
                <pre tabindex="0" lang=of_tables(lang)><code>{bibtex}</code></pre>
            </details>
        </section>
    }
    .into_any()
}
