//! What a column's cells were like, all in all.

use domain::table::{ColumnKind, ColumnStatistics, Subject};

use super::{Watch, extremes, is_time_heading};
use crate::{names, period::FORMS};

/// Headings of places, by their words.
const PLACES: [&str; 22] = [
    "area",
    "areacd",
    "areanm",
    "authority",
    "borough",
    "constituency",
    "council",
    "countries",
    "country",
    "county",
    "district",
    "geocode",
    "geographic",
    "geography",
    "lad",
    "lsoa",
    "msoa",
    "oa",
    "place",
    "postcode",
    "region",
    "ward",
];

impl Watch {
    /// What was counted, for a column of this kind.
    pub(crate) fn statistics(&self, label: &str, kind: ColumnKind, decimal_comma: bool) -> ColumnStatistics {
        let counts = self.counts();
        let (least, greatest) = match kind {
            ColumnKind::Integer | ColumnKind::Number => self.extremes.figures(decimal_comma),
            ColumnKind::Time => {
                let form = FORMS.into_iter().find(|form| self.forms_all & *form as u16 != 0);
                match &self.distinct {
                    Some(distinct) => extremes::between(form, distinct.filled()),
                    None => self.extremes.followed(form),
                }
            }
            ColumnKind::Text => (None, None),
        };
        let dates = counts.periods * 2 >= counts.filled && counts.filled > 0;
        let subject = if kind == ColumnKind::Time || (is_time_heading(label) && dates) {
            Some(Subject::Time)
        } else if kind == ColumnKind::Text
            && ((counts.filled > 0 && counts.places * 10 >= counts.filled * 9) || is_place_heading(label))
        {
            Some(Subject::Geography)
        } else {
            None
        };
        ColumnStatistics {
            distinct: self.distinct.as_ref().map_or(self.more_than, super::Distinct::values),
            exact: self.distinct.is_some(),
            missing: counts.missing,
            least,
            greatest,
            samples: self.distinct.as_ref().map_or_else(|| self.samples.clone(), super::Distinct::samples),
            subject,
        }
    }
}

fn is_place_heading(label: &str) -> bool {
    names::slug(label)
        .split(['-', '_'])
        .any(|word| PLACES.contains(&word.trim_end_matches(|l: char| l.is_ascii_digit())))
}
