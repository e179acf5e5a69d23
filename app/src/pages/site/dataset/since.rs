//! What changed since the version before: what its editors say, and what its table says.

use domain::changes::{Changes, Revision};
use domain::comparison::{DatasetPage, SinceLast, moved};
use domain::language::Language;
use domain::table::figure;
use leptos::prelude::*;

use crate::components::portal::grouped;
use crate::components::written::{Written, around};
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::Frame;

/// Whether there is anything to tell.
pub fn is_told(page: &DatasetPage) -> bool {
    page.since.is_some() || !page.version.version.metadata.latest_changes.is_empty()
}

/// The section, where there is anything to tell.
pub fn changes(frame: &Frame, page: &DatasetPage) -> Option<AnyView> {
    if !is_told(page) {
        return None;
    }
    let lang = frame.lang;
    let version = &page.version.version;
    let said: Vec<_> = version
        .metadata
        .latest_changes
        .iter()
        .map(|change| {
            let (name, about) = (Written::english(lang, &change.name), Written::english(lang, &change.description));
            view! { <div><dt lang=name.lang>{name.text}</dt><dd lang=about.lang>{about.text}</dd></div> }
        })
        .collect();
    let said = (!said.is_empty()).then(|| view! { <dl class="metadata">{said}</dl> });
    let counted = page.since.as_ref().map(|since| {
        let href = format!(
            "/catalogue/{}/editions/{}/compare?from={}&to={}",
            version.dataset_id, version.edition, since.from, version.version
        );
        let heading = ta(lang, "since-with", &[("n", text(since.from.to_string()))]);
        let sentences: Vec<_> = sentences(lang, since).into_iter().map(|words| view! { <li>{words}</li> }).collect();
        view! {
            <div class="stack stack--tight since">
                <h3>{heading}</h3>
                <ul>{sentences}</ul>
                <p><a href=frame.href(&href)>{t(lang, "since-all")}</a></p>
            </div>
        }
    });
    Some(
        view! {
            <section class="section" id="changes">
                <div class="section__head"><h2>{t(lang, "changes")}</h2></div>
                <div class="stack">{said}{counted}</div>
            </section>
        }
        .into_any(),
    )
}

/// What the tables say, a sentence for each kind of change.
fn sentences(lang: Language, since: &SinceLast) -> Vec<AnyView> {
    let Some(changes) = &since.changes else {
        let (before, after) = (grouped(since.rows_before), grouped(since.rows_after));
        return vec![ta(lang, "since-rows", &[("before", text(before)), ("after", text(after))]).into_any()];
    };
    let out = told(lang, changes);
    if out.is_empty() { vec![t(lang, "since-nothing").into_any()] } else { out }
}

/// A sentence for each kind of change between two tables; none where they are the same.
pub fn told(lang: Language, changes: &Changes) -> Vec<AnyView> {
    let counted = [
        ("since-added", changes.rows_added.count),
        ("since-removed", changes.rows_removed.count),
        ("since-revised", changes.cells_revised),
    ];
    let mut out: Vec<AnyView> = Vec::new();
    if changes.rows_unmatched {
        let (before, after) = (grouped(changes.rows_removed.count), grouped(changes.rows_added.count));
        out.push(ta(lang, "since-unmatched", &[("before", text(before)), ("after", text(after))]).into_any());
    } else {
        let told = counted.into_iter().filter(|(_, count)| *count > 0);
        out.extend(told.map(|(key, count)| {
            ta(lang, key, &[("n", Argument::Count(count)), ("count", text(grouped(count)))]).into_any()
        }));
    }
    if let Some(largest) = changes.largest.first() {
        out.push(largest_of(lang, largest));
    }
    let named = |key: &str, names: Vec<String>| {
        let listed = Written::english(lang, names.join(", "));
        (!names.is_empty()).then(|| around(lang, key, &[("names", listed)], &[]))
    };
    out.extend(named("since-columns-added", changes.columns_added.clone()));
    out.extend(named("since-columns-removed", changes.columns_removed.clone()));
    let called = changes.columns_renamed.iter().map(|one| format!("{} → {}", one.before, one.after));
    out.extend(named("since-columns-called", called.collect()));
    let renamed = changes.columns_relabelled.iter().map(|one| format!("{} → {}", one.before, one.after));
    out.extend(named("since-columns-renamed", renamed.collect()));
    out.extend(named("since-columns-retyped", changes.columns_retyped.iter().map(|one| one.name.clone()).collect()));
    out
}

fn largest_of(lang: Language, revision: &Revision) -> AnyView {
    let percent = moved(&revision.before, &revision.after).and_then(|(_, percent)| percent);
    let percent = percent.map(|percent| format!(" ({}%)", signed(percent))).unwrap_or_default();
    let what = format!("{} → {}{percent}", revision.before, revision.after);
    around(lang, "since-largest", &[("row", Written::english(lang, row_name(revision)))], &[("what", text(what))])
}

/// A row by what its dimensions hold.
pub fn row_name(revision: &Revision) -> String {
    revision.key.iter().map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A figure that always shows its sign.
pub fn signed(value: f64) -> String {
    let words = figure(value);
    if value > 0.0 { format!("+{words}") } else { words }
}

#[cfg(test)]
mod tests {
    use domain::changes::Renamed;

    use super::*;

    #[test]
    fn rows_that_could_not_be_matched_are_not_said_to_have_come_or_gone() {
        let renamed = vec![Renamed { before: "time".into(), after: "mmm-yy".into() }];
        let mut changes = Changes { rows_unmatched: true, columns_renamed: renamed, ..Changes::default() };
        (changes.rows_added.count, changes.rows_removed.count) = (3, 2);
        let words = |changes: &Changes| {
            let told = told(Language::En, changes).into_iter().map(|words| words.to_html());
            told.collect::<Vec<String>>().join(" ")
        };
        let unmatched = words(&changes);
        assert!(unmatched.contains("could not be matched") && unmatched.contains("There were 2; now there are 3."));
        assert!(unmatched.contains("another name: time → mmm-yy") && !unmatched.contains("added"), "{unmatched}");
        changes.rows_unmatched = false;
        assert!(!words(&changes).contains("could not be matched"));
    }
}
