//! How to name the figures, so that others find the very same ones.

use domain::dataset::DatasetMetadata;
use domain::views::VersionPage;
use leptos::prelude::*;

use crate::components::written::{Written, of_tables};
use crate::i18n::t;
use crate::layout::site::Frame;
use crate::pages::site::copying::{copied, copy};
use crate::pages::site::list::beginning_with;
use crate::pages::site::{citation, publisher_of};

/// The citation of the version shown, in words and for reference managers.
pub fn section(frame: &Frame, page: &VersionPage, metadata: &DatasetMetadata, title: &Written) -> AnyView {
    let lang = frame.lang;
    let address = frame.absolute(&page.version.page_path());
    let released = page.version.metadata.release_date;
    let citation = citation(frame, page, title.clone(), &address);
    let plain = |text: &str| text.replace(['{', '}', '\\'], "");
    let author =
        publisher_of(lang, metadata).map(|publisher| format!("  author = {{{{{}}}}},\n", plain(&publisher.text)));
    let bibtex = format!(
        "@misc{{{}-{}-{},\n{}  title = {{{{{}}}}},\n  note = {{{}, version {}}},\n  year = {{{}}},\n  url = {{{address}}}\n}}",
        page.dataset.id,
        page.edition.edition,
        page.version.version,
        author.unwrap_or_default(),
        plain(&metadata.title),
        plain(&page.edition.title),
        page.version.version,
        released.map(|at| at.format("%Y").to_string()).unwrap_or_default(),
    );
    // What is not public yet is on no list.
    let list = frame.ahead.is_none().then(|| {
        let href = frame.href(&beginning_with(&page.dataset.id));
        view! { <p><a href=href>{t(lang, "list-begin")}</a></p> }
    });
    view! {
        <section class="section" id="cite">
            <div class="section__head"><h2>{t(lang, "cite")}</h2></div>
            <p class="measure long" id="citation">{citation}</p>
            {copy(lang, "citation", &t(lang, "cite"))}
            <p class="small muted measure">{t(lang, "cite-text")}</p>
            <details class="details">
                <summary>"BibTeX"</summary>
                {copy(lang, "bibtex", "BibTeX")}
                <pre tabindex="0" id="bibtex" lang=of_tables(lang)><code>{bibtex}</code></pre>
            </details>
            {list}
            {copied(lang)}
        </section>
    }
    .into_any()
}
