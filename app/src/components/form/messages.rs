//! What the last form left behind: a notice, or why it was refused.

use domain::presence::Meanwhile;
use domain::refusal::{Blocker, FieldProblem, Refusal};
use leptos::prelude::*;
use rpc::visit::{Drawn, Flash, Visit};

use super::field::lines;
use super::merge::edits;
use super::prefix_of;
use crate::components::portal::words;

/// The fields in which people write, by their names.
const WRITTEN: [&str; 14] = [
    "reason",
    "reason_cy",
    "release_reason",
    "release_reason_cy",
    "text",
    "note",
    "notice",
    "summary",
    "summary_cy",
    "pre_release_access",
    "description",
    "description_cy",
    "alt",
    "caption",
];

/// The notice or refusal of the last form, at the top of the page. Make it after the page's forms, which tell what their fields are
/// called, in which order they stand, and which of them both sides changed.
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
    let refusal = flash.refusal.as_ref().map(|refusal| summary(visit, flash, refusal));
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
type Labels = [(String, String)];

fn summary(visit: &Visit, flash: &Flash, refusal: &Refusal) -> AnyView {
    let drawn = visit.met();
    let (title, mut items) = match refusal {
        Refusal::Invalid { .. } | Refusal::Unreadable { .. } => {
            ("There is a problem".to_owned(), problem_items(flash, &drawn.labels))
        }
        Refusal::Blocked { message, blockers }
            if blockers.len() > 1 || blockers.iter().any(|b| b.message != *message) =>
        {
            (message.clone(), blocker_items(blockers))
        }
        Refusal::Stale => (late_title(visit.meanwhile.as_ref()), vec![item(late_words(flash, &drawn))]),
        // What met the end of a session is shown again as what is refused.
        Refusal::Unauthenticated => (
            "Not saved yet: your session had ended".to_owned(),
            vec![item("What you typed is kept here. Look at it and send it once more.")],
        ),
        other => ("This could not be done".to_owned(), vec![item(other.to_string())]),
    };
    items.extend(conflict_items(&drawn));
    let written = not_drawn(flash, &drawn);
    view! {
        <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{title}</h2>
            <ul>{items}</ul>
            {written}
        </section>
    }
    .into_any()
}

fn item(words: impl Into<String>) -> AnyView {
    let words = words.into();
    view! { <li>{words}</li> }.into_any()
}

/// Who was faster, with what and when, where the viewer may know that.
fn late_title(meanwhile: Option<&Meanwhile>) -> String {
    let Some(last) = meanwhile else { return "This was changed meanwhile".to_owned() };
    let said = words(&last.event);
    let said =
        said.strip_suffix(" it").map_or_else(|| said.replacen(" it ", " this ", 1), |verb| format!("{verb} this"));
    format!("{} {said} {}", last.who(), last.when())
}

/// What became of what was sent too late.
fn late_words(flash: &Flash, drawn: &Drawn) -> &'static str {
    if !edits(&flash.form) || drawn.fields.is_empty() {
        "So nothing was done. Look at how it stands now, and try again if it still has to be done."
    } else if drawn.conflicts.is_empty() {
        "What you typed is kept below, beside what was saved meanwhile. No field was changed by both: save again to keep both."
    } else {
        "What you typed is kept below, beside what was saved meanwhile. These fields were changed by both: the other text stands under \
         yours, and saving again takes yours."
    }
}

/// The fields that both sides changed, each with the way to it.
fn conflict_items(drawn: &Drawn) -> Vec<AnyView> {
    let link = |(id, label): &(String, String)| {
        let (href, text) = (format!("#{id}"), format!("{label}: changed by both"));
        view! { <li><a href=href>{text}</a></li> }.into_any()
    };
    drawn.conflicts.iter().map(link).collect()
}

/// What somebody wrote in fields that the page does not have any more, so that it can be copied.
fn not_drawn(flash: &Flash, drawn: &Drawn) -> Vec<AnyView> {
    // The form for something new stands on its page always.
    if flash.form.ends_with("/create") {
        return Vec::new();
    }
    let written = WRITTEN.iter().filter(|name| !drawn.fields.contains(**name));
    let filled =
        written.filter_map(|name| Some((name, flash.first(name)?))).filter(|(_, text)| !text.trim().is_empty());
    filled
        .map(|(name, text)| {
            let (id, text) = (format!("typed-{name}"), lines(text));
            let label = match name.strip_suffix("_cy") {
                Some(english) => format!("What you typed: {} in Welsh", english.replace('_', " ")),
                None => format!("What you typed: {}", name.replace('_', " ")),
            };
            view! {
                <div class="field">
                    <label class="field__label" for=id.clone()>{label}</label>
                    <textarea class="field__input" id=id rows="3" readonly=true>{text}</textarea>
                </div>
            }
            .into_any()
        })
        .collect()
}

fn problem_items(flash: &Flash, drawn: &Labels) -> Vec<AnyView> {
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
fn place(field: &str, drawn: &Labels) -> Option<usize> {
    let within = |part: &str, whole: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'));
    let at = |fits: &dyn Fn(&str) -> bool| drawn.iter().position(|(path, _)| fits(path));
    at(&|path| path == field).or_else(|| at(&|path| within(field, path))).or_else(|| at(&|path| within(path, field)))
}

/// The problems in the order in which their fields stand on the page; those of no field that stands there last.
fn in_page_order<'a>(problems: &'a [FieldProblem], drawn: &Labels) -> Vec<&'a FieldProblem> {
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
fn spoken(problem: &FieldProblem, drawn: &Labels) -> String {
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
    use domain::actor::{Actor, ActorKind};
    use domain::event::Event;

    use super::*;
    use crate::components::form::Form;

    fn meanwhile(event_type: &str, own: bool) -> Meanwhile {
        let at = "2026-11-23T16:14:00Z".parse().unwrap();
        let event = Event {
            id: "e".into(),
            event_type: event_type.into(),
            resource_type: "version".into(),
            resource_id: "gdp/2026/1".into(),
            actor: Actor { id: "n".into(), name: "Nadia Rahman".into(), kind: ActorKind::User },
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: at,
            details: serde_json::Value::Null,
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        };
        Meanwhile { event, own, now: at }
    }

    fn late(form: &str, fields: &[(&str, &str)]) -> Visit {
        let values = fields.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        let flash = Flash { form: form.into(), values, refusal: Some(Refusal::Stale), notice: None };
        Visit { flash: Some(flash), ..Visit::default() }
    }

    #[test]
    fn it_is_told_who_did_what_and_when() {
        assert_eq!(late_title(Some(&meanwhile("approved", false))), "Nadia Rahman approved this at 4:14pm");
        assert_eq!(late_title(Some(&meanwhile("submitted", true))), "You sent this for approval at 4:14pm");
        assert_eq!(late_title(Some(&meanwhile("edited", false))), "Nadia Rahman edited the details at 4:14pm");
        assert_eq!(late_title(None), "This was changed meanwhile");
    }

    #[test]
    fn what_was_written_stays_where_its_field_is_gone() {
        let visit = late("versions/return", &[("reason", "Mend <the> regions."), ("revision", "3"), ("version", "1")]);
        let html = messages(&visit).to_html().replace("<!>", "");
        assert!(
            html.contains("What you typed: reason") && html.contains("Mend &lt;the&gt; regions.</textarea>"),
            "{html}"
        );
        assert!(html.contains("So nothing was done.") && html.matches("<textarea").count() == 1, "{html}");

        // Where the form still stands, the text stands in it.
        let form = Form::of(&visit, "versions/return");
        assert!(form.field("reason", "Reason").textarea().to_html().contains("Mend &lt;the&gt; regions."));
        assert!(!messages(&visit).to_html().contains("<textarea"));
    }

    #[test]
    fn the_summary_leads_to_the_fields_that_both_changed() {
        let visit = late("datasets/edit", &[("survey", "Mine")]);
        let _ = Form::of(&visit, "datasets/edit").field("survey", "Survey").value("Theirs").input();
        let html = messages(&visit).to_html().replace("<!>", "");
        assert!(html.contains("<a href=\"#datasets-edit-survey\">Survey: changed by both</a>"), "{html}");
        assert!(html.contains("These fields were changed by both"), "{html}");
    }

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
        let drawn = visit.met().labels;
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
