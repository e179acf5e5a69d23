//! Saved filters: selections that are kept under an address, and what was made of them (product contract, section 4).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::{FieldProblem, Refusal};
use crate::selection::{DataFormat, DimensionFilter, MAX_OPTIONS, Selection};
use crate::views::VersionPage;
use crate::wire::wire_enum;

/// How long a filter is kept after it was last changed or submitted.
pub const KEPT: TimeDelta = TimeDelta::days(90);
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
    /// The account that made it; without one only the secret changes it.
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
    /// Codes or labels.
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
        let mut kept: Vec<String> = Vec::with_capacity(options.len());
        for option in options {
            if !kept.contains(&option) {
                kept.push(option);
            }
        }
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
        let mut options = self.dimension(name)?.options.clone();
        for change in changes {
            match change.op {
                OptionOp::Add => {
                    let new = change.value.iter().filter(|option| !options.contains(option)).cloned();
                    let new: Vec<String> = new.collect();
                    options.extend(new);
                }
                OptionOp::Remove => options.retain(|option| !change.value.contains(option)),
            }
        }
        self.set(name, options);
        Ok(())
    }

    /// What is wrong with its size.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let options: usize = self.selection.dimensions.iter().map(|filter| filter.options.len()).sum();
        let too_many = || FieldProblem::new("dimensions", "too_many", format!("Name at most {MAX_OPTIONS} options."));
        (options > MAX_OPTIONS).then(too_many).into_iter().collect()
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
    fn other_places_are_refused() {
        let mut filter = filter();
        filter.set("sex", vec!["m".into()]);
        let elsewhere = OptionChange { path: "/name".into(), ..change(OptionOp::Add, &["f"]) };
        assert!(matches!(filter.patch("sex", &[elsewhere]), Err(Refusal::Invalid { .. })));
    }
}
