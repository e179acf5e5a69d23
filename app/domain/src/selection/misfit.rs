//! What of a selection a table does not allow, and where the selection says it: an address has other words for that than a body.

use super::Selection;
use crate::refusal::FieldProblem;

/// Where in a selection something is said; things that there may be several of are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A part of it as a whole, such as `ranges`.
    Whole(String),
    /// A dimension.
    Dimension(usize),
    /// An option of a dimension.
    Option(usize, usize),
    /// A range.
    Range(usize),
    /// The least value of a range.
    From(usize),
    /// The greatest value of a range.
    To(usize),
    /// A column.
    Column(usize),
    /// A column to sort by.
    Sort(usize),
}

impl Place {
    /// How an address calls it.
    #[must_use]
    pub fn in_address(&self, selection: &Selection) -> String {
        let dimension = |at: usize| selection.dimensions.get(at).map_or("", |filter| filter.name.as_str());
        let range = |at: usize| selection.ranges.get(at).map_or("", |range| range.name.as_str());
        match self {
            Self::Whole(part) => part.clone(),
            Self::Dimension(at) | Self::Option(at, _) => format!("dim.{}", dimension(*at)),
            Self::Range(at) if selection.ranges.get(*at).is_some_and(|range| range.from.is_none()) => {
                format!("to.{}", range(*at))
            }
            Self::Range(at) | Self::From(at) => format!("from.{}", range(*at)),
            Self::To(at) => format!("to.{}", range(*at)),
            Self::Column(_) => "columns".to_owned(),
            Self::Sort(_) => "sort".to_owned(),
        }
    }

    /// How a body calls it that is the selection, with dots for nesting.
    #[must_use]
    pub fn in_body(&self) -> String {
        match self {
            Self::Whole(part) => part.clone(),
            Self::Dimension(at) => format!("dimensions.{at}.name"),
            Self::Option(at, option) => format!("dimensions.{at}.options.{option}"),
            Self::Range(at) => format!("ranges.{at}.name"),
            Self::From(at) => format!("ranges.{at}.from"),
            Self::To(at) => format!("ranges.{at}.to"),
            Self::Column(at) => format!("columns.{at}"),
            Self::Sort(at) => format!("sort.{at}"),
        }
    }
}

/// Something in a selection that a table does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where it is said.
    pub place: Place,
    /// A stable snake_case word for programs.
    pub code: String,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
}

impl Misfit {
    /// Something at a place.
    pub fn new(place: Place, code: &str, message: impl Into<String>) -> Self {
        Self { place, code: code.to_owned(), message: message.into() }
    }

    /// The problem of the field that is called so.
    #[must_use]
    pub fn told(self, field: &str) -> FieldProblem {
        FieldProblem::new(field, &self.code, self.message)
    }

    /// The problem as an address is told it.
    #[must_use]
    pub fn in_address(self, selection: &Selection) -> FieldProblem {
        let field = self.place.in_address(selection);
        self.told(&field)
    }
}

impl From<FieldProblem> for Misfit {
    /// What is said of a part as a whole.
    fn from(problem: FieldProblem) -> Self {
        Self { place: Place::Whole(problem.field), code: problem.code, message: problem.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::DataQuery;

    #[test]
    fn a_place_has_a_name_in_an_address_and_another_in_a_body() {
        let selection = DataQuery::parse("dim.Sex=m&dim.Age=1,2&from.Year=1&to.Value=2").unwrap().selection;
        for (place, address, body) in [
            (Place::Whole("ranges".into()), "ranges", "ranges"),
            (Place::Dimension(1), "dim.Age", "dimensions.1.name"),
            (Place::Option(1, 1), "dim.Age", "dimensions.1.options.1"),
            (Place::Range(0), "from.Year", "ranges.0.name"),
            (Place::Range(1), "to.Value", "ranges.1.name"),
            (Place::From(0), "from.Year", "ranges.0.from"),
            (Place::To(1), "to.Value", "ranges.1.to"),
            (Place::Column(2), "columns", "columns.2"),
            (Place::Sort(0), "sort", "sort.0"),
        ] {
            assert_eq!((place.in_address(&selection).as_str(), place.in_body().as_str()), (address, body));
        }
    }
}
