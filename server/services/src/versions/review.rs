//! A version against the one before it.

use domain::bundle::preview;
use domain::changes::Changes;
use domain::file::File;
use domain::page::Paging;
use domain::refusal::Refusal;
use domain::review::{QueuePlace, REVISED_CELLS, ReviewPart, VersionReview, checks};
use domain::version::Version;
use persistence::{files, versions};

use super::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

/// What of a review is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The part of the page.
    pub part: ReviewPart,
    /// The number of the version to compare with; by itself the last one before.
    pub against: Option<u32>,
    /// The page of the revised cells, from 1.
    pub page: u32,
}

/// The portal's page of a version, with what differs from another one of its edition.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller.
pub async fn review(services: &Services, ctx: &Ctx, key: &VersionKey, asked: &Asked) -> Result<VersionReview> {
    let page = super::admin_page(services, ctx, key).await?;
    let db = services.db.pool();
    let mut earlier = versions::list_visible_to(db, &ctx.reach(), &key.dataset_id, &key.edition).await?;
    earlier.retain(|other| other.version < key.version);
    let numbers = earlier.iter().map(|other| other.version).collect();
    let before = match asked.against {
        Some(number) => earlier.into_iter().find(|other| other.version == number),
        None => earlier.into_iter().next(),
    };
    let files_before = match &before {
        Some(before) => files::list_of_version(db, before).await?.into_iter().map(|stored| stored.file).collect(),
        None => Vec::new(),
    };
    let compared = match &before {
        Some(before) if asked.part.has_data() => {
            compared(services, ctx, before, key, paging_of(asked.page), &files_before).await?
        }
        _ => Ok(None),
    };
    let (data, not_compared) = match compared {
        Ok(data) => (data, None),
        Err(why) => (None, Some(why)),
    };
    let now: Vec<File> = page.files.iter().map(|(file, _)| file.clone()).collect();
    let waiting = super::queue::waiting(services, ctx).await?;
    Ok(VersionReview {
        part: asked.part,
        earlier: numbers,
        details: before
            .as_ref()
            .map(|before| preview::changes(Some(&before.metadata), &page.version.metadata))
            .unwrap_or_default(),
        checks: checks(&page.version, &now, before.as_ref().map(|before| (before, files_before.as_slice()))),
        queue: QueuePlace::of(&page.version.id, &waiting),
        data,
        not_compared,
        data_page: asked.page.max(1),
        files_before,
        before,
        page,
    })
}

fn paging_of(page: u32) -> Paging {
    Paging { limit: REVISED_CELLS, offset: page.saturating_sub(1).saturating_mul(REVISED_CELLS) }
}

/// What differs in the figures; nothing where one has no table, a sentence where they cannot be compared.
async fn compared(
    services: &Services,
    ctx: &Ctx,
    before: &Version,
    key: &VersionKey,
    paging: Paging,
    files_before: &[File],
) -> Result<Result<Option<Changes>, String>> {
    if files_before.iter().all(|file| file.profile.is_none()) {
        return Ok(Ok(None));
    }
    let from = VersionKey { version: before.version, ..key.clone() };
    match crate::data::changes(services, ctx, (&from, key), None, paging).await {
        Ok(Some(changes)) => Ok(Ok(Some(changes))),
        Ok(None) => Ok(Err("The tables are large and are being compared. Look again in a moment.".to_owned())),
        Err(ServiceError::Refused(Refusal::NotFound)) => Ok(Ok(None)),
        Err(ServiceError::Refused(refusal)) => Ok(Err(refusal.to_string())),
        Err(fault) => Err(fault),
    }
}
