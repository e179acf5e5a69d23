//! Whether a selection means something in a table.

use std::collections::HashSet;

use domain::refusal::FieldProblem;
use domain::selection::{MAX_TOLD, Selection, near_matches, quoted};
use domain::table::ColumnKind;

use super::times;
use crate::cells;
use crate::table::{Table, TableError};

impl Table {
    /// What of a selection this table does not allow: more than one may say, names, options that no row has, bounds that cannot be
    /// read; the first of them, where they are many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check(&self, selection: &Selection) -> Result<Vec<FieldProblem>, TableError> {
        let mut problems = selection.problems(self.columns());
        if !problems.is_empty() {
            return Ok(problems);
        }
        for filter in &selection.dimensions {
            if problems.len() >= MAX_TOLD {
                break;
            }
            if let Some(at) = self.find(&filter.name) {
                self.check_options(at, &filter.options, &mut problems)?;
            }
        }
        for range in &selection.ranges {
            let Some(at) = self.find(&range.name) else { continue };
            for (bound, text) in [("from", &range.from), ("to", &range.to)] {
                let Some(text) = text else { continue };
                let field = format!("{bound}.{}", range.name);
                let time = self.columns()[at].kind == ColumnKind::Time;
                if time && times::bound(text, times::form_of(self.forms(at)?)).is_none() {
                    let advice = "Give a year, quarter, month or day such as 2019, 2019 Q1, 2019-03 or 2019-03-04.";
                    problems.push(FieldProblem::new(
                        &field,
                        "not_a_period",
                        format!("“{text}” is no period. {advice}"),
                    ));
                } else if !time && cells::number(text).is_none() {
                    let advice = "Give a number with a decimal point, such as 12.5.";
                    problems.push(FieldProblem::new(
                        &field,
                        "not_a_number",
                        format!("“{text}” is no number. {advice}"),
                    ));
                }
            }
        }
        Ok(problems)
    }

    fn check_options(&self, at: usize, options: &[String], problems: &mut Vec<FieldProblem>) -> Result<(), TableError> {
        let Some(known) = self.known(&[at])?.pop() else { return Ok(()) };
        let names: HashSet<&str> = known.options.iter().flat_map(|o| [o.code.as_str(), o.label.as_str()]).collect();
        let mut unknown: HashSet<&str> = options.iter().map(String::as_str).filter(|o| !names.contains(o)).collect();
        if unknown.iter().any(|option| option.trim().is_empty()) {
            let has_blank = names.contains("") || (!known.complete && self.has_blank(at)?);
            unknown.retain(|option| !option.trim().is_empty() || !has_blank);
        }
        if unknown.is_empty() {
            return Ok(());
        }
        // A code may have several labels, of which the first is kept.
        let named: HashSet<&str> = unknown.iter().copied().filter(|option| !option.trim().is_empty()).collect();
        if !named.is_empty() {
            let present = self.present(at, named)?;
            unknown.retain(|option| !present.contains(option));
        }
        let name = &self.columns()[at].name;
        for option in options.iter().filter(|option| unknown.contains(option.as_str())).take(MAX_TOLD) {
            if option.trim().is_empty() {
                let message = format!("“{name}” has no blank cells, which an empty option means. Leave it out.");
                problems.push(FieldProblem::new(&format!("dim.{name}"), "unknown_option", message));
                continue;
            }
            let near = near_matches(option, names_in_order(&known.options), 3);
            let advice = match near.is_empty() {
                true => "See its options for what it holds.".to_owned(),
                false => format!("Did you mean {}?", quoted(&near)),
            };
            let message = format!("“{name}” has no option “{option}”. {advice}");
            problems.push(FieldProblem::new(&format!("dim.{name}"), "unknown_option", message));
        }
        Ok(())
    }
}

fn names_in_order(options: &[domain::table::OptionCount]) -> impl Iterator<Item = &str> {
    options.iter().filter(|option| !option.code.is_empty()).flat_map(|option| {
        let label = (option.label != option.code).then_some(option.label.as_str());
        std::iter::once(option.code.as_str()).chain(label)
    })
}
