//! The release calendar, with an entry in every state.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use domain::bundle::{Bundle, BundleStage};
use domain::page::Paging;
use domain::policy::Reach;
use domain::release::{PublicReason, ReleaseCommand, ReleaseDate, ReleaseDetails, ReleaseState};
use domain::uk_time::{day_month_year, read};
use persistence::bundles::BundleFilter;

use super::files::{ReleaseFile, read as read_file};
use super::people::People;
use crate::releases::{NewRelease, create, take_step};
use crate::{Ctx, Result, Services};

const EDITOR: &str = "editor@example.org";
const APPROVER: &str = "approver@example.org";

/// Loads the releases that are not there yet, each taken to its state; call when the bundles are in theirs.
pub(super) async fn load(services: &Services, folder: &Path, people: &People) -> Result<()> {
    for file in listed(folder)? {
        load_release(services, people, &file).await?;
    }
    Ok(())
}

/// Loads the release that a bundle is about to publish; call before it does.
pub(super) async fn load_of_bundle(services: &Services, folder: &Path, people: &People, title: &str) -> Result<()> {
    let of_bundle = |file: &ReleaseFile| file.state == ReleaseState::Published && file.bundle.as_deref() == Some(title);
    for file in listed(folder)?.into_iter().filter(of_bundle) {
        load_release(services, people, &file).await?;
    }
    Ok(())
}

fn listed(folder: &Path) -> Result<Vec<ReleaseFile>> {
    read_file(&folder.join("releases.json"))
}

async fn load_release(services: &Services, people: &People, file: &ReleaseFile) -> Result<()> {
    if persistence::releases::find_visible_to(services.db.pool(), &Reach::All, &file.id).await?.is_some() {
        return Ok(());
    }
    let editor = people.acting(services, EDITOR).await?;
    let bundle = match &file.bundle {
        Some(title) => open_bundle(services, title).await?,
        None => None,
    };
    if file.bundle.is_some() && bundle.is_none() {
        // The bundle was published or renamed since, so there is nothing to announce.
        return Ok(());
    }
    let new = NewRelease {
        id: Some(file.id.clone()),
        details: ReleaseDetails {
            title: file.title.clone(),
            title_cy: file.title_cy.clone(),
            summary: file.summary.clone(),
            summary_cy: file.summary_cy.clone(),
            department: file.department.clone(),
            pre_release_access: file.pre_release_access.clone(),
        },
        date: date_of(file, editor.now),
        bundle_id: bundle.as_ref().map(|bundle| bundle.id.clone()),
    };
    create(services, &editor, new).await?;
    if file.state == ReleaseState::Draft {
        return Ok(());
    }
    take_step(services, &editor, &file.id, None, ReleaseCommand::Announce).await?;
    let approver = people.acting(services, APPROVER).await?;
    bring_to_its_state(services, &approver, file).await
}

/// Confirms, moves, postpones or cancels; what is published waits for its bundle.
async fn bring_to_its_state(services: &Services, approver: &Ctx, file: &ReleaseFile) -> Result<()> {
    if matches!(file.state, ReleaseState::Provisional | ReleaseState::Published) {
        return Ok(());
    }
    let reason = PublicReason::of(file.reason.clone(), file.reason_cy.clone());
    let confirm = ReleaseCommand::Confirm { date: None, reason: None };
    let release = take_step(services, approver, &file.id, None, confirm).await?;
    let command = match (file.state, release.date, file.moved_days) {
        (ReleaseState::Postponed, _, _) => ReleaseCommand::Postpone { date: ReleaseDate::ToBeConfirmed, reason },
        (ReleaseState::Cancelled, _, _) => ReleaseCommand::Cancel { reason },
        (_, ReleaseDate::At(at), Some(days)) => {
            ReleaseCommand::Move { date: ReleaseDate::At(at + Duration::days(days)), reason }
        }
        _ => return Ok(()),
    };
    take_step(services, approver, &file.id, None, command).await?;
    Ok(())
}

/// The bundle of this title, if it is still to be published.
async fn open_bundle(services: &Services, title: &str) -> Result<Option<Bundle>> {
    let ctx = Ctx::system("seed", services.clock.now());
    let filter = BundleFilter { title: Some(title.to_owned()), ..BundleFilter::default() };
    let found = crate::bundles::list(services, &ctx, &filter, Paging::WHOLE).await?;
    Ok(found.items.into_iter().find(|b| b.details.title == title && b.stage() != BundleStage::Published))
}

/// Half past nine so many days from now, or a month so many months from now, on a UK clock.
fn date_of(file: &ReleaseFile, now: DateTime<Utc>) -> ReleaseDate {
    if let Some(days) = file.in_days {
        let day = (now + Duration::days(days)).format("%Y-%m-%d").to_string();
        return read(("date", &day), ("time", "09:30"), ("time", ""))
            .map_or(ReleaseDate::ToBeConfirmed, ReleaseDate::At);
    }
    match file.in_months {
        Some(months) => {
            let (_, month, year) = day_month_year(now);
            let ahead = month - 1 + months;
            let year = year + i32::try_from(ahead / 12).unwrap_or(0);
            ReleaseDate::Month { year, month: ahead % 12 + 1 }
        }
        None => ReleaseDate::ToBeConfirmed,
    }
}
