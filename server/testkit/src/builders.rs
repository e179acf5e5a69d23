//! Things of the catalogue with sensible values, for tests to change where it matters to them.
//!
//! Ids are made of what is built, so that tests repeat themselves and failures can be read.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleState, Mark, Schedule};
use domain::dataset::{Contact, Dataset, DatasetMetadata, Edition};
use domain::file::{File, FileState};
use domain::people::User;
use domain::policy::{Grant, Reach, Role};
use domain::release::{Release, ReleaseDate, ReleaseDetails, ReleaseState};
use domain::topic::{Department, Topic};
use domain::version::{Version, VersionMetadata, VersionState};
use persistence::files::StoredFile;

/// The department of built datasets.
pub const DEPARTMENT: &str = "economy";
/// The topic of built datasets.
pub const TOPIC: &str = "prices";

/// So many seconds after 2026-03-02 09:30 UTC.
#[must_use]
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_772_443_800 + seconds)
}

/// A person.
#[must_use]
pub fn actor(id: &str) -> Actor {
    Actor { id: id.to_owned(), name: id.to_owned(), kind: ActorKind::User }
}

/// A person with these grants.
#[must_use]
pub fn caller(id: &str, grants: &[Grant]) -> Caller {
    Caller { actor: actor(id), grants: grants.to_vec(), teams: Vec::new(), approve_own: false, all_permissions: false }
}

/// A grant of the role for these departments only.
#[must_use]
pub fn grant_for(role: Role, departments: &[&str]) -> Grant {
    Grant { departments: departments.iter().map(|&d| d.to_owned()).collect(), ..Grant::of(role) }
}

/// The reach of somebody with rights over these departments and datasets only.
#[must_use]
pub fn limited(departments: &[&str], datasets: &[&str]) -> Reach {
    Reach::Limited {
        departments: departments.iter().map(|&d| d.to_owned()).collect(),
        datasets: datasets.iter().map(|&d| d.to_owned()).collect(),
        previews: None,
    }
}

/// An account without rights.
#[must_use]
pub fn user(id: &str) -> User {
    User {
        id: id.to_owned(),
        email: format!("{id}@example.org"),
        name: id.to_owned(),
        disabled: false,
        grants: Vec::new(),
        created_at: at(0),
        last_edited: at(0),
        revision: 1,
    }
}

/// A department.
#[must_use]
pub fn department(id: &str) -> Department {
    Department { id: id.to_owned(), title: id.to_owned(), title_cy: None }
}

/// A topic at the top.
#[must_use]
pub fn topic(id: &str) -> Topic {
    Topic {
        id: id.to_owned(),
        title: id.to_owned(),
        title_cy: None,
        description: String::new(),
        description_cy: None,
        parent_id: None,
        position: 0,
        revision: 1,
    }
}

/// A provisional release without a date, titled like its id.
#[must_use]
pub fn release(id: &str) -> Release {
    Release {
        id: id.to_owned(),
        details: ReleaseDetails { title: id.to_owned(), ..ReleaseDetails::default() },
        state: ReleaseState::Provisional,
        date: ReleaseDate::ToBeConfirmed,
        bundle_id: None,
        changes: Vec::new(),
        announced_at: Some(at(0)),
        published_at: None,
        created_by: actor("editor"),
        created_at: at(0),
        last_edited_by: actor("editor"),
        last_modified: at(0),
        revision: 1,
    }
}

/// Metadata with everything that publication needs.
#[must_use]
pub fn metadata(title: &str) -> DatasetMetadata {
    DatasetMetadata {
        title: title.to_owned(),
        description: format!("All about {title}."),
        topics: vec![TOPIC.to_owned()],
        contacts: vec![Contact {
            name: "Enquiries".to_owned(),
            email: "enquiries@example.org".to_owned(),
            telephone: String::new(),
        }],
        ..DatasetMetadata::default()
    }
}

/// A dataset of [`DEPARTMENT`] that was never public, titled like its id.
#[must_use]
pub fn dataset(id: &str) -> Dataset {
    Dataset {
        id: id.to_owned(),
        kind: "static".to_owned(),
        department: DEPARTMENT.to_owned(),
        published: None,
        draft: Some(metadata(id)),
        published_at: None,
        last_updated: at(0),
        created_by: actor("editor"),
        last_edited_by: actor("editor"),
        revision: 1,
    }
}

/// An edition that was never public, titled like its id.
#[must_use]
pub fn edition(dataset: &str, id: &str) -> Edition {
    Edition {
        dataset_id: dataset.to_owned(),
        edition: id.to_owned(),
        title: id.to_owned(),
        title_cy: None,
        published_at: None,
        latest_version: None,
        latest_release: None,
        revision: 1,
    }
}

/// An approved version, released on the day of its number, with the id `dataset.edition.number`.
#[must_use]
pub fn version(dataset: &str, edition: &str, number: u32) -> Version {
    Version {
        id: format!("{dataset}.{edition}.{number}"),
        dataset_id: dataset.to_owned(),
        edition: edition.to_owned(),
        edition_title: edition.to_owned(),
        version: number,
        state: VersionState::Approved,
        metadata: VersionMetadata { release_date: Some(at(i64::from(number) * 86_400)), ..VersionMetadata::default() },
        created_by: actor("editor"),
        last_edited_by: actor("editor"),
        approved_by: Some(actor("approver")),
        approved_at: Some(at(0)),
        published_at: None,
        last_updated: at(0),
        revision: 1,
    }
}

/// A CSV file of the version, ready to be published, with the id `version/filename`.
#[must_use]
pub fn file(version: &Version, filename: &str) -> StoredFile {
    StoredFile {
        file: File {
            id: format!("{}/{filename}", version.id),
            dataset_id: version.dataset_id.clone(),
            edition: version.edition.clone(),
            version: version.version,
            filename: filename.to_owned(),
            title: filename.to_owned(),
            media_type: "text/csv".to_owned(),
            format: "csv".to_owned(),
            size: 4,
            sha256: "0".repeat(64),
            state: FileState::Ready,
            profile: None,
            licence: None,
            licence_url: None,
            confirmed: None,
            created_at: at(0),
        },
        version_id: version.id.clone(),
        object_key: format!("files/{}/{filename}", version.id),
        read_as: None,
        public_key: None,
        is_public: version.is_public(),
        is_archived: version.state == VersionState::Archived,
    }
}

/// An empty scheduled bundle, titled like its id.
#[must_use]
pub fn bundle(id: &str) -> Bundle {
    Bundle {
        id: id.to_owned(),
        details: BundleDetails {
            title: id.to_owned(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        },
        state: BundleState::Created,
        item_count: 0,
        created_by: actor("editor"),
        created_at: at(0),
        last_edited_by: actor("editor"),
        last_modified: at(0),
        attempts: 0,
        revision: 1,
    }
}

/// An approval by somebody who prepared nothing.
#[must_use]
pub fn approval() -> Mark {
    Mark { by: actor("approver"), at: at(0) }
}

/// A schedule that tells nobody.
#[must_use]
pub const fn schedule(publication_date: DateTime<Utc>) -> Schedule {
    Schedule { publication_date, notification_channels: Vec::new() }
}

/// A bundle that is approved and due at the instant.
#[must_use]
pub fn scheduled(id: &str, publication_date: DateTime<Utc>) -> Bundle {
    Bundle {
        state: BundleState::Scheduled { approval: approval(), schedule: schedule(publication_date) },
        ..bundle(id)
    }
}
