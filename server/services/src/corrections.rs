//! Corrections and notices on what is public.

use std::collections::HashMap;

use domain::correction::{Correction, CorrectionsPage, CorrectionsQuery};
use domain::policy::Reach;
use domain::version::Version;
use persistence::{corrections, datasets};

use crate::{Result, Services};

/// Versions that are looked at, those published last first.
const MOST: u32 = 5000;

/// A page of all corrections and notices on what is public, newest first; the same whoever asks.
///
/// # Errors
/// Where the database fails.
pub async fn page(services: &Services, query: &CorrectionsQuery) -> Result<CorrectionsPage> {
    let versions = corrections::list_visible_to(services.db.pool(), &Reach::PublishedOnly, MOST).await?;
    Ok(CorrectionsPage::of(with_titles(services, versions).await?, query))
}

/// Each alert of these versions, with its dataset's public title.
async fn with_titles(services: &Services, versions: Vec<Version>) -> Result<Vec<Correction>> {
    let mut ids: Vec<&str> = versions.iter().map(|version| version.dataset_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut titles = HashMap::new();
    for ids in ids.chunks(500) {
        let found = datasets::list_of_visible_to(services.db.pool(), &Reach::PublishedOnly, ids).await?;
        titles.extend(found.into_iter().map(|one| (one.id, (one.metadata.title, one.metadata.title_cy))));
    }
    let of_version = |version: Version| {
        let (title, title_cy) = titles.get(&version.dataset_id).cloned().unwrap_or_default();
        let Version { dataset_id, edition, edition_title, version: number, metadata, .. } = version;
        let one = Correction { dataset_id, title, title_cy, edition, edition_title, version: number, alert: blank() };
        metadata.alerts.into_iter().map(move |alert| Correction { alert, ..one.clone() })
    };
    Ok(versions.into_iter().flat_map(of_version).collect())
}

/// What stands where an alert is put.
fn blank() -> domain::version::Alert {
    domain::version::Alert::new(domain::version::AlertKind::Alert, "")
}
