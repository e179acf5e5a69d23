//! The formats in which a part of a table is given out.

use serde::{Deserialize, Serialize};

/// Another short name for lines of JSON.
pub const JSON_LINES: &str = "jsonl";
/// The media types that lines of JSON go by: none of them is registered.
pub const JSON_LINES_TYPES: [&str; 3] = ["application/jsonl", "application/x-ndjson", "application/ndjson"];

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DataFormat {
    /// A page of rows with their columns and the size of the whole.
    #[default]
    Json,
    /// Comma-separated values with a heading row (RFC 4180).
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// An Excel workbook.
    Xlsx,
    /// Apache Parquet.
    Parquet,
}

impl DataFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Ndjson, Self::Xlsx, Self::Parquet];

    /// Its short name, as in `format=` and at the end of file names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// The format of this short name, in any case; lines of JSON have two.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|format| format.as_str().eq_ignore_ascii_case(name));
        known.or_else(|| name.eq_ignore_ascii_case(JSON_LINES).then_some(Self::Ndjson))
    }

    /// The format of this media type, in any case and without parameters; lines of JSON have several.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let is = |known: &str| known.split(';').next().is_some_and(|known| known.eq_ignore_ascii_case(media_type));
        let known = Self::ALL.into_iter().find(|format| is(format.media_type()));
        known.or_else(|| JSON_LINES_TYPES.into_iter().any(is).then_some(Self::Ndjson))
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether the whole selection is meant where no `limit` is given.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        !matches!(self, Self::Json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_json_go_by_all_their_names() {
        for name in ["ndjson", "jsonl", "JSONL"] {
            assert_eq!(DataFormat::parse(name), Some(DataFormat::Ndjson), "{name}");
        }
        for media_type in JSON_LINES_TYPES.into_iter().chain(["Application/X-NDJSON"]) {
            assert_eq!(DataFormat::of_media_type(media_type), Some(DataFormat::Ndjson), "{media_type}");
        }
        for format in DataFormat::ALL {
            assert_eq!(DataFormat::parse(format.as_str()), Some(format));
            let media_type = format.media_type().split(';').next().unwrap_or_default();
            assert_eq!(DataFormat::of_media_type(media_type), Some(format));
        }
        assert_eq!((DataFormat::parse("lines"), DataFormat::of_media_type("text/html")), (None, None));
    }
}
