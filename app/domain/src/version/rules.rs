//! What the fields of a version may hold; every problem is told at once.

use std::collections::BTreeSet;

use super::{Alert, VersionMetadata};
use crate::dataset::rules::{MAX_ITEMS, check_coverage, check_number};
use crate::refusal::FieldProblem;
use crate::text::{check_line, check_optional};

impl VersionMetadata {
    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let p = &mut problems;
        if self.release_date.is_none() {
            p.push(FieldProblem::required("release_date"));
        }
        check_number(p, "usage_notes", self.usage_notes.len(), MAX_ITEMS);
        for (i, note) in self.usage_notes.iter().enumerate() {
            check_lines(p, &format!("usage_notes.{i}.note"), &note.note);
            check_optional(p, &format!("usage_notes.{i}.title"), &note.title, 200, false);
        }
        check_number(p, "latest_changes", self.latest_changes.len(), MAX_ITEMS);
        for (i, change) in self.latest_changes.iter().enumerate() {
            check_line(p, &format!("latest_changes.{i}.name"), &change.name, 200);
            check_optional(p, &format!("latest_changes.{i}.description"), &change.description, 5000, true);
            check_optional(p, &format!("latest_changes.{i}.type"), &change.kind, 100, false);
        }
        check_number(p, "alerts", self.alerts.len(), MAX_ITEMS);
        let mut ids = BTreeSet::new();
        for (i, alert) in self.alerts.iter().enumerate() {
            alert.check(p, &format!("alerts.{i}."));
            if !alert.id.is_empty() && !ids.insert(&alert.id) {
                p.push(FieldProblem::new(&format!("alerts.{i}.id"), "duplicate", "Two alerts have this id."));
            }
        }
        let coverage = self.temporal_coverage.as_deref().unwrap_or("");
        check_optional(p, "temporal_coverage", coverage, 300, false);
        check_coverage(p, "temporal_coverage", coverage);
        check_optional(p, "lowest_geography", self.lowest_geography.as_deref().unwrap_or(""), 100, false);
        check_number(p, "temporal", self.temporal.len(), MAX_ITEMS);
        for (i, period) in self.temporal.iter().enumerate() {
            period.check(p, &format!("temporal.{i}"));
        }
        self.check_column_notes(p);
        problems
    }

    fn check_column_notes(&self, p: &mut Vec<FieldProblem>) {
        check_number(p, "column_notes", self.column_notes.len(), MAX_ITEMS);
        let mut names = BTreeSet::new();
        for (i, note) in self.column_notes.iter().enumerate() {
            let row = format!("column_notes.{i}");
            note.check(p, &row);
            if !note.name.is_empty() && !names.insert(&note.name) {
                let message = format!("The column {} is described twice.", note.name);
                p.push(FieldProblem::new(&format!("{row}.name"), "duplicate", message));
            }
        }
    }
}

impl Alert {
    /// Every problem of one alert.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        self.check(&mut problems, "");
        problems
    }

    fn check(&self, p: &mut Vec<FieldProblem>, before: &str) {
        check_optional(p, &format!("{before}id"), &self.id, 100, false);
        check_lines(p, &format!("{before}description"), &self.description);
        let welsh = self.description_cy.as_deref().unwrap_or("");
        check_optional(p, &format!("{before}description_cy"), welsh, 5000, true);
    }
}

/// Needed text that may have several lines.
fn check_lines(p: &mut Vec<FieldProblem>, field: &str, text: &str) {
    if text.trim().is_empty() {
        p.push(FieldProblem::required(field));
    } else {
        check_optional(p, field, text, 5000, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Period;
    use crate::version::{AlertKind, ColumnNote, LatestChange, UsageNote};

    fn alert(id: &str, description: &str) -> Alert {
        Alert { id: id.into(), ..Alert::new(AlertKind::Alert, description) }
    }

    fn column(name: &str, url: &str) -> ColumnNote {
        ColumnNote { name: name.into(), quality_statement_url: url.into(), ..ColumnNote::default() }
    }

    fn problems(metadata: &VersionMetadata) -> Vec<String> {
        metadata.problems().into_iter().map(|p| format!("{} {}", p.field, p.code)).collect()
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let metadata = VersionMetadata {
            usage_notes: vec![UsageNote { title: "x".repeat(201), note: " ".into() }],
            latest_changes: vec![LatestChange { kind: "x\n".into(), ..LatestChange::default() }],
            alerts: vec![alert("a", "Look.\nTwice."), alert("a", ""), alert("", "x\u{7}")],
            temporal_coverage: Some("2024/2023".into()),
            lowest_geography: Some("x".repeat(101)),
            temporal: vec![Period::default()],
            column_notes: vec![
                column("year", "/quality"),
                column("year", "ftp://x"),
                ColumnNote { code_list_url: "codes".into(), ..column("", "") },
            ],
            ..VersionMetadata::default()
        };
        assert_eq!(
            problems(&metadata),
            [
                "release_date required",
                "usage_notes.0.note required",
                "usage_notes.0.title too_long",
                "latest_changes.0.name required",
                "latest_changes.0.type control_characters",
                "alerts.1.description required",
                "alerts.1.id duplicate",
                "alerts.2.description control_characters",
                "temporal_coverage invalid_interval",
                "lowest_geography too_long",
                "temporal.0.start_date required",
                "column_notes.1.quality_statement_url invalid_link",
                "column_notes.1.name duplicate",
                "column_notes.2.name required",
                "column_notes.2.code_list_url invalid_link",
            ]
        );
    }

    #[test]
    fn a_column_with_a_long_heading_can_be_described() {
        let metadata = VersionMetadata {
            release_date: chrono::DateTime::from_timestamp(0, 0),
            column_notes: vec![column(&"x".repeat(301), "")],
            ..VersionMetadata::default()
        };
        assert_eq!(problems(&metadata), Vec::<String>::new());
    }

    #[test]
    fn a_version_that_corrects_says_so_twice() {
        let welsh = "x".repeat(5001);
        let alert = Alert { description_cy: Some(welsh), ..alert("", "The figure for 2019 was wrong.") };
        let at = chrono::DateTime::from_timestamp(0, 0);
        let metadata = VersionMetadata { release_date: at, ..VersionMetadata::default() }.correcting(alert);
        assert_eq!((metadata.alerts[0].kind, metadata.alerts[0].date), (AlertKind::Correction, at));
        let change = &metadata.latest_changes[0];
        assert_eq!(
            (change.kind.as_str(), change.description.as_str()),
            ("correction", "The figure for 2019 was wrong.")
        );
        assert_eq!(problems(&metadata), ["alerts.0.description_cy too_long"]);
    }

    #[test]
    fn every_list_has_its_limit() {
        let metadata = VersionMetadata {
            release_date: chrono::DateTime::from_timestamp(0, 0),
            usage_notes: vec![UsageNote { title: String::new(), note: "x".into() }; MAX_ITEMS + 1],
            latest_changes: vec![LatestChange { name: "x".into(), ..LatestChange::default() }; MAX_ITEMS + 1],
            alerts: vec![alert("", "x"); MAX_ITEMS + 1],
            temporal: vec![Period { start_date: "2026".into(), ..Period::default() }; MAX_ITEMS + 1],
            column_notes: (0..=MAX_ITEMS).map(|n| column(&format!("c{n}"), "")).collect(),
            ..VersionMetadata::default()
        };
        let lists = ["usage_notes", "latest_changes", "alerts", "temporal", "column_notes"];
        assert_eq!(problems(&metadata), lists.map(|list| format!("{list} too_many")));
    }

    #[test]
    fn what_is_true_of_every_release_is_carried_forward() {
        let metadata = VersionMetadata {
            lowest_geography: Some("ltla".into()),
            temporal: vec![Period { start_date: "2026".into(), ..Period::default() }],
            column_notes: vec![column("year", "/quality")],
            alerts: vec![alert("", "x")],
            ..VersionMetadata::default()
        };
        let carried = metadata.carried_forward();
        assert_eq!(carried, VersionMetadata { alerts: Vec::new(), ..metadata });
    }
}
