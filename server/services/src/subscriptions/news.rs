//! What a publication brought, as subscribers are told of it: public titles and notes alone, nothing of bundles.

use domain::language::Language;
use domain::policy::Reach;
use domain::version::{Version, VersionState};
use persistence::{contents, datasets, versions};
use serde::{Deserialize, Serialize};

use crate::{Result, Services};

/// So many of the changes of a version are told.
const CHANGES: usize = 3;
/// The most characters of one change.
const LONGEST_CHANGE: usize = 300;

/// A version that became public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct News {
    pub dataset_id: String,
    pub edition: String,
    pub edition_title: String,
    pub version: u32,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_cy: Option<String>,
    /// What changed since the version before.
    #[serde(default)]
    pub changes: Vec<String>,
    /// The topics of the dataset, by which its subscribers are found.
    #[serde(skip)]
    pub topics: Vec<String>,
}

impl News {
    /// The address of its page.
    pub fn link(&self, site: &str, language: Language) -> String {
        let (dataset, edition, version) = (&self.dataset_id, &self.edition, self.version);
        format!("{site}{}/catalogue/{dataset}/editions/{edition}/versions/{version}", language.path_prefix())
    }

    /// Title, edition and version in one line.
    pub fn line(&self, language: Language) -> String {
        let title = language.pick(&self.title, self.title_cy.as_deref());
        let version = match language {
            Language::En => "version",
            Language::Cy => "fersiwn",
        };
        format!("{title}: {}, {version} {}", self.edition_title, self.version)
    }
}

/// What a bundle made public, in its order, as the public sees it now.
pub(super) async fn of_bundle(services: &Services, bundle_id: &str) -> Result<Vec<News>> {
    let db = services.db.pool();
    let items = contents::list_of_bundle(db, bundle_id).await?;
    let ids: Vec<&str> = items.iter().map(|item| item.version_id.as_str()).collect();
    let mut public: Vec<Version> = versions::list_by_ids(db, &ids).await?;
    public.retain(|version| matches!(version.state, VersionState::Published | VersionState::Archived));
    let places = |version: &Version| ids.iter().position(|id| *id == version.id);
    public.sort_by_key(places);
    let ids: Vec<&str> = public.iter().map(|version| version.dataset_id.as_str()).collect();
    let shown = datasets::list_of_visible_to(db, &Reach::PublishedOnly, &ids).await?;
    let told = |version: &Version| {
        let dataset = shown.iter().find(|summary| summary.id == version.dataset_id)?;
        Some(News {
            dataset_id: version.dataset_id.clone(),
            edition: version.edition.clone(),
            edition_title: version.edition_title.clone(),
            version: version.version,
            title: dataset.metadata.title.clone(),
            title_cy: dataset.metadata.title_cy.clone(),
            changes: changes_of(version),
            topics: dataset.metadata.topics.clone(),
        })
    };
    Ok(public.iter().filter_map(told).collect())
}

fn changes_of(version: &Version) -> Vec<String> {
    let changes = version.metadata.latest_changes.iter().take(CHANGES);
    let words = changes.map(|change| match change.description.trim() {
        "" => change.name.clone(),
        about => format!("{}: {about}", change.name),
    });
    let plain = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.map(plain).map(|text| shortened(&text)).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_CHANGE {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST_CHANGE).collect();
    format!("{}…", kept.trim_end())
}
