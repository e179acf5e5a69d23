//! The links of a dataset's form: quality information, methods, publications, related content and datasets, and its origin.

use domain::dataset::{BasedOn, DatasetMetadata, RelatedLink};
use leptos::prelude::*;

use crate::components::form::Form;

/// Empty rows offered after those that are filled.
const SPARE_ROWS: usize = 1;

/// Every link of the form.
pub(super) fn links(form: &Form, metadata: &DatasetMetadata) -> AnyView {
    let qmi = metadata.qmi.clone().unwrap_or_default();
    view! {
        <fieldset class="stack stack--tight">
            <legend class="field__label">"Quality and methodology information"</legend>
            {row(form, "qmi", "", &qmi)}
        </fieldset>
        {list(form, "methodologies", "Methodology articles", "Article", &metadata.methodologies)}
        {list(form, "publications", "Publications made of these figures", "Publication", &metadata.publications)}
        {list(form, "related_content", "Related content", "Page", &metadata.related_content)}
        {list(form, "related_datasets", "Related datasets", "Dataset", &metadata.related_datasets)}
        {origin(form, &metadata.is_based_on.clone().unwrap_or_default())}
    }
    .into_any()
}

fn list(form: &Form, path: &str, legend: &'static str, one: &str, links: &[RelatedLink]) -> AnyView {
    let rows: Vec<AnyView> = (0..form.rows(path, links.len() + SPARE_ROWS))
        .map(|i| {
            let link = links.get(i).cloned().unwrap_or_default();
            row(form, &format!("{path}.{i}"), &format!("{one} {}: ", i + 1), &link)
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">{legend}</legend>{rows}</fieldset> }
        .into_any()
}

fn origin(form: &Form, based_on: &BasedOn) -> AnyView {
    view! {
        <fieldset class="stack stack--tight">
            <legend class="field__label">"What the dataset is derived from"</legend>
            <div class="field-row">
                {form.field("is_based_on.@type", "Kind of source").value(&based_on.kind).optional().hint("Such as dataset or population.").input()}
                {form.field("is_based_on.@id", "Address or code of the source").value(&based_on.id).optional().input()}
            </div>
        </fieldset>
    }
    .into_any()
}

fn row(form: &Form, path: &str, before: &str, link: &RelatedLink) -> AnyView {
    let label = |word: &str| {
        let text = format!("{before}{word}");
        text[..1].to_uppercase() + &text[1..]
    };
    view! {
        <div class="field-row">
            {form.field(&format!("{path}.title"), &label("title")).value(&link.title).optional().input()}
            {form.field(&format!("{path}.href"), &label("address")).value(&link.href).optional().input()}
            {form.field(&format!("{path}.description"), &label("description")).value(&link.description).optional().input()}
        </div>
    }
    .into_any()
}
