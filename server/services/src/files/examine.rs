//! Looking into a file: tables are read, and whatever else is sent has to be what its name says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::file::FileSight;
use domain::table::{DimensionOptions, MAX_KEPT_OPTIONS, Problem, Profile};
use tables::{Built, Limits};

use crate::{Result, Services, data};

/// Rows kept for the preview.
const PREVIEW_ROWS: usize = 20;
/// How much of the work it is to read the bytes, in hundredths.
const READING: u64 = 50;

/// What was found in a file.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// How the table was sent and what stands in it, if it is one.
    pub(crate) profile: Option<Profile>,
    /// What pages show of it.
    pub(crate) sight: FileSight,
    /// What it holds in its dimensions.
    pub(crate) dimensions: Vec<DimensionOptions>,
}

/// How far the looking has come, for whoever asks; clones tell the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coming(Arc<AtomicU64>);

impl Coming {
    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred")]
    pub(crate) fn part(&self) -> f32 {
        self.0.load(Ordering::Relaxed) as f32 / 100.0
    }

    fn read(&self, bytes: u64, of: u64) {
        self.0.store(bytes.saturating_mul(READING) / of.max(1), Ordering::Relaxed);
    }
}

/// Whether files of this format are read as tables; others are kept as they are.
pub(crate) fn is_table(format: &str) -> bool {
    matches!(format, "csv" | "xlsx" | "xls" | "ods")
}

/// Whether the looking takes the longer the larger a file of this format is.
pub(crate) fn is_read_whole(format: &str) -> bool {
    is_table(format) || tables::is_read_whole(format)
}

/// What is to be looked into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    /// The key of its bytes.
    pub(crate) object_key: &'a str,
    /// How many they are.
    pub(crate) size: u64,
    /// The name as sent.
    pub(crate) filename: &'a str,
    /// The encoding that an editor chose.
    pub(crate) read_as: Option<&'a str>,
}

/// Reads a table once, so that pages need not open the bytes, and keeps it in a form that is read in parts; what makes it no
/// table is told line by line. What is no table has to be what its name says.
///
/// A workbook may hold what is no table: then it is kept as it is. One that is
/// none, or that cannot be unpacked within bounds, is refused.
pub(crate) async fn examine(
    services: &Services,
    sent: Sent<'_>,
    coming: &Coming,
) -> Result<Result<Examined, Vec<Problem>>> {
    let Sent { object_key, size, filename, read_as } = sent;
    let format = domain::file::format_of(filename).map_or("", |(format, _)| format);
    coming.read(1, 2);
    if !is_table(format) {
        let checked = super::claim::check(services, object_key, size, format, filename).await?;
        return Ok(checked.map(|()| Examined::default()));
    }
    let id = object_key.rsplit('/').next().unwrap_or(object_key);
    let limits = Limits { preview_rows: PREVIEW_ROWS, options: MAX_KEPT_OPTIONS };
    match data::build(services, (id, object_key), (filename, read_as), limits).await? {
        Ok(Built { profile, preview, chart, dimensions }) => {
            let sight = FileSight { preview: Some(preview), chart };
            Ok(Ok(Examined { profile: Some(profile), sight, dimensions }))
        }
        Err(problems) if format != "csv" && problems.iter().any(|problem| problem.line.is_some()) => {
            Ok(Ok(Examined::default()))
        }
        Err(problems) => Ok(Err(problems)),
    }
}
