//! What stood in the fields of a form when its page was made, so that only what both sides changed since is a conflict.
//!
//! Each field of a form that edits something sends a short mark of what stood in it. A field that still says so was not touched, and
//! shows what is saved by now. One that was touched keeps what was typed, and where others changed it, too, theirs stands under it.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use leptos::prelude::*;
use rpc::visit::Flash;

use super::{Form, first, form_name};

/// What the names of the marks begin with; without brackets, so that no server function takes them for rows.
const STOOD: &str = "stood:";

/// Whether a form changes something that others may change as well.
pub(super) fn edits(endpoint: &str) -> bool {
    let last = endpoint.rsplit('/').next().unwrap_or_default();
    let begins = ["edit-", "set-", "save-"].iter().any(|word| last.starts_with(word));
    last == "edit" || begins || endpoint == "bundles/schedule"
}

/// A text as the same words, however a browser ends its lines.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Choices as one text, in whatever order they were made.
pub(super) fn as_text(choices: &[String]) -> String {
    let mut sorted = choices.to_vec();
    sorted.sort_unstable();
    sorted.join("\n")
}

/// A short mark of a text (FNV-1a with 64 bits). Whoever makes two texts of one mark deceives nobody but themselves.
fn mark(text: &str) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", plain(text).bytes().fold(0xcbf2_9ce4_8422_2325, mix))
}

impl Form {
    /// The mark of what stands in a field by now, to be sent with it, where the form edits something.
    pub(super) fn stood(&self, path: &str, present: &str) -> Option<AnyView> {
        edits(self.endpoint).then(|| {
            let name = format!("{STOOD}{path}");
            view! { <input type="hidden" name=name value=mark(present)/> }.into_any()
        })
    }

    /// Whether a field was sent as it stood.
    pub(super) fn is_untouched(&self, path: &str, sent: &str) -> bool {
        self.mark_of(path).is_some_and(|stood| stood == mark(sent)) && !self.keeps_rows(path)
    }

    /// Whether others changed a field to something else than what is shown in it.
    pub(super) fn differs(&self, path: &str, present: &str, shown: &str) -> bool {
        let changed = self.mark_of(path).map_or_else(|| self.came_too_late(), |stood| stood != mark(present));
        changed && plain(present) != plain(shown)
    }

    /// Whether it is known what stood in the form when its page was made.
    pub(super) fn knows_what_stood(&self) -> bool {
        self.flash.as_ref().is_some_and(|flash| flash.values.keys().any(|name| name.starts_with(STOOD)))
    }

    /// Notes that others took rows away from a list that had as many as were sent: its rows stand elsewhere by now, so that what was typed
    /// belongs to the rows as they were sent, and to no others.
    pub(super) fn note_rows(&self, list: &str, offered: usize) {
        let beginning = format!("{STOOD}{list}.");
        let numbers = self.flash.iter().flat_map(|flash| flash.values.keys());
        let stood: BTreeSet<&str> =
            numbers.filter_map(|name| Some(name.strip_prefix(&beginning)?.split_once('.')?.0)).collect();
        if stood.len() > offered && self.is_list_touched(&beginning) {
            self.shrunk.lock().unwrap_or_else(PoisonError::into_inner).insert(list.to_owned());
        }
    }

    /// Notes that another row stands in the place of one in which something was typed: its first field says something else by now, or it
    /// was empty and others filled it, too. Such a row stays as it was sent, since field by field two things would become one.
    pub(super) fn note_row(&self, path: &str, present: &str) {
        let Some(row) = row_of(path) else { return };
        let mut kept = self.shrunk.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = kept.insert(format!("seen {row}"));
        let is_another = self.mark_of(path).is_some_and(|stood| stood != mark(present));
        if is_another
            && (is_first || self.stood_empty(row))
            && !self.goes_by_hidden_field(row)
            && self.is_list_touched(&format!("{STOOD}{row}."))
        {
            kept.insert(row.to_owned());
        }
    }

    /// Notes that what was sent stands in a field again, and where it is if both sides changed it.
    pub(super) fn note_drawn(&self, path: &str, label: &str, conflict: bool) {
        if self.flash.is_none() {
            return;
        }
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.fields.insert(path.to_owned());
        if conflict {
            drawn.conflicts.push((self.id(path), label.to_owned()));
        }
    }

    fn mark_of(&self, path: &str) -> Option<String> {
        first(self.flash.as_ref()?, &format!("{STOOD}{path}"))
    }

    fn is_list_touched(&self, beginning: &str) -> bool {
        let touched = |flash: &Flash| {
            let of_list = flash.values.keys().filter(|name| name.starts_with(beginning));
            of_list.filter_map(|name| name.strip_prefix(STOOD)).any(|path| {
                let sent = first(flash, &form_name(path)).unwrap_or_default();
                self.mark_of(path).is_some_and(|stood| stood != mark(&sent))
            })
        };
        self.flash.as_ref().is_some_and(touched)
    }

    /// Whether nothing stood in any field of a row.
    fn stood_empty(&self, row: &str) -> bool {
        let (beginning, empty) = (format!("{STOOD}{row}."), mark(""));
        let values = self.flash.iter().flat_map(|flash| &flash.values);
        values.filter(|(name, _)| name.starts_with(&beginning)).all(|(_, marks)| marks.first() == Some(&empty))
    }

    /// Whether a row says in a field that nobody sees, and that has no mark, what it is about: such a row is found wherever it stands.
    fn goes_by_hidden_field(&self, row: &str) -> bool {
        let (sent, stood) = (format!("{}[", form_name(row)), format!("{STOOD}{row}."));
        let names = || self.flash.iter().flat_map(|flash| flash.values.keys());
        names().filter(|name| name.starts_with(&sent)).count() > names().filter(|name| name.starts_with(&stood)).count()
    }

    /// Whether a field belongs to a list or a row that stays as it was sent.
    fn keeps_rows(&self, path: &str) -> bool {
        let shrunk = self.shrunk.lock().unwrap_or_else(PoisonError::into_inner);
        path.split_once('.').is_some_and(|(list, _)| shrunk.contains(list))
            || row_of(path).is_some_and(|row| shrunk.contains(row))
    }
}

/// The row that a field belongs to: `contacts.0` of `contacts.0.email`.
fn row_of(path: &str) -> Option<&str> {
    let (at, _) = path.match_indices('.').nth(1)?;
    path.get(..at)
}

#[cfg(test)]
mod tests {
    use domain::refusal::Refusal;
    use rpc::visit::Visit;

    use super::*;

    /// A form that was refused: each field with what stood in it and what was sent.
    fn sent(fields: &[(&str, &str, &str)], refusal: Refusal) -> Visit {
        let values = fields.iter().flat_map(|(path, stood, sent)| {
            [(form_name(path), vec![(*sent).to_owned()]), (format!("{STOOD}{path}"), vec![mark(stood)])]
        });
        let flash =
            Flash { form: "datasets/edit".into(), values: values.collect(), refusal: Some(refusal), notice: None };
        Visit { flash: Some(flash), ..Visit::default() }
    }

    #[test]
    fn a_field_that_was_not_touched_shows_what_is_saved_by_now() {
        let fields =
            [("keywords", "", ""), ("unit", "", "plots"), ("survey", "Old", "Mine"), ("text", "a\nb", "a\r\nb ")];
        let visit = sent(&fields, Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!(form.value("keywords", "allotments"), "allotments", "tab 1 set it, and tab 2 never touched it");
        assert_eq!(form.value("text", "theirs"), "theirs", "only the ends of lines differ");
        assert_eq!((form.value("unit", ""), form.value("survey", "Theirs")), ("plots".to_owned(), "Mine".to_owned()));
        let theirs = |path: &str, present: &str| form.field(path, path).value(present).theirs();
        assert_eq!(theirs("survey", "Theirs"), Some("Theirs".to_owned()));
        assert_eq!((theirs("unit", ""), theirs("keywords", "allotments")), (None, None), "one side alone changed it");
    }

    #[test]
    fn the_same_holds_for_a_form_that_was_refused_for_what_was_typed() {
        let wrong = Refusal::field("title", "required", "This is needed.");
        let visit = sent(&[("title", "Rents", ""), ("keywords", "", "")], wrong);
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!((form.value("title", "Rents"), form.value("keywords", "new")), (String::new(), "new".to_owned()));
        assert_eq!(form.field("title", "Title").value("Rents").theirs(), None);
    }

    #[test]
    fn choices_are_merged_as_a_whole() {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let mut visit = sent(&[], Refusal::Stale);
        if let Some(flash) = &mut visit.flash {
            flash.values.insert("topics[]".into(), list(&["b", "a"]));
            flash.values.insert(format!("{STOOD}topics"), vec![mark(&as_text(&list(&["a", "b"])))]);
        }
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!(form.chosen("topics", &list(&["c"])), ["c"], "what was ticked was as it stood");
    }

    #[test]
    fn rows_stay_as_they_were_sent_where_others_took_some_away() {
        let rows = [("links.0.title", "A", "A"), ("links.1.title", "B", "Mine"), ("links.2.title", "", "")];
        let visit = sent(&rows, Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        // Others put one in its place: a row that was not touched is theirs.
        assert_eq!(form.rows("links", 3), 3);
        assert_eq!((form.value("links.0.title", "A2"), form.value("links.1.title", "B")), ("A2".into(), "Mine".into()));
        // Others took the first away, so that the second stands in its place.
        let form = Form::of(&visit, "datasets/edit");
        assert_eq!(form.rows("links", 2), 3);
        assert_eq!((form.value("links.0.title", "B"), form.value("links.1.title", "")), ("A".into(), "Mine".into()));
        assert_eq!(form.field("links.0.title", "Title").value("B").theirs(), Some("B".to_owned()));
    }

    /// Draws a row as a page does; what is shown in its fields, and in how many both sides changed something.
    fn drawn(form: &Form, row: &str, present: &[(&str, &str)]) -> (Vec<String>, usize) {
        let at = |part: &str| format!("{row}.{part}");
        let fields: Vec<_> = present.iter().map(|(part, text)| form.field(&at(part), part).value(text)).collect();
        let shown = present.iter().map(|(part, text)| form.value(&at(part), text)).collect();
        (shown, fields.iter().filter(|field| field.theirs().is_some()).count())
    }

    #[test]
    fn two_rows_are_never_made_one() {
        let fields = [
            ("contacts.0.name", "Desk", "Desk"),
            ("contacts.0.email", "old", "mine"),
            ("contacts.0.telephone", "", ""),
            ("contacts.1.name", "", "Mine"),
            ("contacts.1.email", "", "mine"),
            ("contacts.1.telephone", "", ""),
        ];
        let visit = sent(&fields, Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        // The same contact, of which each side changed another field.
        let same = drawn(&form, "contacts.0", &[("name", "Desk"), ("email", "old"), ("telephone", "1")]);
        assert_eq!(same, (vec!["Desk".to_owned(), "mine".to_owned(), "1".to_owned()], 0));
        // Both filled the empty row.
        let filled = drawn(&form, "contacts.1", &[("name", "Theirs"), ("email", "theirs"), ("telephone", "2")]);
        assert_eq!(filled, (vec!["Mine".to_owned(), "mine".to_owned(), String::new()], 3));
        // Others filled it without what stands first in it.
        let form = Form::of(&visit, "datasets/edit");
        let filled = drawn(&form, "contacts.1", &[("name", ""), ("email", "theirs"), ("telephone", "2")]);
        assert_eq!(filled, (vec!["Mine".to_owned(), "mine".to_owned(), String::new()], 2));
        // Others took the first away and added one, so that another stands there.
        let form = Form::of(&visit, "datasets/edit");
        let moved = drawn(&form, "contacts.0", &[("name", "Press"), ("email", "press"), ("telephone", "3")]);
        assert_eq!(moved, (vec!["Desk".to_owned(), "mine".to_owned(), String::new()], 3));
    }

    #[test]
    fn a_row_that_is_found_by_what_it_is_about_is_merged_by_field() {
        let fields = [("alerts.0.kind", "alert", "alert"), ("alerts.0.description", "Old", "Mine")];
        let mut visit = sent(&fields, Refusal::Stale);
        if let Some(flash) = &mut visit.flash {
            flash.values.insert("alerts[0][id]".into(), vec!["a".into()]);
        }
        let form = Form::of(&visit, "datasets/edit");
        let merged = drawn(&form, "alerts.0", &[("kind", "correction"), ("description", "Old")]);
        assert_eq!(merged, (vec!["correction".to_owned(), "Mine".to_owned()], 0));
    }

    #[test]
    fn what_both_changed_is_told_once_with_its_place() {
        let visit = sent(&[("survey", "Old", "Mine"), ("unit", "", "plots")], Refusal::Stale);
        let form = Form::of(&visit, "datasets/edit");
        let _ = form.field("survey", "Survey").value("Theirs").input();
        let _ = form.field("unit", "Unit").value("").input();
        let met = visit.met();
        assert_eq!(met.conflicts, [("datasets-edit-survey".to_owned(), "Survey".to_owned())]);
        assert!(met.fields.contains("survey") && met.fields.contains("unit"));
    }

    #[test]
    fn only_forms_that_edit_send_marks() {
        for (endpoint, expected) in [
            ("datasets/edit", true),
            ("access/edit-team", true),
            ("archive/set-policy", true),
            ("office/set-banner", true),
            ("search-desk/save-synonyms", true),
            ("bundles/schedule", true),
            ("datasets/create", false),
            ("saved-views/save", false),
            ("bundles/reschedule", false),
            ("credit/x", false),
        ] {
            assert_eq!(edits(endpoint), expected, "{endpoint}");
        }
        assert_ne!(mark("a"), mark("b"));
        assert_eq!(mark("a"), "af63dc4c8601ec8c");
    }
}
