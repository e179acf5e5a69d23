//! Words that mean the same: all rules, and one with a box to try it in before it is saved.

use domain::language::Language;
use domain::refusal::FieldProblem;
use domain::search_desk::{MAX_WORDS, SynonymEntry, SynonymSheet as Data};
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::{param, query};
use super::search_desk::{all_readers, may_change, readers, trial_view};
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, empty, filter_input, filter_select, moment, object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

const LIST: &str = "/admin/search/synonyms";

/// All rules; those with some letters, where the address asks for these.
#[component]
pub fn Synonyms() -> impl IntoView {
    let q = query("q");
    portal(Section::Search, rpc::search_desk::synonyms_read(), move |entries, visit| all(&entries, &q, visit))
}

fn all(entries: &[SynonymEntry], q: &str, visit: &Visit) -> Shown {
    let found: Vec<&SynonymEntry> = entries.iter().filter(|entry| entry.rule.mentions(q)).collect();
    let own = entries.iter().filter(|entry| entry.built_in.is_none()).count();
    let meta = view! {
        <span>{found.len()}" of "{entries.len()}</span>
        <span>{own}" of your own"</span>
    };
    let add = may_change(visit)
        .then(|| view! { <a class="button" href="/admin/search/synonyms/new">"Add synonyms"</a> }.into_any());
    let list = if found.is_empty() {
        empty("No rule has these letters", "Words that mean the same stand in a group or a rule.", None)
    } else {
        let headings = [("Words", false), ("Finds", false), ("From", false), ("State", false)];
        table("Synonyms", "synonyms-table", &headings, found.into_iter().map(row).collect())
    };
    let content = view! {
        {object_header("", "Synonyms", meta.into_any(), add)}
        <p class="small muted">"Who searches for one word of a group also finds the others; a rule of one way leads from left to right alone. They are applied when somebody searches, at once on every node."</p>
        <form class="filter-bar" method="get" action=LIST role="search">
            {filter_input("q", "Letters of a word", "search", q)}
            <button class="button button--secondary button--small">"Filter"</button>
        </form>
        {list}
    };
    Shown::new("Synonyms", content.into_any()).under("Search", "/admin/search")
}

fn row(entry: &SynonymEntry) -> AnyView {
    let way = if entry.rule.is_one_way() { "one way" } else { "both ways" };
    let (class, state) =
        if entry.is_on { ("tag state--published", "In use") } else { ("tag state--created", "Switched off") };
    view! {
        <tr>
            <th scope="row" class="wrap-cell"><a href=format!("{LIST}/{}", entry.id)>{entry.rule.in_words()}</a></th>
            <td>{way}</td>
            <td>{origin(entry)}</td>
            <td><span class=class>{state}</span></td>
        </tr>
    }
    .into_any()
}

/// Where a rule comes from, in words.
fn origin(entry: &SynonymEntry) -> &'static str {
    match (&entry.built_in, entry.is_changed()) {
        (None, _) => "your own",
        (Some(_), false) => "the program",
        (Some(_), true) => "the program, changed",
    }
}

/// What the fields of a rule hold at first.
#[derive(Clone, Default)]
struct Present {
    asked: String,
    words: String,
    q: String,
    language: Language,
}

impl Present {
    fn of_address() -> Self {
        Self { asked: query("asked"), words: query("words"), q: query("q"), language: readers() }
    }

    /// What is tried stands in the address, and what is begun; else what is saved.
    fn over(self, entry: Option<&SynonymEntry>) -> Self {
        match entry {
            Some(entry) if self.q.trim().is_empty() => {
                Self { asked: entry.rule.asked.join("\n"), words: entry.rule.words.join("\n"), ..self }
            }
            _ => self,
        }
    }
}

/// A rule that is to be added.
#[component]
pub fn NewSynonyms() -> impl IntoView {
    let present = Present::of_address();
    sheet_of(String::new(), present)
}

/// One rule.
#[component]
pub fn SynonymPage() -> impl IntoView {
    let present = Present::of_address();
    sheet_of(param("id"), present)
}

/// The page of a rule, or of one that is to be added where `id` is empty.
fn sheet_of(id: String, present: Present) -> AnyView {
    let Present { asked, words, q, language } = present.clone();
    let read = rpc::search_desk::synonym_sheet_read(id, asked, words, q, language);
    portal(Section::Search, read, move |data, visit| sheet(&data, present, visit))
}

fn sheet(data: &Data, present: Present, visit: &Visit) -> Shown {
    let entry = data.entry.as_ref();
    let present = present.over(entry);
    let title = if entry.is_some() { "Synonyms" } else { "Add synonyms" };
    let name = entry.map_or_else(|| title.to_owned(), |entry| entry.rule.in_words());
    let meta = entry.map(|entry| {
        let (class, state) =
            if entry.is_on { ("tag state--published", "In use") } else { ("tag state--created", "Switched off") };
        let changed =
            entry.changed.clone().map(|(by, at)| view! { <span>"changed by "{by}", "{moment(at, "")}</span> });
        view! { <span class=class>{state}</span><span>"from "{origin(entry)}</span>{changed} }
    });
    let trial = data
        .trial
        .as_ref()
        .map(|trial| panel("What it would find", true, None, trial_view(trial, "As it is", "With these words")));
    let aside = entry.filter(|_| may_change(visit)).map(steps);
    let content = view! {
        {object_header("Synonyms", &name, view! { {meta} }.into_any(), None)}
        {problems(&data.problems)}
        <div class="portal__body">
            <div class="portal__content stack">{edit(entry, &present, visit)}{trial}</div>
            <aside class="portal__aside stack">{aside}{entry.map(came)}</aside>
        </div>
    };
    Shown::new(title, content.into_any()).under("Search", "/admin/search").under("Synonyms", LIST)
}

/// What is wrong with words that were to be tried.
fn problems(found: &[FieldProblem]) -> Option<AnyView> {
    if found.is_empty() {
        return None;
    }
    let items: Vec<AnyView> =
        found.iter().map(|problem| view! { <li>{problem.message.clone()}</li> }.into_any()).collect();
    Some(
        view! {
            <section class="banner banner--warning" role="status" aria-label="Nothing was tried">
                <h2 class="banner__title">"These words cannot be tried"</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn edit(entry: Option<&SynonymEntry>, present: &Present, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "search-desk/save-synonyms");
    let page = entry.map_or_else(|| format!("{LIST}/new"), |entry| format!("{LIST}/{}", entry.id));
    let known = entry.map(|entry| view! { {hidden("id", &entry.id)}{hidden("revision", entry.revision)} });
    let save = may_change(visit).then(|| view! { <p><button class="button">"Save"</button></p> });
    let words = format!(
        "A word or phrase a line, up to {MAX_WORDS}; English and Welsh may stand together. Without anything in the field above, they all stand for each other."
    );
    // The box to try it in comes first, so that the return key in it saves nothing.
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {known}
            {form.field("asked", "Only who searches for").value(&present.asked).optional().hint("For a rule of one way: who searches for one of these also finds the words below, and not the other way round.").textarea()}
            {form.field("words", "Words that mean the same").value(&present.words).hint(words).textarea()}
            {form.field("q", "Try it with").value(&present.q).optional().hint("What somebody would search for. Trying saves nothing.").input()}
            <div class="filter-bar">
                {filter_select("language", "On pages in", all_readers(), present.language.as_str())}
                <button class="button button--secondary" formmethod="get" formaction=page>"Try it"</button>
            </div>
            {save}
        </form>
    };
    panel("Words", true, None, content.into_any())
}

fn steps(entry: &SynonymEntry) -> AnyView {
    let (words, to) = if entry.is_on { ("Switch it off", "false") } else { ("Switch it on", "true") };
    let switch = view! {
        <form method="post" action="/rpc/search-desk/switch-synonyms">
            {hidden("id", &entry.id)}{hidden("revision", entry.revision)}{hidden("on", to)}
            <button class="button button--secondary">{words}</button>
        </form>
    };
    let fields = view! { {hidden("id", &entry.id)}{hidden("revision", entry.revision)} };
    let remove = match (&entry.built_in, entry.revision) {
        (Some(_), 0) => None,
        (Some(_), _) => Some(("Restore it", "It becomes what came with the program, and is switched on.")),
        (None, _) => Some(("Remove it", "Searches do not go by it any more. The audit trail keeps what it was.")),
    };
    let remove = remove.map(|(words, note)| {
        Confirmed { words, about: "", note, action: "/rpc/search-desk/remove-synonyms", fields: fields.into_any() }
            .view()
    });
    panel("Use", false, None, view! { {switch}{remove} }.into_any())
}

/// What came with the program, where it was changed, and the records.
fn came(entry: &SynonymEntry) -> AnyView {
    let came = entry.built_in.as_ref().filter(|came| **came != entry.rule);
    let came = came.map(|came| view! { <p>"It came as: "{came.in_words()}</p> });
    let records = format!("/admin/audit?resource_type=search_synonym&resource_id={}", entry.id);
    let content = view! { {came}<p><a href=records>"All its changes"</a></p> };
    panel("History", false, None, content.into_any())
}

#[cfg(test)]
mod tests {
    use domain::search_desk::SynonymRule;

    use super::*;

    #[test]
    fn what_is_tried_stands_before_what_is_saved() {
        let came = SynonymRule::of_lines("", "a\nb");
        let entry = SynonymEntry {
            id: "x".into(),
            rule: came.clone(),
            is_on: true,
            built_in: Some(came),
            changed: None,
            revision: 0,
        };
        let tried = || Present { asked: String::new(), words: "a\nc".into(), q: "a".into(), language: Language::Cy };
        assert_eq!(tried().over(Some(&entry)).words, "a\nc");
        let saved = Present { q: String::new(), ..tried() }.over(Some(&entry));
        assert_eq!((saved.words.as_str(), saved.language), ("a\nb", Language::Cy));
        assert_eq!(Present { q: String::new(), ..tried() }.over(None).words, "a\nc");
        assert_eq!(origin(&entry), "the program");
        assert_eq!(origin(&SynonymEntry { is_on: false, ..entry }), "the program, changed");
    }
}
