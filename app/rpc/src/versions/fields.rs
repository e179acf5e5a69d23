//! What the forms of a version send.

use domain::dataset::Period;
#[cfg(not(target_family = "wasm"))]
use domain::version::{Alert, AlertKind, AlertSeverity};
use domain::version::{ColumnNote, LatestChange, UsageNote};
use serde::{Deserialize, Serialize};

/// The fields as typed; blank rows are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VersionFields {
    /// The date of release that readers see, such as `2026-11-23`.
    pub release_date: String,
    /// How far the figures are trusted; empty means as the dataset says.
    pub quality_designation: String,
    /// The time the figures cover.
    pub temporal_coverage: String,
    /// The lowest level of geography of the figures, as a code or in words.
    pub lowest_geography: String,
    /// The time the figures cover, as programs read it.
    pub temporal: Vec<Period>,
    /// What is said about the columns of the table.
    pub column_notes: Vec<ColumnNote>,
    /// Notes on how to use the figures.
    pub usage_notes: Vec<UsageNote>,
    /// What changed since the version before.
    pub latest_changes: Vec<LatestChange>,
    /// Alerts and corrections that go public with the version.
    pub alerts: Vec<AlertFields>,
}

/// An alert as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertFields {
    /// Its name, where it has one.
    pub id: String,
    /// `alert` or `correction`.
    pub kind: String,
    /// What readers should know.
    pub description: String,
    /// The same in Welsh.
    pub description_cy: String,
    /// `minor`, `major`, or nothing.
    pub severity: String,
}

#[cfg(not(target_family = "wasm"))]
impl AlertFields {
    /// The alert that was typed, without a date.
    pub(super) fn read(&self) -> Alert {
        let plain = |text: &str| text.trim().replace("\r\n", "\n");
        Alert {
            description_cy: Some(plain(&self.description_cy)).filter(|text| !text.is_empty()),
            severity: AlertSeverity::parse(&self.severity),
            ..Alert::new(AlertKind::parse(&self.kind).unwrap_or(AlertKind::Alert), plain(&self.description))
        }
    }
}

/// The alerts that are not blank; one that was there before keeps its date.
#[cfg(not(target_family = "wasm"))]
fn alerts(typed: Vec<AlertFields>, before: &[Alert]) -> Vec<Alert> {
    let filled = typed.into_iter().filter(|alert| !alert.description.trim().is_empty());
    let read = |typed: AlertFields| Alert {
        date: before.iter().find(|known| known.id == typed.id).and_then(|known| known.date),
        id: typed.id.clone(),
        ..typed.read()
    };
    filled.map(read).collect()
}

/// The periods that are not blank.
#[cfg(not(target_family = "wasm"))]
fn periods(typed: Vec<Period>) -> Vec<Period> {
    let trimmed = typed.into_iter().map(|period| Period {
        frequency: period.frequency.trim().to_owned(),
        start_date: period.start_date.trim().to_owned(),
        end_date: period.end_date.trim().to_owned(),
    });
    let blank = Period::default();
    trimmed.filter(|period| *period != blank).collect()
}

/// What is said about columns, without those of which nothing is said.
#[cfg(not(target_family = "wasm"))]
fn column_notes(typed: Vec<ColumnNote>) -> Vec<ColumnNote> {
    let lines = |text: &str| text.trim().replace("\r\n", "\n");
    let filled = typed.into_iter().filter(|note| !note.is_blank());
    let trimmed = filled.map(|note| ColumnNote {
        label: note.label.trim().to_owned(),
        description: lines(&note.description),
        quality_statement_text: lines(&note.quality_statement_text),
        quality_statement_url: note.quality_statement_url.trim().to_owned(),
        code_list_url: note.code_list_url.trim().to_owned(),
        name: note.name,
    });
    trimmed.collect()
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{key, page_of, read_reference};
#[cfg(not(target_family = "wasm"))]
pub(super) use native::{read_date, save, take_step};

#[cfg(not(target_family = "wasm"))]
mod native {
    use chrono::{DateTime, Utc};
    use domain::dataset::QualityDesignation;
    use domain::refusal::{FieldProblem, Refusal};
    use domain::uk_time;
    use domain::version::{Alert, Version, VersionAction, VersionMetadata};
    use services::versions::VersionKey;

    use super::VersionFields;
    use crate::error::RpcError;

    /// The time of day that a release date stands for where only the day is asked.
    const RELEASE_TIME: &str = "09:30";

    /// Names a version as a form sends it; a number that is none finds nothing.
    pub fn key(dataset_id: &str, edition: &str, version: &str) -> VersionKey {
        VersionKey {
            dataset_id: dataset_id.to_owned(),
            edition: edition.to_owned(),
            version: version.trim().parse().unwrap_or_default(),
        }
    }

    /// The page to which a form about a version leads back: the step that it was sent from, or else the version's page.
    pub fn page_of(key: &VersionKey) -> String {
        let page = domain::version::admin_version_path(&key.dataset_id, &key.edition, key.version);
        let steps = format!("{page}/prepare/");
        crate::request::form_page().filter(|from| from.starts_with(&steps)).unwrap_or(page)
    }

    /// Reads `dataset/edition/number`.
    pub fn read_reference(text: &str) -> Option<VersionKey> {
        match text.split('/').collect::<Vec<_>>()[..] {
            [dataset_id, edition, version] => Some(key(dataset_id, edition, version)),
            _ => None,
        }
    }

    /// Reads a day; a missing one is left to the rules of versions.
    pub fn read_date(text: &str) -> Result<Option<DateTime<Utc>>, Vec<FieldProblem>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        uk_time::read(("release_date", text), ("release_date", RELEASE_TIME), ("release_date", "")).map(Some)
    }

    impl VersionFields {
        fn metadata(self, before: VersionMetadata) -> Result<VersionMetadata, Vec<FieldProblem>> {
            let was = before.release_date;
            let same_day = before.release_date.filter(|at| uk_time::fields(*at).0 == self.release_date.trim());
            let release_date = match same_day {
                Some(at) => Ok(Some(at)),
                None => read_date(&self.release_date),
            };
            let blank_note = |n: &domain::version::UsageNote| n.title.trim().is_empty() && n.note.trim().is_empty();
            let blank_change =
                |c: &domain::version::LatestChange| c.name.trim().is_empty() && c.description.trim().is_empty();
            let alerts = super::alerts(self.alerts, &before.alerts);
            let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            let after = VersionMetadata {
                quality_designation: QualityDesignation::parse(&self.quality_designation),
                usage_notes: self.usage_notes.into_iter().filter(|note| !blank_note(note)).collect(),
                alerts,
                latest_changes: self.latest_changes.into_iter().filter(|change| !blank_change(change)).collect(),
                temporal_coverage: some(&self.temporal_coverage),
                lowest_geography: some(&self.lowest_geography),
                temporal: super::periods(self.temporal),
                column_notes: super::column_notes(self.column_notes),
                ..before
            };
            match release_date {
                Ok(release_date) => {
                    // What is dated as the release moves with it.
                    let moved = |alert: Alert| match alert.date {
                        Some(_) if alert.date == was => Alert { date: release_date, ..alert },
                        _ => alert,
                    };
                    let alerts = after.alerts.into_iter().map(moved).collect();
                    Ok(VersionMetadata { release_date, alerts, ..after })
                }
                Err(mut problems) => {
                    problems.extend(after.problems().into_iter().filter(|problem| problem.field != "release_date"));
                    Err(problems)
                }
            }
        }
    }

    /// Merges the fields into the version and saves it.
    pub async fn save(
        key: &VersionKey,
        revision: &str,
        fields: VersionFields,
    ) -> Result<services::Result<Version>, RpcError> {
        let (services, ctx) = crate::request::context()?;
        let version = match services::versions::find(&services, &ctx, key).await {
            Ok(version) => version,
            Err(error) => return Ok(Err(error)),
        };
        Ok(match fields.metadata(version.metadata) {
            Ok(metadata) => {
                services::versions::edit(&services, &ctx, key, crate::bundles::number(revision), metadata).await
            }
            Err(problems) => Err(Refusal::Invalid { problems }.into()),
        })
    }

    /// Takes a version one step and goes back to its page.
    pub async fn take_step(
        form: &str,
        key: &VersionKey,
        revision: &str,
        (action, reason): (VersionAction, Option<String>),
        notice: &str,
    ) -> Result<(), RpcError> {
        let (services, ctx) = crate::request::context()?;
        let expected = Some(crate::bundles::number(revision));
        let outcome = services::versions::take_step(&services, &ctx, key, action, expected, reason).await;
        let page = domain::version::admin_version_path(&key.dataset_id, &key.edition, key.version);
        crate::form::done(form, outcome, &page, |_| (page.clone(), notice.to_owned()))
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_blank_is_left_out() {
        let period = |start: &str| Period { start_date: start.into(), ..Period::default() };
        assert_eq!(periods(vec![period(" 2026 "), Period::default(), period(" ")]), [period("2026")]);
        let note = |description: &str| ColumnNote {
            name: "year".into(),
            description: description.into(),
            ..ColumnNote::default()
        };
        assert_eq!(column_notes(vec![note(" One.\r\nTwo. "), note(" ")]), [note("One.\nTwo.")]);
        let codes = |url: &str| ColumnNote { code_list_url: url.into(), ..note("") };
        assert_eq!(column_notes(vec![codes(" /codes ")]), [codes("/codes")]);
    }
}
