//! What is told of a line: in which column something is wrong and why, and what changes.

use domain::curation::ImportOutcome;
use domain::refusal::{FieldProblem, Refusal};
use serde::Serialize;

/// The most reasons told at once: a cell of very many short words would otherwise be told at many times its length.
const MOST_REASONS: usize = 20;

/// A problem with the column in which it stands before it.
pub(super) fn problem(problem: &FieldProblem) -> String {
    format!("{}: {}", place(&problem.field), problem.message)
}

/// Everything that a refusal says.
pub(super) fn reasons(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::Invalid { problems } | Refusal::Unreadable { problems } => problems.iter().map(problem).collect(),
        other => vec![other.to_string()],
    }
}

/// What a line comes to, with no more reasons than somebody reads.
pub(super) fn capped(outcome: ImportOutcome) -> ImportOutcome {
    match outcome {
        ImportOutcome::Refused(reasons) => ImportOutcome::Refused(first_of(reasons)),
        ImportOutcome::WithoutFile(reasons) => ImportOutcome::WithoutFile(first_of(reasons)),
        ImportOutcome::WithoutVersion(reasons) => ImportOutcome::WithoutVersion(first_of(reasons)),
        other => other,
    }
}

/// The first of many reasons, and how many more there are.
pub(super) fn first_of(mut reasons: Vec<String>) -> Vec<String> {
    let more = reasons.len().saturating_sub(MOST_REASONS);
    if more > 0 {
        reasons.truncate(MOST_REASONS);
        reasons.push(format!("And {more} more."));
    }
    reasons
}

/// The names of the parts in which two states differ.
pub(super) fn parts_of(before: &impl Serialize, after: &impl Serialize) -> Vec<String> {
    let (before, after) = (fields(before), fields(after));
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(*value)).map(|(name, _)| name);
    // Of what is empty some parts are left out.
    let emptied = before.keys().filter(|name| !after.contains_key(*name));
    changed.chain(emptied).cloned().collect()
}

fn fields(state: &impl Serialize) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    }
}

/// The column of a field, and where in its cell: `related_datasets.1.href` is in `related_datasets, 2, href`.
fn place(field: &str) -> String {
    match field.split('.').collect::<Vec<_>>().as_slice() {
        ["contacts", "0", part] => format!("contact_{part}"),
        // The first contact has columns of its own, so those that are listed count from the second.
        ["contacts", rest @ ..] => [&["other_contacts"][..], rest].concat().join(", "),
        ["is_based_on", part] => format!("is_based_on_{}", part.trim_start_matches('@')),
        [column, rest @ ..] => {
            let counted = rest.iter().map(|part| part.parse::<usize>().map_or_else(|_| (*part).to_owned(), one_more));
            std::iter::once((*column).to_owned()).chain(counted).collect::<Vec<_>>().join(", ")
        }
        [] => String::new(),
    }
}

fn one_more(place: usize) -> String {
    place.saturating_add(1).to_string()
}

#[cfg(test)]
mod tests {
    use domain::dataset::DatasetMetadata;

    use super::*;

    #[test]
    fn the_first_reasons_are_told_with_the_number_of_the_others() {
        let reasons = |count: usize| vec!["topics: There is no topic a.".to_owned(); count];
        assert_eq!(capped(ImportOutcome::Refused(reasons(20))), ImportOutcome::Refused(reasons(20)));
        let more = [reasons(20), vec!["And 49980 more.".to_owned()]].concat();
        assert_eq!(capped(ImportOutcome::Refused(reasons(50_000))), ImportOutcome::Refused(more.clone()));
        assert_eq!(capped(ImportOutcome::WithoutFile(reasons(50_000))), ImportOutcome::WithoutFile(more.clone()));
        assert_eq!(capped(ImportOutcome::WithoutVersion(reasons(50_000))), ImportOutcome::WithoutVersion(more));
    }

    #[test]
    fn a_problem_is_told_by_its_column() {
        for (field, column) in [
            ("title", "title"),
            ("keywords.1", "keywords, 2"),
            ("related_datasets.0.href", "related_datasets, 1, href"),
            ("temporal.2.start_date", "temporal, 3, start_date"),
            ("contacts.0.email", "contact_email"),
            ("contacts.1.email", "other_contacts, 1, email"),
            ("contacts", "other_contacts"),
            ("is_based_on.@id", "is_based_on_id"),
        ] {
            assert_eq!(place(field), column);
        }
        let was = DatasetMetadata { title: "A".into(), title_cy: Some("B".into()), ..DatasetMetadata::default() };
        let is = DatasetMetadata { title: "C".into(), ..DatasetMetadata::default() };
        assert_eq!(parts_of(&was, &is), ["title", "title_cy"]);
        let refusal = Refusal::field("qmi.title", "required", "This is needed.");
        assert_eq!(reasons(&refusal), ["qmi, title: This is needed."]);
    }
}
