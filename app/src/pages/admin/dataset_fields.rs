//! The fields of a dataset's form.

use domain::dataset::{Contact, DatasetMetadata};
use domain::topic::Topic;
use leptos::prelude::*;

use super::dataset_links::links;
use crate::components::form::Form;
use crate::components::portal::designations;

/// Every field of the metadata that the form shows.
pub(super) fn fields(form: &Form, metadata: &DatasetMetadata, topics: &[Topic]) -> AnyView {
    view! {
        {about(form, metadata)}
        {topic_boxes(form, metadata, topics)}
        {figures(form, metadata)}
        {contacts(form, &metadata.contacts)}
        {release(form, metadata)}
        {links(form, metadata)}
    }
    .into_any()
}

fn about(form: &Form, metadata: &DatasetMetadata) -> AnyView {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    view! {
        {form.field("title", "Title").value(&metadata.title).hint("As it stands on the public page, at most 200 characters.").input()}
        {form.field("title_cy", "Title in Welsh").value(&text(&metadata.title_cy)).optional().input()}
        {form.field("description", "Description").value(&metadata.description).hint("What the dataset holds, in a few sentences. Needed before publication.").textarea()}
        {form.field("description_cy", "Description in Welsh").value(&text(&metadata.description_cy)).optional().textarea()}
        {form.field("keywords", "Keywords").value(&metadata.keywords.join(", ")).optional().hint("Separated by commas.").input()}
    }
    .into_any()
}

fn topic_boxes(form: &Form, metadata: &DatasetMetadata, topics: &[Topic]) -> AnyView {
    let options = topics.iter().map(|topic| (topic.id.clone(), topic.title.clone(), String::new())).collect();
    let mut canonical = vec![(String::new(), "The first one ticked".to_owned())];
    canonical.extend(topics.iter().map(|topic| (topic.id.clone(), topic.title.clone())));
    let first = metadata.topics.first().cloned().unwrap_or_default();
    view! {
        {form.tick_boxes("topics", "Topics", options, &metadata.topics)}
        {form.field("canonical_topic", "Main topic").value(&first).hint("One of those ticked; the page stands under it.").select(canonical)}
    }
    .into_any()
}

fn figures(form: &Form, metadata: &DatasetMetadata) -> AnyView {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    view! {
        {form.field("quality_designation", "Quality designation").value(metadata.quality_designation.as_str()).select(designations())}
        <div class="field-row">
            {form.field("unit_of_measure", "Unit of measure").value(&text(&metadata.unit_of_measure)).optional().input()}
            {form.field("survey", "Survey").value(&text(&metadata.survey)).optional().input()}
        </div>
        <div class="field-row">
            {form.field("temporal_coverage", "Time covered").value(&text(&metadata.temporal_coverage)).optional().hint("Such as 2019-01/2023-12, or in words.").input()}
            {form.field("spatial_coverage", "Area covered").value(&text(&metadata.spatial_coverage)).optional().input()}
        </div>
    }
    .into_any()
}

fn contacts(form: &Form, contacts: &[Contact]) -> AnyView {
    let rows: Vec<AnyView> = (0..form.rows("contacts", contacts.len() + 1))
        .map(|i| {
            let contact = contacts.get(i).cloned().unwrap_or_default();
            let hint = if i == 0 { "Needed before publication." } else { "Leave the row empty to leave it out." };
            let at = |part: &str| format!("contacts.{i}.{part}");
            let n = i + 1;
            view! {
                <div class="field-row">
                    {form.field(&at("name"), &format!("Contact {n}: name")).value(&contact.name).hint(hint).input()}
                    {form.field(&at("email"), &format!("Contact {n}: e-mail")).kind("email").value(&contact.email).input()}
                    {form.field(&at("telephone"), &format!("Contact {n}: telephone")).kind("tel").value(&contact.telephone).optional().input()}
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <fieldset class="stack stack--tight"><legend class="field__label">"Contacts"</legend>{rows}</fieldset> }
        .into_any()
}

fn release(form: &Form, metadata: &DatasetMetadata) -> AnyView {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    view! {
        <div class="field-row">
            {form.field("release_frequency", "Release frequency").value(&metadata.release_frequency).optional().hint("Such as Monthly; words, or a code of the EU vocabulary.").input()}
            {form.field("next_release", "Next release").value(&text(&metadata.next_release)).optional().hint("In words or as a date.").input()}
        </div>
        <div class="field-row">
            {form.field("publisher", "Publisher").value(&metadata.publisher).optional().input()}
            {form.field("publisher_url", "Address of the publisher").value(&text(&metadata.publisher_url)).optional().input()}
            {form.field("publisher_type", "Kind of publisher").value(&text(&metadata.publisher_type)).optional().hint("Such as Government department.").input()}
        </div>
        <div class="field-row">
            {form.field("licence", "Licence").value(&metadata.licence).input()}
            {form.field("licence_url", "Address of the licence").value(&metadata.licence_url).optional().input()}
        </div>
        {form.field("attribution", "Attribution").value(&text(&metadata.attribution)).optional().hint("The sentence that the licence asks to be shown with the figures.").input()}
    }
    .into_any()
}
