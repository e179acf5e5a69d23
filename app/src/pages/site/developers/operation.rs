//! One operation in full: what it needs, takes and answers, with a form to try it.

use domain::language::Language;
use domain::reference::{Answer, Body, Field, Operation, Parameter};
use leptos::prelude::*;

use super::method;
use crate::i18n::t;

/// One operation in full.
pub(super) fn operation_section(lang: Language, operation: &Operation) -> AnyView {
    let description =
        operation.description.iter().map(|paragraph| view! { <p>{code_words(paragraph)}</p> }).collect_view();
    let parameters = (!operation.parameters.is_empty()).then(|| parameters(lang, &operation.id, &operation.parameters));
    let body = operation.body.as_ref().map(|sent| body(lang, &operation.id, sent));
    let answers: Vec<AnyView> = operation.answers.iter().map(|given| answer(lang, &operation.id, given)).collect();
    let attempt = (operation.method == "GET").then(|| attempt(lang, operation));
    let heading = format!("{}-title", operation.id);
    view! {
        <section class="api-operation" id=operation.id.clone() aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{operation.summary.clone()}</h2>
            <p class="api-operation__address">{method(operation)}<code>{operation.path.clone()}</code></p>
            {rights(lang, operation)}
            {description}
            {parameters}
            {body}
            <h3 lang=lang.as_str()>{t(lang, "developers-answers")}</h3>
            <ul class="plain api-answers">{answers}</ul>
            {errors(lang, &operation.errors)}
            {attempt}
        </section>
    }
    .into_any()
}

/// Text in which what stands between backticks is code.
fn code_words(text: &str) -> Vec<AnyView> {
    let piece = |(i, part): (usize, &str)| {
        let part = part.to_owned();
        if i % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    text.split('`').enumerate().map(piece).collect()
}

fn rights(lang: Language, operation: &Operation) -> AnyView {
    let needs = if operation.is_public {
        view! { <span>{t(lang, "developers-public")}</span> }.into_any()
    } else if operation.permissions.is_empty() {
        view! { <span>{t(lang, "developers-signed-in")}</span> }.into_any()
    } else {
        let words = operation.permissions.iter().map(|p| view! { <code>{p.clone()}</code>" " }).collect_view();
        view! { <span>{t(lang, "developers-permission")}": "{words}</span> }.into_any()
    };
    let unprefixed = operation.is_unprefixed.then(|| view! { <span>{t(lang, "developers-unprefixed")}</span> });
    view! { <p class="meta" lang=lang.as_str()>{needs}{unprefixed}</p> }.into_any()
}

fn parameters(lang: Language, id: &str, all: &[Parameter]) -> AnyView {
    let caption = format!("{id}-parameters");
    let rows = all.iter().map(|parameter| {
        view! {
            <tr>
                {named(lang, &parameter.name, parameter.is_required)}
                <td>{parameter.place.clone()}</td>
                <td>{parameter.kind.clone()}</td>
                <td>{code_words(&parameter.about)}</td>
                <td><code>{parameter.example.clone()}</code></td>
            </tr>
        }
    });
    let columns =
        ["developers-name", "developers-place", "developers-type", "developers-meaning", "developers-example"];
    view! {
        <h3 id=caption.clone() lang=lang.as_str()>{t(lang, "developers-parameters")}</h3>
        {table(lang, id, &caption, &columns, rows.collect_view().into_any())}
    }
    .into_any()
}

fn fields(lang: Language, operation: &str, heading: &str, all: &[Field]) -> AnyView {
    let rows = all.iter().map(|field| {
        view! {
            <tr>
                {named(lang, &field.name, field.is_required)}
                <td>{field.kind.clone()}</td>
                <td>{code_words(&field.about)}</td>
            </tr>
        }
    });
    let columns = ["developers-name", "developers-type", "developers-meaning"];
    table(lang, operation, heading, &columns, rows.collect_view().into_any())
}

/// The first cell of a row: what a parameter or field is called, and whether it is needed.
fn named(lang: Language, name: &str, is_needed: bool) -> AnyView {
    let needed = is_needed.then(|| view! { <span class="table__sub">{t(lang, "developers-needed")}</span> });
    view! { <th scope="row"><code>{name.to_owned()}</code>{needed}</th> }.into_any()
}

/// What is told by the operation's title and one of its headings, since every operation has the same headings.
fn named_by(operation: &str, heading: &str) -> String {
    format!("{operation}-title {heading}")
}

/// A table that can be moved sideways, told by the operation and the heading with this id; its columns are keys of texts.
fn table(lang: Language, operation: &str, heading: &str, columns: &[&str], rows: AnyView) -> AnyView {
    let name = named_by(operation, heading);
    let of_table = name.clone();
    let heads = columns.iter().map(|column| view! { <th scope="col">{t(lang, column)}</th> }).collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby=name>
            <table class="table table--dense api-table" aria-labelledby=of_table>
                <thead lang=lang.as_str()>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn body(lang: Language, id: &str, sent: &Body) -> AnyView {
    let heading = format!("{id}-body");
    let needed = if sent.is_required { t(lang, "developers-needed") } else { t(lang, "developers-optional") };
    let members = fields(lang, id, &format!("{id}-members"), &sent.fields);
    view! {
        <h3 id=heading lang=lang.as_str()>{t(lang, "developers-body")}</h3>
        <p class="meta"><code>{sent.media_type.clone()}</code><span lang=lang.as_str()>{needed}</span></p>
        <pre tabindex="0"><code>{sent.example.clone()}</code></pre>
        <details class="details">
            <summary id=format!("{id}-members") lang=lang.as_str()>{t(lang, "developers-members")}</summary>
            <div class="details__body">{members}</div>
        </details>
    }
    .into_any()
}

fn answer(lang: Language, id: &str, given: &Answer) -> AnyView {
    let heading = format!("{id}-{}", given.status);
    let media_type = (!given.media_type.is_empty()).then(|| view! { " "<code>{given.media_type.clone()}</code> });
    let head =
        view! { <strong class="api-status">{given.status.clone()}</strong>" "{code_words(&given.about)}{media_type} };
    if given.example.is_empty() {
        return view! { <li>{head}</li> }.into_any();
    }
    let members = (!given.fields.is_empty()).then(|| fields(lang, id, &heading, &given.fields));
    view! {
        <li>
            {head}
            <details class="details">
                <summary id=heading lang=lang.as_str()>{t(lang, "developers-shape")}</summary>
                <div class="details__body"><pre tabindex="0"><code>{given.example.clone()}</code></pre>{members}</div>
            </details>
        </li>
    }
    .into_any()
}

fn errors(lang: Language, all: &[Answer]) -> AnyView {
    let items = all
        .iter()
        .map(|error| view! { <li><strong class="api-status">{error.status.clone()}</strong>" "{code_words(&error.about)}</li> });
    view! {
        <details class="details">
            <summary lang=lang.as_str()>{t(lang, "developers-all-errors")}</summary>
            <div class="details__body"><ul class="plain api-answers">{items.collect_view()}</ul></div>
        </details>
    }
    .into_any()
}

/// A form that leads to the answer of this very site; it needs no scripts.
fn attempt(lang: Language, operation: &Operation) -> AnyView {
    let asked = operation.parameters.iter().filter(|parameter| parameter.place != "header");
    let inputs: Vec<AnyView> = asked.map(|parameter| input(&operation.id, parameter)).collect();
    let heading = format!("{}-try", operation.id);
    view! {
        <form class="api-try" method="get" action="/developers/try" aria-labelledby=named_by(&operation.id, &heading)>
            <h3 id=heading.clone() lang=lang.as_str()>{t(lang, "developers-try")}</h3>
            <input r#type="hidden" name="operation" value=operation.id.clone()/>
            <div class="api-try__fields">{inputs}</div>
            <p class="button-group" lang=lang.as_str()>
                <button class="button button--small" r#type="submit">{t(lang, "developers-send")}</button>
                <span class="small muted">{t(lang, "developers-try-hint")}</span>
            </p>
        </form>
    }
    .into_any()
}

fn input(operation: &str, parameter: &Parameter) -> AnyView {
    let id = format!("{operation}-{}", parameter.name);
    let value = if parameter.is_required { parameter.example.clone() } else { String::new() };
    let control = if parameter.choices.is_empty() {
        view! {
            <input class="field__input" id=id.clone() name=parameter.name.clone() value=value required=parameter.is_required/>
        }
        .into_any()
    } else {
        let options = parameter.choices.iter().map(|choice| view! { <option>{choice.clone()}</option> }).collect_view();
        view! { <select class="field__input" id=id.clone() name=parameter.name.clone()><option value=""></option>{options}</select> }
            .into_any()
    };
    view! { <div class="field"><label class="field__label" for=id><code>{parameter.name.clone()}</code></label>{control}</div> }
        .into_any()
}
