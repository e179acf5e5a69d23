//! What senders are told of rows and headings.

use domain::table::{Problem, Severity};

use crate::layout::Layout;

/// A row that is as wide as no other.
pub(super) fn ragged(line: u64, found: usize, width: usize, header: bool) -> Problem {
    let fields = if found == 1 { "field" } else { "fields" };
    let other = if header { "the header" } else { "the first row" };
    Problem::new(
        Severity::Error,
        format!("Line {line} has {found} {fields}, {other} {width}: values would stand under the wrong headings. Correct the row, or put quotes around cells that hold the separator."),
    )
    .at_line(line)
}

/// What is to be said of the headings.
pub(super) fn headings(labels: &[String], header: bool, line: u64, layout: &Layout) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !header && layout.named_by_preamble.is_none() {
        problems.push(
            Problem::new(Severity::Warning, format!("There seems to be no heading row: line {line} already holds data, so the columns were named Column 1, Column 2 and so on. Add a row of headings and send the file again."))
                .at_line(line),
        );
    }
    if header && layout.preamble > 0 {
        problems.push(
            Problem::new(
                Severity::Note,
                format!("The headings were found in line {line}; what stands above them is not part of the table."),
            )
            .at_line(line),
        );
    }
    let empty: Vec<usize> = (1..).zip(labels).filter(|(_, label)| label.is_empty()).map(|(at, _)| at).collect();
    if !empty.is_empty() {
        problems.push(
            Problem::new(
                Severity::Warning,
                format!("{} no heading. Give each column a heading, or remove it.", listed(&empty, "has", "have")),
            )
            .at_line(line),
        );
    }
    let mut seen: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
    for (at, label) in (1..).zip(labels).filter(|(_, label)| !label.is_empty()) {
        seen.entry(label).or_default().push(at);
    }
    let mut twice: Vec<(&str, Vec<usize>)> = seen.into_iter().filter(|(_, places)| places.len() > 1).collect();
    twice.sort_by_key(|(_, places)| places[0]);
    for (label, places) in twice {
        problems.push(
            Problem::new(Severity::Warning, format!("{} the same heading “{label}”; the later ones are addressed with a number added. Better give each its own heading.", listed(&places, "has", "have")))
                .at_line(line)
                .in_column(label),
        );
    }
    problems
}

/// "Column 3 has" or "Columns 8, 9 and 10 have".
fn listed(places: &[usize], one: &str, many: &str) -> String {
    let words: Vec<String> = places.iter().take(20).map(ToString::to_string).collect();
    match words.as_slice() {
        [only] => format!("Column {only} {one}"),
        [most @ .., _] if places.len() > 20 => {
            format!("Columns {} and {} more {many}", most.join(", "), places.len() - most.len())
        }
        [most @ .., last] => format!("Columns {} and {last} {many}", most.join(", ")),
        [] => String::new(),
    }
}
