//! Corrections and notices on what is public, as one list.

use serde::{Deserialize, Serialize};

use crate::uk_time::day_month_year;
use crate::version::{Alert, AlertKind};

/// A correction or notice with the version that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The dataset's title.
    pub title: String,
    /// The same in Welsh.
    pub title_cy: Option<String>,
    /// The edition's slug.
    pub edition: String,
    /// The edition's title.
    pub edition_title: String,
    /// The version's number.
    pub version: u32,
    /// What is told.
    pub alert: Alert,
}

impl Correction {
    /// The page of the version that it is about.
    #[must_use]
    pub fn page_path(&self) -> String {
        format!("/catalogue/{}/editions/{}/versions/{}", self.dataset_id, self.edition, self.version)
    }

    /// The year, on a UK clock, of its date.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        self.alert.date.map(|at| day_month_year(at).2)
    }
}

/// Which corrections are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionsQuery {
    /// Those of this year alone.
    pub year: Option<i32>,
    /// Corrections alone, or notices alone.
    pub kind: Option<AlertKind>,
    /// Items to skip.
    pub offset: u32,
    /// The most items wanted.
    pub limit: u32,
}

/// A page of corrections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionsPage {
    /// Those of this page, newest first.
    pub items: Vec<Correction>,
    /// How many there are under these choices.
    pub total_count: u64,
    /// The years that have any, newest first.
    pub years: Vec<i32>,
}

impl CorrectionsPage {
    /// The page of a whole list, whatever its order.
    #[must_use]
    pub fn of(mut all: Vec<Correction>, query: &CorrectionsQuery) -> Self {
        all.sort_by(|a, b| b.alert.date.cmp(&a.alert.date).then_with(|| a.alert.id.cmp(&b.alert.id)));
        let mut years: Vec<i32> = all.iter().filter_map(Correction::year).collect();
        years.sort_unstable_by(|a, b| b.cmp(a));
        years.dedup();
        let fits = |one: &Correction| {
            query.year.is_none_or(|year| one.year() == Some(year))
                && query.kind.is_none_or(|kind| one.alert.kind == kind)
        };
        all.retain(fits);
        let total_count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let items = all.into_iter().skip(query.offset as usize).take(query.limit as usize).collect();
        Self { items, total_count, years }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction(id: &str, date: &str, kind: AlertKind) -> Correction {
        Correction {
            dataset_id: "a".into(),
            title: "A".into(),
            title_cy: None,
            edition: "b".into(),
            edition_title: "B".into(),
            version: 1,
            alert: Alert { id: id.into(), date: date.parse().ok(), ..Alert::new(kind, "x") },
        }
    }

    #[test]
    fn the_newest_come_first_and_years_follow_the_uk_clock() {
        let all = vec![
            correction("1", "2024-05-01T12:00:00Z", AlertKind::Correction),
            // Half past midnight in summer time.
            correction("2", "2025-07-31T23:30:00Z", AlertKind::Alert),
            correction("3", "2025-12-31T23:30:00Z", AlertKind::Correction),
        ];
        let ask = |year, kind| CorrectionsQuery { year, kind, offset: 0, limit: 10 };
        let ids = |query: &CorrectionsQuery| -> Vec<String> {
            CorrectionsPage::of(all.clone(), query).items.into_iter().map(|one| one.alert.id).collect()
        };
        assert_eq!(ids(&ask(None, None)), ["3", "2", "1"]);
        assert_eq!(ids(&ask(Some(2025), None)), ["3", "2"]);
        assert_eq!(ids(&ask(Some(2025), Some(AlertKind::Correction))), ["3"]);
        assert_eq!(ids(&CorrectionsQuery { offset: 1, limit: 1, ..ask(None, None) }), ["2"]);
        assert_eq!(CorrectionsPage::of(all.clone(), &ask(Some(2020), None)).years, [2025, 2024]);
    }
}
