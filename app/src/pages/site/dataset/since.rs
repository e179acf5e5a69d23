//! What changed since the version before: what its editors say, and what its table says.

use domain::changes::{Changes, Revision};
use domain::comparison::{DatasetPage, SinceLast, reading};
use domain::language::Language;
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
    let counted = |key: &str, count: u64| (count > 0).then(|| ta(lang, key, &[("n", Argument::Count(count))]));
    let mut out: Vec<AnyView> = Vec::new();
    if changes.rows_unmatched {
        let (before, after) = (grouped(changes.rows_removed.count), grouped(changes.rows_added.count));
        out.push(ta(lang, "since-unmatched", &[("before", text(before)), ("after", text(after))]).into_any());
    } else {
        let (added, removed) = (changes.rows_added.count, changes.rows_removed.count);
        let rows = [counted("since-added", added), counted("since-removed", removed)];
        out.extend(rows.into_iter().flatten().chain(revised(lang, changes)).map(IntoAny::into_any));
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

/// How many figures were revised, and how many labels that describe figures are others, in a sentence; nothing where none is.
fn revised(lang: Language, changes: &Changes) -> Option<String> {
    let counted = [("since-figures", changes.figures_revised), ("since-labels", changes.labels_revised())];
    let told = counted.into_iter().filter(|(_, n)| *n > 0);
    let told: Vec<String> = told.map(|(key, n)| ta(lang, key, &[("n", Argument::Count(n))])).collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

fn largest_of(lang: Language, revision: &Revision) -> AnyView {
    let read = reading(&revision.before, &revision.after);
    let percent = read.percent.map(|percent| format!(" ({percent})")).unwrap_or_default();
    let what = format!("{} → {}{percent}", read.before, read.after);
    around(lang, "since-largest", &[("row", Written::english(lang, row_name(revision)))], &[("what", text(what))])
}

/// A row by what its dimensions hold.
pub fn row_name(revision: &Revision) -> String {
    revision.key.iter().map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use domain::changes::{Changes, Renamed};
    use domain::language::Language;
    use leptos::prelude::*;

    use super::told;

    #[test]
    fn figures_are_told_apart_from_what_describes_them() {
        let said = |language, figures, labels| {
            let (figures_revised, cells_revised) = (figures, figures + labels);
            let changes = Changes { figures_revised, cells_revised, ..Changes::default() };
            told(language, &changes).into_iter().map(|one| one.to_html()).collect::<Vec<_>>()
        };
        assert_eq!(said(Language::En, 15, 255), ["15 figures were revised; 255 labels changed."]);
        assert_eq!(said(Language::En, 1, 1), ["1 figure was revised; 1 label changed."]);
        assert_eq!(said(Language::En, 1_771, 0), ["1,771 figures were revised."]);
        assert_eq!(said(Language::En, 0, 2), ["2 labels changed."]);
        assert!(said(Language::En, 0, 0).is_empty());
        assert_eq!(said(Language::Cy, 15, 255), ["Diwygiwyd 15 o ffigurau; 255 o labeli wedi newid."]);
    }

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
