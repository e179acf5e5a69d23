//! Datasets and editions: what a series is, apart from its releases.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::wire::wire_enum;

mod based_on;
mod coverage;
pub mod desk;
mod frequency;
mod geography;
mod next_release;
mod period;
pub(crate) mod rules;

pub use based_on::BasedOn;
pub use coverage::{Coverage, Interval};
pub use frequency::Frequency;
pub use geography::GeographyLevel;
pub use next_release::{NextRelease, Season};
pub use period::Period;

wire_enum! {
    /// How far the figures are trusted (UK official statistics designations).
    QualityDesignation {
        /// Accredited official statistics.
        AccreditedOfficial => "accredited-official",
        /// Official statistics.
        Official => "official",
        /// Official statistics in development.
        OfficialInDevelopment => "official-in-development",
        /// Not official statistics.
        NoAccreditation => "no-accreditation",
    }
}

wire_enum! {
    /// Where editors move an edition in the order in which it is listed.
    EditionMove {
        /// Before the one that stands above it.
        Up => "up",
        /// Behind the one that stands below it.
        Down => "down",
    }
}

/// Somebody to ask about a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// A person's or office's name.
    pub name: String,
    /// An e-mail address.
    pub email: String,
    /// A telephone number.
    pub telephone: String,
}

/// A link to something related.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RelatedLink {
    /// The link's text.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// A sentence about it.
    pub description: String,
}

/// What editors say about a dataset; a draft and a published copy are kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DatasetMetadata {
    /// The title.
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, min_length = 1, max_length = 200))]
    pub title: String,
    /// The title in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_cy: Option<String>,
    /// What the dataset holds, in a few sentences.
    pub description: String,
    /// The same in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_cy: Option<String>,
    /// Words people may search for.
    pub keywords: Vec<String>,
    /// Topic ids; the first is canonical.
    pub topics: Vec<String>,
    /// The licence's name.
    pub licence: String,
    /// The licence's address.
    pub licence_url: String,
    /// How often a version is released, in words.
    pub release_frequency: String,
    /// When the next version is expected, in words or as a date.
    pub next_release: Option<String>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
    /// Who publishes the figures.
    pub publisher: String,
    /// The publisher's page.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "https://www.ons.gov.uk/"))]
    pub publisher_url: Option<String>,
    /// What kind of body the publisher is, such as `Government department`.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "National statistical institute"))]
    pub publisher_type: Option<String>,
    /// The survey they come from.
    pub survey: Option<String>,
    /// The unit of the figures.
    pub unit_of_measure: Option<String>,
    /// How far they are trusted.
    pub quality_designation: QualityDesignation,
    /// Quality and methodology information.
    pub qmi: Option<RelatedLink>,
    /// Methodology articles.
    pub methodologies: Vec<RelatedLink>,
    /// Publications made of these figures.
    pub publications: Vec<RelatedLink>,
    /// Whatever else is worth a look.
    pub related_content: Vec<RelatedLink>,
    /// Other datasets that go with these figures, here or elsewhere.
    pub related_datasets: Vec<RelatedLink>,
    /// What the dataset is derived from.
    pub is_based_on: Option<BasedOn>,
    /// The time the figures cover.
    pub temporal_coverage: Option<String>,
    /// The area the figures cover.
    pub spatial_coverage: Option<String>,
    /// The sentence that the licence asks to be shown with the figures.
    pub attribution: Option<String>,
}

impl Default for DatasetMetadata {
    fn default() -> Self {
        Self {
            title: String::new(),
            title_cy: None,
            description: String::new(),
            description_cy: None,
            keywords: Vec::new(),
            topics: Vec::new(),
            licence: "Open Government Licence v3.0".to_owned(),
            licence_url: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/".to_owned(),
            release_frequency: String::new(),
            next_release: None,
            contacts: Vec::new(),
            publisher: String::new(),
            publisher_url: None,
            publisher_type: None,
            survey: None,
            unit_of_measure: None,
            quality_designation: QualityDesignation::Official,
            qmi: None,
            methodologies: Vec::new(),
            publications: Vec::new(),
            related_content: Vec::new(),
            related_datasets: Vec::new(),
            is_based_on: None,
            temporal_coverage: None,
            spatial_coverage: None,
            attribution: None,
        }
    }
}

/// A dataset as somebody may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// The slug.
    pub id: String,
    /// `static` today.
    pub kind: String,
    /// The owning department's slug.
    pub department: String,
    /// What the public sees; `None` until the first version is published.
    pub published: Option<DatasetMetadata>,
    /// The editors' copy; `None` for those who may not see it.
    pub draft: Option<DatasetMetadata>,
    /// When its first version was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When the public part last changed, or the draft for those who see it.
    pub last_updated: DateTime<Utc>,
    /// Who made it.
    pub created_by: Actor,
    /// Who edited the draft last.
    pub last_edited_by: Actor,
    /// Goes up with every change.
    pub revision: i64,
}

impl Dataset {
    /// What to show: the public copy, or the draft where nothing is public yet.
    #[must_use]
    pub fn shown(&self) -> DatasetMetadata {
        self.published.clone().or_else(|| self.draft.clone()).unwrap_or_default()
    }

    /// What editors work on: the draft, or the public copy for those who see no draft.
    #[must_use]
    pub fn working(&self) -> DatasetMetadata {
        self.draft.clone().or_else(|| self.published.clone()).unwrap_or_default()
    }

    /// The dataset as the public sees it once its draft is public at `at`; without a draft it stays as it is.
    #[must_use]
    pub fn published_at_instant(self, at: DateTime<Utc>) -> Self {
        match self.draft {
            None => self,
            Some(draft) => Self {
                published: Some(draft),
                draft: None,
                published_at: self.published_at.or(Some(at)),
                last_updated: at,
                ..self
            },
        }
    }

    /// The wire word of its state.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        if self.published.is_some() { "published" } else { "created" }
    }
}

/// A run within a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: Option<String>,
    /// When its first version was published.
    pub published_at: Option<DateTime<Utc>>,
    /// The highest version that the viewer may see.
    pub latest_version: Option<u32>,
    /// The release date of that version.
    pub latest_release: Option<DateTime<Utc>>,
    /// Goes up with every change.
    pub revision: i64,
}

impl Edition {
    /// The portal's page for it.
    #[must_use]
    pub fn admin_path(&self) -> String {
        format!("/admin/datasets/{}/editions/{}", self.dataset_id, self.edition)
    }

    /// The wire word of its state.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        if self.published_at.is_some() { "published" } else { "created" }
    }
}
