//! A selection as it stands in an address.

use super::gathered::Gathered;
use super::{DataFormat, MAX_OPTIONS, MAX_RANGES, RangeFilter, Selection, Sort};
use crate::refusal::FieldProblem;
use crate::text::{escaped, unescaped};

/// The most rows that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowLimit {
    /// So many.
    Rows(u64),
    /// Every one, whatever the format: `limit=all`.
    All,
}

/// What `…/data` is asked: `dim.NAME=a,b`, `from.NAME=`, `to.NAME=`, `columns=`, `sort=`, `limit=`, `offset=`, `cursor=`, `format=`.
///
/// An empty option, as in `dim.NAME=` or `dim.NAME=,b`, means blank cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataQuery {
    /// Rows, columns and order.
    pub selection: Selection,
    /// The format, if one is named.
    pub format: Option<DataFormat>,
    /// The most rows wanted, if anything is said of it.
    pub limit: Option<RowLimit>,
    /// Rows to skip.
    pub offset: Option<u64>,
    /// Where the page before ended, as it said.
    pub cursor: Option<String>,
    /// Parameters that are none of these, decoded, for whoever knows them.
    pub others: Vec<(String, String)>,
}

impl DataQuery {
    /// Reads the part of an address after its question mark.
    ///
    /// The parts are split before they are decoded, so that `%2C` is a comma inside an option (section 9, "Data rules"). Whether it is
    /// more than one selection may say is told with what its table does not have (`Selection::problems`); of options and ranges no
    /// more are kept than show that.
    ///
    /// # Errors
    /// Everything that cannot be read, at once.
    pub fn parse(raw: &str) -> Result<Self, Vec<FieldProblem>> {
        let mut query = Self::default();
        let mut dimensions = Gathered::default();
        let mut problems = Vec::new();
        let mut add = |field: &str, code: &str, message: &str| problems.push(FieldProblem::new(field, code, message));
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = unescaped(name);
            if name.contains('\0') || unescaped(value).contains('\0') {
                add(&name.replace('\0', ""), "control_characters", "Leave out control characters.");
                continue;
            }
            match name.as_str() {
                "columns" => query.selection.columns.extend(words(value)),
                "sort" => query.selection.sort.extend(value.split(',').filter_map(sort)),
                "format" => match DataFormat::parse(&unescaped(value)) {
                    Some(format) if query.format.is_none() => query.format = Some(format),
                    Some(_) => add("format", "repeated", "Give this once."),
                    None if value.is_empty() => {}
                    None => add("format", "unknown_value", "Give one of json, csv, ndjson (or jsonl), xlsx, parquet."),
                },
                "cursor" if query.cursor.is_some() => add("cursor", "repeated", "Give this once."),
                "cursor" => query.cursor = Some(unescaped(value)).filter(|text| !text.is_empty()),
                "limit" | "offset" if value.is_empty() => {}
                "limit" if query.limit.is_some() => add("limit", "repeated", "Give this once."),
                "offset" if query.offset.is_some() => add("offset", "repeated", "Give this once."),
                "limit" if value == "all" => query.limit = Some(RowLimit::All),
                "limit" => match whole_number(value, 1) {
                    Some(rows) => query.limit = Some(RowLimit::Rows(rows)),
                    None => add("limit", "out_of_range", "Give a whole number from 1, or all."),
                },
                "offset" => match whole_number(value, 0) {
                    Some(rows) => query.offset = Some(rows),
                    None => add("offset", "out_of_range", "Give a whole number from 0."),
                },
                _ => match name.split_once('.') {
                    Some(("dim", column)) if !column.is_empty() => {
                        for option in value.split(',').map(unescaped) {
                            if dimensions.options() <= MAX_OPTIONS {
                                dimensions.add(column, [option]);
                            }
                        }
                    }
                    Some((bound @ ("from" | "to"), column)) if !column.is_empty() => {
                        if !query.bound(bound == "from", column, unescaped(value)) {
                            add(&name, "repeated", "Give this once.");
                        }
                    }
                    _ => query.others.push((name, unescaped(value))),
                },
            }
        }
        query.selection.dimensions = dimensions.finish();
        if problems.is_empty() { Ok(query) } else { Err(problems) }
    }

    fn bound(&mut self, is_from: bool, column: &str, value: String) -> bool {
        if value.trim().is_empty() {
            return true;
        }
        let ranges = &mut self.selection.ranges;
        let known = ranges.iter().position(|range| range.name == column);
        if known.is_none() {
            if ranges.len() > MAX_RANGES {
                return true;
            }
            ranges.push(RangeFilter { name: column.to_owned(), from: None, to: None });
        }
        let at = known.unwrap_or(ranges.len() - 1);
        let place = if is_from { &mut ranges[at].from } else { &mut ranges[at].to };
        place.replace(value).is_none()
    }
}

impl Selection {
    /// The selection as parameters of an address, always in the same form for the same selection.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut parts = Vec::new();
        for filter in &self.dimensions {
            let options: Vec<String> = filter.options.iter().map(|option| escaped(option)).collect();
            parts.push(format!("dim.{}={}", escaped(&filter.name), options.join(",")));
        }
        for range in &self.ranges {
            for (bound, value) in [("from", &range.from), ("to", &range.to)] {
                if let Some(value) = value {
                    parts.push(format!("{bound}.{}={}", escaped(&range.name), escaped(value)));
                }
            }
        }
        if !self.columns.is_empty() {
            let columns: Vec<String> = self.columns.iter().map(|name| escaped(name)).collect();
            parts.push(format!("columns={}", columns.join(",")));
        }
        if !self.sort.is_empty() {
            let written = |sort: &Sort| {
                let name = escaped(&sort.name);
                let name = name.strip_prefix('-').map_or(name.clone(), |rest| format!("%2D{rest}"));
                format!("{}{name}", if sort.descending { "-" } else { "" })
            };
            let sorts: Vec<String> = self.sort.iter().map(written).collect();
            parts.push(format!("sort={}", sorts.join(",")));
        }
        parts.join("&")
    }
}

/// A whole number of at least this, written without a sign and small enough for every database.
fn whole_number(value: &str, least: u64) -> Option<u64> {
    let number = value.parse::<u64>().ok()?;
    (number >= least && !value.starts_with('+') && i64::try_from(number).is_ok()).then_some(number)
}

/// The words between commas, decoded; blank ones are left out.
fn words(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(unescaped).filter(|word| !word.trim().is_empty())
}

/// A column with a sign before it; the sign is never escaped, so that a name may begin with it.
fn sort(word: &str) -> Option<Sort> {
    let (name, descending) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
    let name = unescaped(name);
    (!name.trim().is_empty()).then_some(Sort { name, descending })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::selection::{DimensionFilter, MAX_SORTS};

    fn read(raw: &str) -> DataQuery {
        DataQuery::parse(raw).unwrap_or_else(|problems| panic!("{raw}: {problems:?}"))
    }

    #[test]
    fn options_are_joined_by_commas_and_by_repeating_the_dimension() {
        let query = read(
            "dim.sex=m,f&dim.area=Bath%2C+city,York&dim.sex=f&sort=-year,area&columns=year&limit=5&format=CSV&q=x",
        );
        let sex = DimensionFilter { name: "sex".into(), options: vec!["m".into(), "f".into()] };
        let area = DimensionFilter { name: "area".into(), options: vec!["Bath, city".into(), "York".into()] };
        assert_eq!(query.selection.dimensions, [sex, area]);
        assert_eq!(query.selection.sort[0], Sort { name: "year".into(), descending: true });
        assert_eq!((query.limit, query.format), (Some(RowLimit::Rows(5)), Some(DataFormat::Csv)));
        assert_eq!(query.others, [("q".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn an_empty_option_means_blank_cells_alone_and_beside_others() {
        let of =
            |raw: &str| read(raw).selection.dimensions.into_iter().map(|filter| filter.options).collect::<Vec<_>>();
        for raw in ["dim.Sex=", "dim.Sex=%20", "dim.Sex=+", "dim.Sex=,%20", "dim.Sex=&dim.Sex=%09", "dim.Sex"] {
            assert_eq!(of(raw), [[""]], "{raw}");
        }
        for raw in ["dim.Sex=,Female", "dim.Sex=&dim.Sex=Female", "dim.Sex=%20,Female,"] {
            assert_eq!(of(raw), [["", "Female"]], "{raw}");
        }
        assert_eq!(read("dim.Sex=,Female").selection.to_query(), "dim.Sex=,Female");
        assert_eq!(read("columns=,Year&sort=,").selection.columns, ["Year"], "a column has a name");
    }

    #[test]
    fn every_row_can_be_wanted_by_a_word() {
        assert_eq!(read("limit=all").limit, Some(RowLimit::All));
        assert_eq!(read("limit=&offset=").limit, None);
        for raw in ["limit=every", "limit=0", "limit=+1", "limit=all&limit=all", "limit=5&limit=all", "offset=all"] {
            assert_eq!(DataQuery::parse(raw).unwrap_err().len(), 1, "{raw}");
        }
    }

    #[test]
    fn everything_unreadable_is_told_at_once() {
        let problems = DataQuery::parse("limit=x&format=doc&from.a=1&from.a=2&dim.a=%00").unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["limit", "format", "from.a", "dim.a"]);
    }

    #[test]
    fn of_too_much_only_so_much_is_kept_that_it_is_told() {
        let named = |prefix: &str, count: usize| (0..count).map(|at| format!("{prefix}{at}")).collect::<Vec<_>>();
        let options = named("o", MAX_OPTIONS + 50).join("&dim.a=");
        let ranges = named("from.r", MAX_RANGES + 50).join("=1&");
        let sorts = named("s", MAX_SORTS + 1).join(",");
        let selection = read(&format!("dim.a={options}&{ranges}=1&sort={sorts}&columns=V,V")).selection;
        assert_eq!((selection.dimensions[0].options.len(), selection.ranges.len()), (MAX_OPTIONS + 1, MAX_RANGES + 1));
        let problems = selection.problems(&[]);
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["dimensions", "ranges", "sort", "columns"]);
    }

    proptest! {
        #[test]
        fn a_selection_survives_its_address(
            dims in prop::collection::vec(("[a-z.&=, ]{1,6}", prop::collection::vec("|[^\\x00]*[^\\x00\\s]", 1..4)), 0..3),
            bound in prop::option::of("[^\\x00]*[^\\x00\\s]"),
        ) {
            let mut wanted = Selection::default();
            for (name, options) in dims {
                if wanted.dimensions.iter().all(|filter| filter.name != name) {
                    let mut kept: Vec<String> = Vec::new();
                    for option in options { if !kept.contains(&option) { kept.push(option); } }
                    wanted.dimensions.push(DimensionFilter { name, options: kept });
                }
            }
            if bound.is_some() {
                wanted.ranges.push(RangeFilter { name: "year".into(), from: bound, to: None });
            }
            prop_assert_eq!(read(&wanted.to_query()).selection, wanted);
        }

        #[test]
        fn anything_may_stand_in_an_address(raw in "\\PC*") {
            let _ = DataQuery::parse(&raw);
        }
    }
}
