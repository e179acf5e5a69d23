//! Records of the public log of publications: their members are what their hashes are made of.

use chrono::{DateTime, Utc};
use domain::publication_log::{FORM, LoggedFile, LoggedVersion, NamedRelease, Publication};
use serde::Serialize;
use utoipa::ToSchema;

/// One publication, with nothing but what is hashed: a member more would be another form.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationBody {
    /// What the record is made of: `publication-1`.
    #[schema(example = "publication-1")]
    form: &'static str,
    /// 1, 2, 3 … without gaps.
    sequence: i64,
    /// The release of the calendar that came with it.
    release: Option<PublishedReleaseBody>,
    /// When it was meant to be; `null` where it was published by hand.
    #[schema(example = "2026-12-11T09:30:00Z")]
    scheduled_at: Option<DateTime<Utc>>,
    /// When it became public.
    #[schema(example = "2026-12-11T09:30:00.080500Z")]
    published_at: DateTime<Utc>,
    /// How much later that was, in milliseconds.
    #[schema(example = 80)]
    delay_ms: Option<i64>,
    /// What became public.
    versions: Vec<PublishedVersionBody>,
    /// The hash of the record before; 64 zeros before the first.
    previous_hash: String,
    /// SHA-256 over the record without this member, in the form of RFC 8785.
    hash: String,
}

/// A release as it was called then.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedReleaseBody {
    #[schema(example = "gdp-monthly-estimate-october-2026")]
    id: String,
    #[schema(example = "GDP monthly estimate: October 2026")]
    title: String,
    /// The Welsh title.
    title_cy: Option<String>,
}

/// A version that became public.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedVersionBody {
    dataset_id: String,
    edition: String,
    version: String,
    /// The dataset's title then.
    title: String,
    /// Its files, in their order.
    files: Vec<PublishedFileBody>,
}

/// A file that became public.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedFileBody {
    filename: String,
    /// Bytes.
    size: u64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    sha256: String,
}

impl From<Publication> for PublicationBody {
    fn from(publication: Publication) -> Self {
        let delay_ms = publication.delay_ms();
        let release = |NamedRelease { id, title, title_cy }: NamedRelease| PublishedReleaseBody { id, title, title_cy };
        Self {
            form: FORM,
            sequence: publication.sequence,
            release: publication.release.map(release),
            scheduled_at: publication.scheduled_at,
            published_at: publication.published_at,
            delay_ms,
            versions: publication.versions.into_iter().map(PublishedVersionBody::from).collect(),
            previous_hash: publication.previous_hash,
            hash: publication.hash,
        }
    }
}

impl From<LoggedVersion> for PublishedVersionBody {
    fn from(version: LoggedVersion) -> Self {
        let file = |LoggedFile { filename, size, sha256 }: LoggedFile| PublishedFileBody { filename, size, sha256 };
        Self {
            dataset_id: version.dataset_id,
            edition: version.edition,
            version: version.version.to_string(),
            title: version.title,
            files: version.files.into_iter().map(file).collect(),
        }
    }
}
