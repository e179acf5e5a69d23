//! Saved filters: selections that are kept under an address, and what was made of them (product contract, section 4).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::{FieldProblem, Refusal};
use crate::selection::{DataFormat, DimensionFilter, Selection, as_option};
use crate::views::VersionPage;
use crate::wire::wire_enum;

/// How long a filter is kept after it was last changed or submitted.
pub const KEPT: TimeDelta = TimeDelta::days(90);
/// What stands in the way where so many filters are kept for a caller that no more are.
pub const TOO_MANY_FILTERS: &str = "too_many_filters";
/// How long the files of a large output are kept, as they take room.
pub const FILES_KEPT: TimeDelta = TimeDelta::days(7);

/// The file that something was selected of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilteredFile {
    /// Its id, so that no other table takes its place.
    pub id: String,
    /// Its name.
    pub filename: String,
}

/// A selection that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// An id that cannot be guessed.
    pub id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The file whose table it is of; none where that is not known any more.
    pub file: Option<FilteredFile>,
    /// What is selected.
    pub selection: Selection,
    /// The account that made it, or what stands for the address of whoever had none, to count by; those change it with the secret alone.
    pub owner: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub last_updated: DateTime<Utc>,
    /// When it is forgotten.
    pub expires_at: DateTime<Utc>,
    /// Rises with every change.
    pub revision: i64,
}

/// One change of the options of a dimension, in the manner of JSON Patch (RFC 6902): only `/options/-` can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OptionChange {
    /// Whether the options are added or removed.
    pub op: OptionOp,
    /// `/options/-`.
    #[cfg_attr(not(target_family = "wasm"), schema(pattern = "^/options/-$", example = "/options/-"))]
    pub path: String,
    /// Codes or labels; an empty one stands for blank cells.
    pub value: Vec<String>,
}

/// What is done with options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptionOp {
    /// Those that are not there yet are added.
    Add,
    /// Those that are there are removed.
    Remove,
}

impl SavedFilter {
    /// What is said of a dimension.
    ///
    /// # Errors
    /// `NotFound` where nothing is.
    pub fn dimension(&self, name: &str) -> Result<&DimensionFilter, Refusal> {
        self.selection.dimensions.iter().find(|filter| filter.name == name).ok_or(Refusal::NotFound)
    }

    /// Sets the options of a dimension, in place of any that were there; none means that nothing is said of it.
    pub fn set(&mut self, name: &str, options: Vec<String>) {
        let dimensions = &mut self.selection.dimensions;
        let mut seen = HashSet::new();
        let options = options.into_iter().map(as_option);
        let kept: Vec<String> = options.filter(|option| seen.insert(option.clone())).collect();
        match dimensions.iter_mut().find(|filter| filter.name == name) {
            Some(filter) => filter.options = kept,
            None => dimensions.push(DimensionFilter { name: name.to_owned(), options: kept }),
        }
        dimensions.retain(|filter| !filter.options.is_empty());
    }

    /// Adds and removes options of a dimension, in the order of the changes; what is there already or not there changes nothing.
    ///
    /// # Errors
    /// `Invalid` where another place is named.
    pub fn patch(&mut self, name: &str, changes: &[OptionChange]) -> Result<(), Refusal> {
        let problems: Vec<FieldProblem> = (0..)
            .zip(changes)
            .filter(|(_, change)| change.path != "/options/-")
            .map(|(at, _): (usize, _)| {
                FieldProblem::new(&format!("{at}.path"), "unknown_value", "Only /options/- can be changed.")
            })
            .collect();
        crate::refusal::all_valid(problems)?;
        // By the place that each has, so that many changes of many options are soon done; a place that is left stays empty.
        let kept = self.dimension(name)?.options.iter().cloned().map(as_option);
        let mut options: Vec<Option<String>> = kept.map(Some).collect();
        let mut places: HashMap<String, usize> = options.iter().flatten().cloned().zip(0..).collect();
        let named = |change: &OptionChange| -> Vec<(OptionOp, String)> {
            change.value.iter().map(|option| (change.op, as_option(option.clone()))).collect()
        };
        for (op, option) in changes.iter().flat_map(named) {
            match op {
                OptionOp::Add if places.contains_key(&option) => {}
                OptionOp::Add => {
                    places.insert(option.clone(), options.len());
                    options.push(Some(option));
                }
                OptionOp::Remove => {
                    if let Some(left) = places.remove(&option).and_then(|place| options.get_mut(place)) {
                        *left = None;
                    }
                }
            }
        }
        self.set(name, options.into_iter().flatten().collect());
        Ok(())
    }

    /// What is wrong with its size.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        self.selection.excess()
    }
}

/// What was made of a filter: the selection as it was, and its downloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterOutput {
    /// An id that cannot be guessed.
    pub id: String,
    /// The filter it was made of.
    pub filter_id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The file whose table it was made of; none where that is not known any more.
    pub file: Option<FilteredFile>,
    /// What was selected.
    pub selection: Selection,
    /// How many rows it has.
    pub rows: u64,
    /// The making of its files, where they are too large to be made while they are read.
    pub job: Option<OutputJob>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it is forgotten.
    pub expires_at: DateTime<Utc>,
}

impl FilterOutput {
    /// How far its files are; those that are made while they are read are always there.
    #[must_use]
    pub fn state(&self) -> OutputState {
        self.job.as_ref().map_or(OutputState::Completed, |job| job.state)
    }
}

wire_enum! {
    /// How far the files of an output are.
    OutputState {
        /// They wait for their turn.
        Pending => "pending",
        /// They are being made.
        Running => "running",
        /// They can be downloaded.
        Completed => "completed",
        /// They could not be made, or are no longer given out; they can be tried again.
        Failed => "failed",
    }
}

impl OutputState {
    /// Whether something may come of it without anybody doing anything.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Running)
    }
}

/// The making of the files of an output that is too large for it to be done while they are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputJob {
    /// The output.
    pub output_id: String,
    /// The file whose table it is made of.
    pub file_id: String,
    /// Where it stands.
    pub state: OutputState,
    /// How often it was tried.
    pub attempts: u32,
    /// How many of those tries no longer count, since somebody had it tried again.
    pub forgiven: u32,
    /// How many rows are written, over all its files.
    pub rows_written: u64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it may be tried next; while it is, until when it is held.
    pub available_at: DateTime<Utc>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// One way to download an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputDownload {
    /// The format.
    pub format: DataFormat,
    /// Its bytes, where they are there already.
    pub size: Option<u64>,
}

/// The page of an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputPage {
    /// The version that it is a part of.
    pub version: VersionPage,
    /// What was made.
    pub output: FilterOutput,
    /// Its files; a workbook is left out where it would not hold the rows.
    pub downloads: Vec<OutputDownload>,
    /// Whether a newer version of the edition is there and has a table, so that the same can be chosen of it.
    pub newest_has_table: bool,
}

impl OutputPage {
    /// How much of its files is made, in per cent.
    #[must_use]
    pub fn progress(&self) -> u64 {
        let all = self.output.rows.saturating_mul(self.downloads.len() as u64).max(1);
        let written = self.output.job.as_ref().map_or(all, |job| job.rows_written);
        (written.saturating_mul(100) / all).min(100)
    }
}

/// The page of an output, without the site and the language.
#[must_use]
pub fn output_page_path(id: &str) -> String {
    format!("/outputs/{}", crate::text::escaped(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> SavedFilter {
        let at = DateTime::UNIX_EPOCH;
        SavedFilter {
            id: "f".into(),
            dataset_id: "gdp".into(),
            edition: "e".into(),
            version: 1,
            file: None,
            selection: Selection::default(),
            owner: None,
            created_at: at,
            last_updated: at,
            expires_at: at,
            revision: 1,
        }
    }

    fn change(op: OptionOp, value: &[&str]) -> OptionChange {
        OptionChange { op, path: "/options/-".into(), value: value.iter().map(|v| (*v).to_owned()).collect() }
    }

    #[test]
    fn options_come_and_go_in_order() {
        let mut filter = filter();
        assert!(filter.patch("sex", &[change(OptionOp::Add, &["m"])]).is_err(), "the dimension has to be there");
        filter.set("sex", vec!["m".into(), "m".into()]);
        filter.patch("sex", &[change(OptionOp::Add, &["f", "m"]), change(OptionOp::Remove, &["m", "x"])]).unwrap();
        assert_eq!(filter.dimension("sex").unwrap().options, ["f"]);
        filter.patch("sex", &[change(OptionOp::Remove, &["f"])]).unwrap();
        assert!(filter.dimension("sex").is_err(), "a dimension without options is not filtered");
    }

    #[test]
    fn what_is_put_back_comes_last_and_what_is_gone_stays_gone() {
        let mut filter = filter();
        filter.set("sex", vec!["m".into(), "f".into(), "x".into()]);
        let changes = [change(OptionOp::Remove, &["m", "x"]), change(OptionOp::Add, &["m", "f"])];
        filter.patch("sex", &changes).unwrap();
        assert_eq!(filter.dimension("sex").unwrap().options, ["f", "m"]);
    }

    #[test]
    fn blank_options_are_one_however_they_are_written() {
        let mut filter = filter();
        filter.set("sex", vec![" ".into(), "f".into(), String::new()]);
        assert_eq!(filter.dimension("sex").unwrap().options, ["", "f"]);
        filter.patch("sex", &[change(OptionOp::Remove, &["\t"]), change(OptionOp::Add, &["", " "])]).unwrap();
        assert_eq!(filter.dimension("sex").unwrap().options, ["f", ""]);
        filter.patch("sex", &[change(OptionOp::Remove, &["  ", "f"])]).unwrap();
        assert!(filter.dimension("sex").is_err());
    }

    #[test]
    fn more_than_one_filter_may_say_is_told() {
        let mut filter = filter();
        filter.set("sex", (0..=crate::selection::MAX_OPTIONS).map(|at| at.to_string()).collect());
        filter.selection.columns = vec!["V".into(), "V".into()];
        let told: Vec<(String, String)> = filter.problems().into_iter().map(|one| (one.field, one.code)).collect();
        let expected = [("dimensions", "too_many"), ("columns", "repeated")];
        assert_eq!(told, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    }

    #[test]
    fn other_places_are_refused() {
        let mut filter = filter();
        filter.set("sex", vec!["m".into()]);
        let elsewhere = OptionChange { path: "/name".into(), ..change(OptionOp::Add, &["f"]) };
        assert!(matches!(filter.patch("sex", &[elsewhere]), Err(Refusal::Invalid { .. })));
    }
}
