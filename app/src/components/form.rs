//! Forms that keep what was typed: fields, hints, problems and messages.

mod field;
mod merge;
mod messages;

pub use field::Field;
pub use messages::{blockers, blockers_within, messages};

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::refusal::Refusal;
use leptos::prelude::*;
use merge::as_text;
use rpc::visit::{Drawn, Flash, Visit};

/// A form of a page: which server function it posts to, and what the last try left behind.
#[derive(Clone, Debug)]
pub struct Form {
    endpoint: &'static str,
    prefix: String,
    flash: Option<Flash>,
    /// What the page's forms met as they were drawn.
    drawn: Arc<Mutex<Drawn>>,
    /// The lists and rows that stay as they were sent, and which rows were looked at.
    shrunk: Arc<Mutex<BTreeSet<String>>>,
}

impl Form {
    /// The form that posts to this endpoint.
    #[must_use]
    pub fn of(visit: &Visit, endpoint: &'static str) -> Self {
        let flash = visit.flash.clone().filter(|flash| flash.form == endpoint && flash.refusal.is_some());
        let (drawn, shrunk) = (visit.drawn.clone(), Arc::default());
        Self { endpoint, prefix: prefix_of(endpoint), flash, drawn, shrunk }
    }

    /// One of several forms of a page that post to the same endpoint, told apart by the value of a hidden field.
    #[must_use]
    pub fn where_is(mut self, field: &str, value: &str) -> Self {
        self.flash = self.flash.filter(|flash| first(flash, field).is_some_and(|sent| sent == value));
        if self.flash.is_none() {
            // It is part of ids, and those hold no spaces.
            self.prefix = format!("{}-{}", self.prefix, value.replace(char::is_whitespace, "-"));
        }
        self
    }

    /// Where the form posts to.
    #[must_use]
    pub fn action(&self) -> String {
        format!("/rpc/{}", self.endpoint)
    }

    /// Whether the last try of this form was refused.
    #[must_use]
    pub const fn was_refused(&self) -> bool {
        self.flash.is_some()
    }

    /// Whether the last try came too late: somebody else had saved meanwhile.
    #[must_use]
    pub fn came_too_late(&self) -> bool {
        self.flash.as_ref().is_some_and(|flash| flash.refusal == Some(Refusal::Stale))
    }

    /// What was typed, or the present value: also in place of what was sent as it stood when the page was made.
    #[must_use]
    pub fn value(&self, path: &str, present: &str) -> String {
        let Some(flash) = &self.flash else { return present.to_owned() };
        match first(flash, &form_name(path)) {
            Some(sent) if self.is_untouched(path, &sent) => present.to_owned(),
            Some(sent) => sent,
            None => {
                // Rows that others added meanwhile were never sent, and saving again must not empty them.
                let is_of_row = path.split('.').any(|part| part.parse::<u32>().is_ok());
                let may_be_new = is_of_row && (self.came_too_late() || self.knows_what_stood());
                if may_be_new { present.to_owned() } else { String::new() }
            }
        }
    }

    /// What was ticked, or the present choices.
    #[must_use]
    pub fn chosen(&self, path: &str, present: &[String]) -> Vec<String> {
        let Some(flash) = &self.flash else { return present.to_vec() };
        let sent = flash.values.get(&format!("{}[]", form_name(path))).cloned().unwrap_or_default();
        if self.is_untouched(path, &as_text(&sent)) { present.to_vec() } else { sent }
    }

    /// What is wrong with a field, or with any of its parts.
    #[must_use]
    pub fn problem(&self, path: &str) -> Option<String> {
        let part = format!("{path}.");
        let found = self.flash.as_ref()?.problems().iter().find(|p| p.field == path || p.field.starts_with(&part))?;
        Some(found.message.clone())
    }

    /// Everything that is wrong with a field, where that may be more than one thing.
    #[must_use]
    pub fn problems(&self, path: &str) -> Vec<String> {
        let found = self.flash.as_ref().map(Flash::problems).unwrap_or_default().iter();
        found.filter(|problem| problem.field == path).map(|problem| problem.message.clone()).collect()
    }

    /// A field of the form; its path is the one that problems name, such as `contacts.0.email`.
    #[must_use]
    pub fn field(&self, path: &str, label: &str) -> Field {
        self.draws(path, label);
        Field::new(self, path, label)
    }

    /// Notes a field that is drawn, for what is told above the form where that was refused.
    fn draws(&self, path: &str, label: &str) {
        if self.was_refused() {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            drawn.labels.push((path.to_owned(), label.to_owned()));
        }
    }

    /// How many rows of a list to draw: as many as are offered, or as were sent if these are more, so that none is lost which
    /// somebody typed while others took rows away.
    #[must_use]
    pub fn rows(&self, path: &str, offered: usize) -> usize {
        self.note_rows(path, offered);
        offered.max(self.rows_sent(path))
    }

    /// How many rows of a list were sent.
    #[must_use]
    pub fn rows_sent(&self, path: &str) -> usize {
        let list = format!("{}[", form_name(path));
        let names = self.flash.iter().flat_map(|flash| flash.values.keys());
        let sent: BTreeSet<&str> =
            names.filter_map(|name| Some(name.strip_prefix(&list)?.split_once(']')?.0)).collect();
        sent.len()
    }

    /// The id of a field, unique on the page.
    #[must_use]
    pub fn id(&self, path: &str) -> String {
        format!("{}-{path}", self.prefix)
    }

    /// Boxes to tick, each with its value, label and hint.
    #[must_use]
    pub fn tick_boxes(
        &self,
        path: &str,
        label: &str,
        options: Vec<(String, String, String)>,
        present: &[String],
    ) -> AnyView {
        self.draws(path, label);
        let chosen = self.chosen(path, present);
        let name = format!("{}[]", form_name(path));
        let problem = self.problem(path);
        let id = self.id(path);
        let (stands, shown) = (as_text(present), as_text(&chosen));
        let theirs = self.differs(path, &stands, &shown).then(|| named(present, &options));
        self.note_drawn(path, label, theirs.is_some());
        let stood = self.stood(path, &stands);
        let boxes: Vec<AnyView> = options
            .into_iter()
            .map(|(value, text, hint)| choice("checkbox", name.clone(), chosen.contains(&value), value, text, hint))
            .collect();
        view! { {group(id, label, problem, boxes, theirs)}{stood} }.into_any()
    }

    /// Boxes that say yes to something by one name, ticked or not before anything was sent.
    #[must_use]
    pub fn ticked(&self, path: &str, label: &str, options: Vec<(String, String, String)>, present: bool) -> AnyView {
        self.draws(path, label);
        let chosen = match &self.flash {
            Some(flash) => first(flash, &form_name(path)).is_some(),
            None => present,
        };
        let name = form_name(path);
        self.note_drawn(path, label, false);
        let boxes: Vec<AnyView> = options
            .into_iter()
            .map(|(value, text, hint)| choice("checkbox", name.clone(), chosen, value, text, hint))
            .collect();
        group(self.id(path), label, self.problem(path), boxes, None)
    }

    /// Choices of which one is taken, each with its value, label and hint.
    #[must_use]
    pub fn radios(&self, path: &str, label: &str, options: Vec<(String, String, String)>, present: &str) -> AnyView {
        self.draws(path, label);
        let chosen = self.value(path, present);
        let name = form_name(path);
        let theirs = self.differs(path, present, &chosen).then(|| named(&[present.to_owned()], &options));
        self.note_drawn(path, label, theirs.is_some());
        let stood = self.stood(path, present);
        let choices: Vec<AnyView> = options
            .into_iter()
            .map(|(value, text, hint)| choice("radio", name.clone(), chosen == value, value, text, hint))
            .collect();
        view! { {group(self.id(path), label, self.problem(path), choices, theirs)}{stood} }.into_any()
    }
}

/// A field that people do not see.
#[must_use]
pub fn hidden(name: &'static str, value: impl ToString) -> AnyView {
    view! { <input type="hidden" name=name value=value.to_string()/> }.into_any()
}

/// A hidden field of a row, by the path that problems name.
#[must_use]
pub fn hidden_at(path: &str, value: &str) -> AnyView {
    view! { <input type="hidden" name=form_name(path) value=value.to_owned()/> }.into_any()
}

/// What stands before the ids of a form's fields.
fn prefix_of(endpoint: &str) -> String {
    endpoint.replace('/', "-")
}

/// The name under which a field travels: `contacts.0.email` becomes `contacts[0][email]`.
fn form_name(path: &str) -> String {
    let mut parts = path.split('.');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        name.push('[');
        name.push_str(part);
        name.push(']');
    }
    name
}

fn first(flash: &Flash, name: &str) -> Option<String> {
    flash.values.get(name).and_then(|values| values.first()).cloned()
}

fn choice(kind: &'static str, name: String, checked: bool, value: String, text: String, hint: String) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="choice__hint">{hint}</span> });
    view! {
        <label class="choice">
            <input type=kind name=name value=value checked=checked/>
            <span class="choice__label">{text}</span>
            {hint}
        </label>
    }
    .into_any()
}

/// The labels of the values that somebody else saved.
fn named(values: &[String], options: &[(String, String, String)]) -> String {
    let label = |value: &String| {
        let known = options.iter().find(|(known, ..)| known == value);
        known.map_or_else(|| value.clone(), |(_, label, _)| label.clone())
    };
    values.iter().map(label).collect::<Vec<_>>().join(", ")
}

fn group(id: String, label: &str, problem: Option<String>, choices: Vec<AnyView>, theirs: Option<String>) -> AnyView {
    let class = if problem.is_some() { "field field--error field--wide" } else { "field field--wide" };
    let label = label.to_owned();
    view! {
        <fieldset class=class id=id tabindex="-1">
            <legend class="field__label">{label}</legend>
            {problem.map(field::error)}
            <div class="choices choices--inline">{choices}</div>
            {theirs.map(field::saved_meanwhile)}
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(values: &[(&str, &str)], refusal: Refusal) -> Visit {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        let flash = Flash { form: "datasets/edit".into(), values, refusal: Some(refusal), notice: None };
        Visit { flash: Some(flash), ..Visit::default() }
    }

    #[test]
    fn what_was_typed_stands_where_the_form_was_refused() {
        let visit = refused(
            &[("title", "Typed"), ("contacts[0][email]", "nobody")],
            Refusal::field("contacts.0.email", "invalid_email", "Give an address."),
        );
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!(form.value("title", "Saved"), "Typed");
        assert_eq!(form.value("contacts.0.email", ""), "nobody");
        assert_eq!(form.problem("contacts.0.email").as_deref(), Some("Give an address."));
        assert_eq!(form.problem("title"), None);
        let other = Form::of(&visit, "datasets/create-edition");
        assert_eq!(other.value("title", "Saved"), "Saved");
    }

    #[test]
    fn a_row_that_was_sent_is_drawn_although_fewer_are_saved_by_now() {
        let sent =
            [("notes[0][note]", "One"), ("notes[1][note]", ""), ("notes[2][title]", "Three"), ("notes[2][note]", "")];
        let visit = refused(&[sent.as_slice(), &[("notes_of[7]", "x"), ("topics[]", "y")]].concat(), Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!((form.rows("notes", 1), form.rows("notes", 5), form.rows("none", 2)), (3, 5, 2));
        assert_eq!(form.value("notes.2.title", ""), "Three");
        assert_eq!(
            (form.value("notes.4.note", "Theirs"), form.value("summary", "Theirs")),
            ("Theirs".to_owned(), String::new())
        );
        assert_eq!(Form::of(&visit, "datasets/create").rows("notes", 1), 1);
        // A number that nobody was given makes no more rows than were sent.
        let far = refused(&[("notes[4000000000][note]", "x")], Refusal::Stale);
        assert_eq!(Form::of(&far, "datasets/edit").rows("notes", 0), 1);
    }

    #[test]
    fn what_somebody_else_saved_meanwhile_stands_beside_what_was_typed() {
        let visit = refused(&[("title", "Mine"), ("summary", "Same")], Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        assert!(form.came_too_late());
        assert_eq!(form.field("title", "Title").value("Theirs").theirs(), Some("Theirs".to_owned()));
        assert_eq!(form.field("summary", "Summary").value("Same").theirs(), None);
        let typed = refused(&[("title", "Mine")], Refusal::field("title", "x", "No."));
        assert_eq!(Form::of(&typed, "datasets/edit").field("title", "Title").value("Theirs").theirs(), None);
    }

    #[test]
    fn one_of_several_like_forms_keeps_what_was_typed() {
        let visit = refused(&[("edition", "2021"), ("title", "Typed")], Refusal::Stale);
        assert!(Form::of(&visit, "datasets/edit").where_is("edition", "2021").was_refused());
        assert!(!Form::of(&visit, "datasets/edit").where_is("edition", "2022").was_refused());
    }
}
