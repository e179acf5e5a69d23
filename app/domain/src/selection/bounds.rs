//! How much one selection may say: it is counted before anything is made of it, and before its table is looked at.

use std::collections::HashSet;

use super::Selection;
use super::gathered::Gathered;
use crate::refusal::{FieldProblem, Refusal, all_valid};
use crate::table::MAX_COLUMNS;

/// The most options that one selection may name, over all its dimensions.
pub const MAX_OPTIONS: usize = 10_000;
/// The most ranges that one selection may have.
pub const MAX_RANGES: usize = 100;
/// The most columns that one order may name.
pub const MAX_SORTS: usize = 8;
/// The most problems of one selection that are told: looking for what is near takes time for each.
pub const MAX_TOLD: usize = 20;

impl Selection {
    /// The same with each dimension and each of its options once, and without ranges that have no ends: what somebody sends in parts.
    ///
    /// # Errors
    /// `Invalid` for more than one selection may say, before anything is made of it.
    pub fn gathered(self) -> Result<Self, Refusal> {
        all_valid(self.excess())?;
        let mut gathered = Gathered::default();
        for filter in self.dimensions {
            gathered.add(&filter.name, filter.options);
        }
        let mut ranges = self.ranges;
        ranges.retain(|range| range.from.is_some() || range.to.is_some());
        Ok(Self { dimensions: gathered.finish(), ranges, ..self })
    }

    /// What of it is more than one selection may say, with how much that is; columns and ranges that are named twice.
    #[must_use]
    pub fn excess(&self) -> Vec<FieldProblem> {
        let options: usize = self.dimensions.iter().map(|filter| filter.options.len()).sum();
        let counted = [
            ("dimensions", options, MAX_OPTIONS, "options"),
            ("ranges", self.ranges.len(), MAX_RANGES, "ranges"),
            ("columns", self.columns.len(), MAX_COLUMNS, "columns"),
            ("sort", self.sort.len(), MAX_SORTS, "columns to sort by"),
        ];
        let mut problems: Vec<FieldProblem> = counted
            .into_iter()
            .filter(|(_, count, most, _)| count > most)
            .map(|(field, _, most, what)| FieldProblem::new(field, "too_many", format!("Name at most {most} {what}.")))
            .collect();
        // What is too much is not looked through as well.
        let has = |problems: &[FieldProblem], field: &str| problems.iter().any(|problem| problem.field == field);
        if !has(&problems, "columns")
            && let Some(name) = repeated(self.columns.iter().map(String::as_str))
        {
            let message = format!("“{name}” is named more than once. Name each column once.");
            problems.push(FieldProblem::new("columns", "repeated", message));
        }
        if !has(&problems, "ranges")
            && let Some(name) = repeated(self.ranges.iter().map(|range| range.name.as_str()))
        {
            let message = format!("“{name}” has more than one range. Give one for each column, with both its ends.");
            problems.push(FieldProblem::new("ranges", "repeated", message));
        }
        problems
    }
}

/// The first name that stands there for the second time.
fn repeated<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::{DimensionFilter, RangeFilter, Sort};

    fn options(name: &str, count: usize) -> DimensionFilter {
        DimensionFilter { name: name.into(), options: (0..count).map(|at| format!("{name}{at}")).collect() }
    }

    fn range(name: &str, from: Option<&str>) -> RangeFilter {
        RangeFilter { name: name.into(), from: from.map(str::to_owned), to: None }
    }

    fn told(selection: &Selection) -> Vec<(String, String)> {
        let problems = selection.excess();
        problems.iter().for_each(|problem| assert!(!problem.message.is_empty()));
        problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    fn pair(field: &str, code: &str) -> (String, String) {
        (field.to_owned(), code.to_owned())
    }

    #[test]
    fn as_much_as_may_be_said_is_taken_and_more_is_told_with_its_limit() {
        let names = |count: usize| (0..count).map(|at| format!("c{at}")).collect::<Vec<_>>();
        let sort = |count: usize| names(count).iter().map(|name| Sort::read(name)).collect::<Vec<_>>();
        let ranges = |count: usize| names(count).iter().map(|name| range(name, Some("1"))).collect::<Vec<_>>();
        let most = Selection {
            dimensions: vec![options("a", MAX_OPTIONS - 1), options("b", 1)],
            ranges: ranges(MAX_RANGES),
            columns: names(MAX_COLUMNS),
            sort: sort(MAX_SORTS),
        };
        assert_eq!(told(&most), []);
        let more = Selection {
            dimensions: vec![options("a", MAX_OPTIONS), options("b", 1)],
            ranges: ranges(MAX_RANGES + 1),
            columns: names(MAX_COLUMNS + 1),
            sort: sort(MAX_SORTS + 1),
        };
        let fields = ["dimensions", "ranges", "columns", "sort"];
        assert_eq!(told(&more), fields.map(|field| pair(field, "too_many")));
        for (problem, most) in more.excess().iter().zip([MAX_OPTIONS, MAX_RANGES, MAX_COLUMNS, MAX_SORTS]) {
            assert!(problem.message.contains(&most.to_string()), "{}", problem.message);
        }
        assert!(more.gathered().is_err());
    }

    #[test]
    fn columns_and_ranges_are_named_once() {
        let twice = Selection {
            ranges: vec![range("year", Some("1")), range("year", None)],
            columns: vec!["V".into(), "W".into(), "V".into()],
            ..Selection::default()
        };
        assert_eq!(told(&twice), [pair("columns", "repeated"), pair("ranges", "repeated")]);
        assert!(twice.excess()[0].message.contains("“V”"));
        // A great many of the same are counted, and not looked through.
        let many = Selection { columns: vec!["V".into(); 250_000], ..Selection::default() };
        assert_eq!(told(&many), [pair("columns", "too_many")]);
    }

    #[test]
    fn what_is_sent_in_parts_is_put_together() {
        let sent = Selection {
            dimensions: vec![options("a", 2), options("b", 0), options("c", 1), options("a", 3)],
            ranges: vec![range("year", None), range("count", Some("1"))],
            ..Selection::default()
        };
        let gathered = sent.gathered().unwrap();
        assert_eq!(gathered.dimensions, [options("a", 3), options("c", 1)]);
        assert_eq!(gathered.ranges, [range("count", Some("1"))]);
    }
}
