//! What public lists say in words, for whoever answers the same in another form: plain text in the language of the readers.

use domain::correction::CorrectionsQuery;
use domain::language::Language;
use domain::release::{CalendarEntry, CalendarQuery, CalendarView, ReleaseState};
use domain::status::PublicIncident;
use domain::subscription::TargetView;
use domain::version::AlertKind;

use super::release::change_words;
use super::releases::date_words;
use super::subscribe::searched;
use crate::i18n::{date_time, month, t, ta, text};

/// What a list is called of which a part was chosen.
fn part(title: String, chosen: &[String]) -> String {
    if chosen.is_empty() { title } else { format!("{title}: {}", chosen.join("; ")) }
}

/// New figures of what a search finds, with its words and filters.
#[must_use]
pub fn search(lang: Language, about: &TargetView) -> String {
    let chosen: String = searched::words(lang, about).into_iter().map(|one| one.text).collect();
    if about.narrowed.is_empty() && !about.title.is_empty() {
        return ta(lang, "feed-search", &[("q", text(&about.title))]);
    }
    let chosen: Vec<String> = Some(chosen).filter(|words| !words.is_empty()).into_iter().collect();
    part(t(lang, "feed-releases"), &chosen)
}

/// The release calendar with what was chosen in it; `topic` is what the topic is called.
#[must_use]
pub fn releases(lang: Language, query: &CalendarQuery, topic: Option<&str>) -> String {
    let view = (query.view != CalendarView::Upcoming).then(|| t(lang, &format!("release-view-{}", query.view)));
    let chosen = [
        view,
        query.state.map(|state| t(lang, &format!("release-state-{state}"))),
        query.month.map(|(year, number)| month(lang, year, number)),
        topic.map(|topic| format!("{}: {topic}", t(lang, "facet-topics"))),
        Some(query.q.trim()).filter(|words| !words.is_empty()).map(|words| format!("“{words}”")),
    ];
    part(t(lang, "releases-title"), &chosen.into_iter().flatten().collect::<Vec<_>>())
}

/// The corrections with what was chosen among them.
#[must_use]
pub fn corrections(lang: Language, query: &CorrectionsQuery) -> String {
    let chosen = [query.kind.map(|kind| alert(lang, kind)), query.year.map(|year| year.to_string())];
    part(t(lang, "corrections-title"), &chosen.into_iter().flatten().collect::<Vec<_>>())
}

/// What a correction or notice is called.
#[must_use]
pub fn alert(lang: Language, kind: AlertKind) -> String {
    super::corrections::kind_name(lang, kind)
}

/// An incident by how grave it is and since when it harms.
#[must_use]
pub fn incident(lang: Language, incident: &PublicIncident) -> String {
    let since = ta(lang, "status-since", &[("when", text(date_time(lang, incident.since)))]);
    format!("{}, {since}", t(lang, &format!("status-severity-{}", incident.severity)))
}

/// When a release came; or when it will come, what was last said of that, and why.
#[must_use]
pub fn release(lang: Language, entry: &CalendarEntry) -> String {
    if let Some(at) = entry.published_at {
        return sentence(&ta(lang, "release-published-at", &[("when", text(date_time(lang, at)))]));
    }
    let dated = (entry.state != ReleaseState::Cancelled)
        .then(|| format!("{}: {}", t(lang, "release-date"), date_words(lang, entry.date)));
    let change = entry.changes.last();
    let reason = change.map(|change| lang.pick(&change.reason.text, change.reason.text_cy.as_deref()).to_owned());
    let said = [dated, change.map(|change| change_words(lang, change)), reason];
    let said: Vec<String> = said.into_iter().flatten().map(|words| sentence(&words)).collect();
    said.join(" ").trim().to_owned()
}

/// Words with a full stop behind them, where there are any.
fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() || words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use domain::language::Language::{Cy, En};
    use domain::release::{ChangeKind, DateChange, PublicReason, ReleaseDate, ReleaseDetails};
    use domain::subscription::{Narrowing, Target};

    use super::*;
    use crate::pages::site::asked;

    #[test]
    fn a_list_is_called_by_what_was_chosen_in_it() {
        let calendar = asked::releases;
        assert_eq!(releases(En, &calendar("/releases"), None), "Release calendar");
        let chosen = calendar("/releases?view=published&month=2026-12&topic=prices&q=energy");
        assert_eq!(
            releases(En, &chosen, Some("Prices")),
            "Release calendar: Published; December 2026; Topic: Prices; “energy”"
        );
        assert_eq!(
            releases(Cy, &calendar("/releases?state=confirmed&month=2026-12"), None),
            "Calendr datganiadau: Cadarnhawyd; Rhagfyr 2026"
        );
        let some = |path| corrections(En, &asked::corrections(path));
        assert_eq!(some("/corrections"), "Corrections and notices");
        assert_eq!(some("/corrections?year=2025&type=correction"), "Corrections and notices: Correction; 2025");
    }

    #[test]
    fn a_search_is_called_by_its_words_and_filters() {
        let about = |words: &str, narrowed: &[Narrowing]| TargetView {
            target: Target::Search(String::new()),
            title: words.to_owned(),
            title_cy: None,
            narrowed: narrowed.to_vec(),
        };
        let topic = Narrowing {
            filter: "topics".into(),
            value: "prices".into(),
            label: "Prices".into(),
            label_cy: Some("Prisiau".into()),
        };
        assert_eq!(search(En, &about("", &[])), "New figures");
        assert_eq!(search(En, &about("gas", &[])), "New figures for “gas”");
        assert_eq!(search(En, &about("gas", std::slice::from_ref(&topic))), "New figures: “gas”; Topic: Prices");
        assert_eq!(search(Cy, &about("", &[topic])), "Ffigurau newydd: Pwnc: Prisiau");
    }

    #[test]
    fn a_release_says_its_date_and_why_that_changed() {
        let at = |text: &str| ReleaseDate::At(text.parse().unwrap());
        let (before, after) = (at("2026-12-01T09:30:00Z"), at("2026-12-08T09:30:00Z"));
        let reason = PublicReason { text: "More checks are needed".into(), text_cy: Some("Mae angen gwirio.".into()) };
        let said_at = "2026-11-20T09:30:00Z".parse().unwrap();
        let change = |kind, date| DateChange { kind, previous: before, date, reason: reason.clone(), at: said_at };
        let entry = CalendarEntry {
            id: "gdp".into(),
            details: ReleaseDetails::default(),
            state: ReleaseState::Confirmed,
            date: after,
            changes: vec![change(ChangeKind::DateChanged, after)],
            announced_at: None,
            published_at: None,
        };
        assert_eq!(
            release(En, &entry),
            "Release date: 8 December 2026, 9:30am. Date changed from 1 December 2026, 9:30am to 8 December 2026, 9:30am. \
             More checks are needed."
        );
        assert!(release(Cy, &entry).ends_with(" Mae angen gwirio."), "{}", release(Cy, &entry));
        let provisional = CalendarEntry { changes: Vec::new(), date: ReleaseDate::ToBeConfirmed, ..entry.clone() };
        assert_eq!(release(En, &provisional), "Release date: Date to be confirmed.");
        let changes = vec![change(ChangeKind::Cancelled, before)];
        let cancelled = CalendarEntry { state: ReleaseState::Cancelled, changes, ..entry.clone() };
        assert_eq!(
            release(En, &cancelled),
            "Cancelled; it was expected: 1 December 2026, 9:30am. More checks are needed."
        );
        let published = CalendarEntry { published_at: Some(said_at), ..entry };
        assert_eq!(release(En, &published), "Published 20 November 2026, 9:30am.");
    }
}
