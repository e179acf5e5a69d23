//! What the last form left behind: a notice, or why it was refused.

use domain::refusal::{Blocker, FieldProblem, Refusal};
use leptos::prelude::*;
use rpc::visit::{Flash, Visit};

use super::prefix_of;

/// The notice or refusal of the last form, at the top of the page. Make it after the form, which tells what its fields are called and
/// in which order they stand.
#[must_use]
pub fn messages(visit: &Visit) -> AnyView {
    let Some(flash) = &visit.flash else {
        return ().into_any();
    };
    let notice = flash.notice.clone().map(|notice| {
        view! {
            <section class="banner banner--success" role="status" aria-label="Done"><p>{notice}</p></section>
        }
    });
    let refusal = flash.refusal.as_ref().map(|refusal| summary(flash, refusal, &visit.drawn.so_far()));
    view! { {notice}{refusal} }.into_any()
}

/// Every reason why something cannot be done, with links to where each can be mended; a part of the page of its own.
#[must_use]
pub fn blockers(title: &str, id: &str, blockers: &[Blocker]) -> AnyView {
    let (title, id, items) = (title.to_owned(), id.to_owned(), blocker_items(blockers));
    view! {
        <section class="blockers" id=id>
            <h2 class="blockers__title">{title}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

/// The same within a part of the page that has a heading.
#[must_use]
pub fn blockers_within(title: &str, id: &str, blockers: &[Blocker]) -> AnyView {
    let (title, id, items) = (title.to_owned(), id.to_owned(), blocker_items(blockers));
    view! {
        <section class="blockers" id=id>
            <h3 class="blockers__title">{title}</h3>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

/// The fields of a form as they are drawn: paths and labels.
type Drawn = [(String, String)];

fn summary(flash: &Flash, refusal: &Refusal, drawn: &Drawn) -> AnyView {
    let (title, items) = match refusal {
        Refusal::Invalid { .. } | Refusal::Unreadable { .. } => {
            ("There is a problem".to_owned(), problem_items(flash, drawn))
        }
        Refusal::Blocked { message, blockers }
            if blockers.len() > 1 || blockers.iter().any(|b| b.message != *message) =>
        {
            (message.clone(), blocker_items(blockers))
        }
        Refusal::Stale => {
            let kept = "What you typed is kept below. Where the other text differs it stands under the field; saving again takes yours.";
            let mut said = vec![refusal.to_string()];
            // Only a form of fields has something to keep.
            said.extend(flash.form.ends_with("/edit").then(|| kept.to_owned()));
            let items = said.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
            ("Somebody else saved meanwhile".to_owned(), items)
        }
        other => {
            let message = other.to_string();
            ("This could not be done".to_owned(), vec![view! { <li>{message}</li> }.into_any()])
        }
    };
    view! {
        <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{title}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

fn problem_items(flash: &Flash, drawn: &Drawn) -> Vec<AnyView> {
    in_page_order(flash.problems(), drawn)
        .into_iter()
        .map(|problem| {
            let href = format!("#{}-{}", prefix_of(&flash.form), field_with_id(&problem.field));
            let message = spoken(problem, drawn);
            view! { <li><a href=href>{message}</a></li> }.into_any()
        })
        .collect()
}

/// The place of the field that a problem is about: itself, the list that it is in, or the first part of it.
fn place(field: &str, drawn: &Drawn) -> Option<usize> {
    let within = |part: &str, whole: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'));
    let at = |fits: &dyn Fn(&str) -> bool| drawn.iter().position(|(path, _)| fits(path));
    at(&|path| path == field).or_else(|| at(&|path| within(field, path))).or_else(|| at(&|path| within(path, field)))
}

/// The problems in the order in which their fields stand on the page; those of no field that stands there last.
fn in_page_order<'a>(problems: &'a [FieldProblem], drawn: &Drawn) -> Vec<&'a FieldProblem> {
    let mut sorted: Vec<&FieldProblem> = problems.iter().collect();
    sorted.sort_by_key(|problem| place(&problem.field, drawn).unwrap_or(usize::MAX));
    sorted
}

fn blocker_items(blockers: &[Blocker]) -> Vec<AnyView> {
    blockers
        .iter()
        .map(|blocker| {
            let message = blocker.message.clone();
            match blocker.fix_url.clone() {
                Some(href) => view! { <li>{message}" "<a href=href>"Look at it"</a></li> }.into_any(),
                None => view! { <li>{message}</li> }.into_any(),
            }
        })
        .collect()
}

/// Lists of words and ticks have one control, so their parts point to it.
fn field_with_id(field: &str) -> &str {
    match field.split_once('.') {
        Some((list @ ("keywords" | "topics" | "preview_teams" | "notification_channels"), _)) => list,
        _ => field,
    }
}

/// A problem that reads well without its field beside it: what is missing is called as its field is.
fn spoken(problem: &FieldProblem, drawn: &Drawn) -> String {
    let FieldProblem { field, code, message } = problem;
    if code != "required" || message != "This is needed." {
        return message.clone();
    }
    if let Some((_, label)) = place(field, drawn).and_then(|at| drawn.get(at)) {
        return format!("Fill in “{label}”.");
    }
    let words: Vec<String> =
        field.split('.').filter(|part| part.parse::<u32>().is_err()).map(|part| part.replace('_', " ")).collect();
    format!("Give the {}.", words.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::form::Form;

    fn refused(fields: &[&str]) -> Visit {
        let problems = fields.iter().map(|field| FieldProblem::required(field)).collect();
        let refusal = Some(Refusal::Invalid { problems });
        Visit { flash: Some(Flash { form: "datasets/edit".into(), refusal, ..Flash::default() }), ..Visit::default() }
    }

    #[test]
    fn what_is_missing_is_told_in_the_order_of_the_page_by_the_labels_of_its_fields() {
        let visit = refused(&["contacts.0.name", "topics", "edition", "keywords.1", "notes"]);
        let form = Form::of(&visit, "datasets/edit");
        let _drawn = (form.field("edition", "Edition id").input(), form.field("keywords", "Keywords").input());
        let _ticked = form.tick_boxes("topics", "Topics", Vec::new(), &[]);
        let _contact = form.field("contacts.0.name", "Contact 1: name").input();
        // Another form of the page is not what is told of.
        let _other = Form::of(&visit, "datasets/create-edition").field("notes", "Elsewhere").input();
        let drawn = visit.drawn.so_far();
        let problems = visit.flash.as_ref().map(Flash::problems).unwrap_or_default();
        let told: Vec<String> =
            in_page_order(problems, &drawn).into_iter().map(|problem| spoken(problem, &drawn)).collect();
        let expected = [
            "Fill in “Edition id”.",
            "Fill in “Keywords”.",
            "Fill in “Topics”.",
            "Fill in “Contact 1: name”.",
            "Give the notes.",
        ];
        assert_eq!(told, expected);
        let html = messages(&visit).to_html().replace("<!>", "");
        let at = |field: &str| html.find(&format!("href=\"#datasets-edit-{field}\"")).unwrap();
        assert!(at("edition") < at("topics") && at("topics") < at("contacts.0.name"), "{html}");
    }
}
