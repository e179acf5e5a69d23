//! What tables of data share: a caption that stays in sight, and what is told above the rows instead of in each of them.

use domain::language::Language;
use domain::table::{Column, Layout};
use leptos::prelude::*;

use crate::components::written::{Written, joined, pieces};
use crate::i18n::t;
use crate::layout::site::Frame;

/// The caption of a table that may be wider than its box, in which its words stay in sight; `id` is that of the words alone.
pub(super) fn caption(id: &'static str, words: AnyView, more: Option<AnyView>) -> AnyView {
    view! { <caption><span class="table__caption"><span id=id>{words}</span>{more}</span></caption> }.into_any()
}

/// The columns that stand in a table, each with its place among all of them.
pub(super) fn shown<'a>(columns: &'a [Column], layout: &Layout) -> Vec<(usize, &'a Column)> {
    layout.shown.iter().filter_map(|at| Some((*at, columns.get(*at)?))).collect()
}

/// The words of the link from a layout to all columns as they were published; where its figure was moved alone, nothing is left out.
pub(super) fn to_published(lang: Language, layout: &Layout) -> String {
    t(lang, if layout.is_whole() { "table-published-order" } else { "table-all-columns" })
}

/// The words of the link from there back to a layout.
pub(super) fn from_published(lang: Language, layout: &Layout) -> String {
    t(lang, if layout.is_whole() { "table-figure-forward" } else { "table-fewer-columns" })
}

/// In what files differ from a table laid out so; nothing where they do not.
pub(super) fn of_files(lang: Language, layout: &Layout) -> Option<String> {
    let key = if layout.is_whole() { "explore-take-order" } else { "explore-take-whole" };
    (!layout.is_as_published()).then(|| t(lang, key))
}

/// What the other columns say in every row, of which `first` is one, and the way to a table with all of them; nothing where there
/// is neither.
pub(super) fn told(
    frame: &Frame,
    columns: &[Column],
    first: &[String],
    layout: &Layout,
    way: Option<AnyView>,
) -> Option<AnyView> {
    let lang = frame.lang;
    let heading = |at: &usize| columns.get(*at).map(|column| column.heading().to_owned());
    let fact = |at: &usize| Some(format!("{}: {}", heading(at)?, first.get(*at)?.trim()));
    let say = |key: &str, words: Vec<String>, between: &str| {
        let what = vec![Written::english(lang, words.join(between))];
        (!words.is_empty()).then(|| view! { {joined(pieces(lang, key, &[("what", what)], &[]))}" " }.into_any())
    };
    let alike = say("table-alike", layout.alike.iter().filter_map(fact).collect(), " · ");
    let empty = say("table-empty", layout.empty.iter().filter_map(heading).collect(), ", ");
    let is_anything = alike.is_some() || empty.is_some() || way.is_some();
    is_anything.then(|| view! { <span class="table__sub">{alike}{empty}{way}</span> }.into_any())
}

#[cfg(test)]
mod tests {
    use domain::language::Language::{Cy, En};
    use domain::table::{ColumnKind, ColumnRole};

    use super::*;

    fn frame(lang: Language) -> Frame {
        let (site_name, site) = ("Figures".to_owned(), "https://example.org".to_owned());
        Frame { lang, path: "/".to_owned(), site_name, site, with_search: false, ahead: None }
    }

    #[test]
    fn where_the_figure_was_moved_alone_nothing_is_said_to_be_left_out() {
        let moved = Layout { shown: vec![0, 2, 1], ..Layout::default() };
        let short = Layout { shown: vec![0, 2], alike: vec![1], ..Layout::default() };
        let published = Layout { shown: vec![0, 1, 2], ..Layout::default() };
        let said = |layout: &Layout| (to_published(En, layout), from_published(En, layout), of_files(En, layout));
        let (to, back, files) = said(&moved);
        assert_eq!(
            (to.as_str(), back.as_str()),
            ("Show the columns in the published order", "Show the figure beside its period")
        );
        assert_eq!(files.as_deref(), Some("The files hold the columns in the published order."));
        let (to, back, files) = said(&short);
        assert!(to.contains("all columns") && back.contains("Leave out"), "{to} {back}");
        assert!(files.is_some_and(|files| files.contains("named above the table")));
        assert_eq!(of_files(En, &published), None);
    }

    #[test]
    fn what_is_told_above_a_table_is_marked_as_what_stands_in_it() {
        let column = |name: &str| {
            let name = name.to_owned();
            Column { label: name.clone(), name, kind: ColumnKind::Text, role: ColumnRole::Dimension }
        };
        let columns = ["Year", "Unit", "Area", "Age", "Sex"].map(column);
        let first = ["2024", "%", "Wales", "", ""].map(str::to_owned);
        let layout = Layout { shown: vec![0], alike: vec![1, 2], empty: vec![3, 4] };
        let html = |lang: Language| told(&frame(lang), &columns, &first, &layout, None).map(|view| view.to_html());
        let english = html(En).unwrap_or_default();
        assert!(english.contains("The same in these rows: Unit: % · Area: Wales."), "{english}");
        assert!(english.contains("Empty in these rows: Age, Sex.") && !english.contains("lang="), "{english}");
        let welsh = html(Cy).unwrap_or_default();
        assert!(welsh.contains("<span lang=\"en\">Unit: % · Area: Wales</span>"), "{welsh}");
        assert!(welsh.contains("<span lang=\"en\">Age, Sex</span>"), "{welsh}");
        assert!(told(&frame(En), &columns, &first, &Layout::as_published(&columns), None).is_none());
        assert_eq!(shown(&columns, &layout).len(), 1);
    }
}
