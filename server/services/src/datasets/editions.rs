//! Changing the titles of an edition, or deleting an empty one.

use domain::actor::Caller;
use domain::dataset::Edition;
use domain::policy::{Permission, Reach};
use domain::refusal::{Blocker, FieldProblem, Refusal, all_valid};
use domain::text::{check_line, check_optional};
use domain::version::VersionState;
use persistence::{PersistenceError, Tx, editions, versions};

use crate::{Ctx, Result, Services, public_change, records};

/// Changes an edition's titles. Those of a public edition are public at once, so that takes the right to correct; those of another
/// become public with its versions, and are looked at with them.
pub async fn edit_edition(services: &Services, ctx: &Ctx, expected: i64, changed: Edition) -> Result<Edition> {
    let tx = services.db.begin().await?;
    ctx.caller()?;
    // From here to the commit no version of it is sent on, and no bundle with it is approved or published.
    versions::lock_of_dataset(&tx, &changed.dataset_id).await?;
    persistence::datasets::lock(&tx, &changed.dataset_id).await?;
    let (before, caller) = find(&tx, ctx, &changed.dataset_id, &changed.edition, right_to_change).await?;
    all_valid(title_problems(&changed.title, changed.title_cy.as_deref()))?;
    if before.revision != expected {
        return Err(Refusal::Stale.into());
    }
    if before.published_at.is_none() {
        super::drafts::must_not_be_approved(&tx, ctx, &changed.dataset_id, Some(&changed.edition)).await?;
        edit_versions(&tx, ctx, caller, &before).await?;
    }
    must_be_only(&tx, &changed.dataset_id, &changed.edition, &changed.title).await?;
    let after = Edition { title: changed.title, title_cy: changed.title_cy, ..before.clone() };
    if !editions::save(&tx, &after, &caller.actor).await? {
        return Err(Refusal::Stale.into());
    }
    let about = records::dataset(&after.dataset_id);
    records::change(&tx, ctx, caller, about, "edition_edited", &titles(&before), &titles(&after)).await?;
    if before.published_at.is_some() {
        public_change::raise(&tx, &after.dataset_id).await?;
    }
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok(Edition { revision: after.revision + 1, ..after })
}

/// Makes whoever changes the titles of an unpublished edition the last editor of its versions, so that somebody else approves those,
/// or refuses where one was sent for approval under the present titles.
///
/// A bundle holds approved versions only, so none brings to the public what only its approver wrote.
async fn edit_versions(tx: &Tx, ctx: &Ctx, caller: &Caller, edition: &Edition) -> Result<()> {
    let held = versions::list_visible_to(tx, &Reach::All, &edition.dataset_id, &edition.edition).await?;
    if let Some(version) = held.iter().find(|version| version.state != VersionState::Created) {
        let message = format!(
            "Version {} of this edition is {}, and becomes public under the title that it was looked at with. Have it returned \
             before the title changes; one that is approved is taken out of its bundle and reopened first.",
            version.version, version.state
        );
        let blocker = Blocker::new("not_editable", message.clone());
        let blockers = vec![blocker.about(version.reference(), Some(version.admin_path()))];
        return Err(Refusal::Blocked { message, blockers }.into());
    }
    for mut version in held {
        version.last_edited_by = caller.actor.clone();
        version.last_updated = ctx.now;
        if !versions::touch(tx, &version).await? {
            return Err(Refusal::Stale.into());
        }
    }
    Ok(())
}

/// Deletes an edition that holds no versions and was never public.
pub async fn delete_edition(services: &Services, ctx: &Ctx, id: &str, edition: &str, expected: i64) -> Result<()> {
    let tx = services.db.begin().await?;
    let (found, caller) = find(&tx, ctx, id, edition, |_| Permission::DatasetsWrite).await?;
    if found.revision != expected {
        return Err(Refusal::Stale.into());
    }
    if found.published_at.is_some() {
        return Err(Refusal::blocked("published", "A published edition cannot be deleted.").into());
    }
    if versions::next_number(&tx, id, edition).await? > 1 {
        return Err(Refusal::blocked("has_versions", "The edition holds versions. Delete those first.").into());
    }
    remove_edition(&tx, ctx, caller, &found).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Takes an edition away that holds no versions and was never public, and records that.
pub(crate) async fn remove_edition(tx: &Tx, ctx: &Ctx, caller: &Caller, edition: &Edition) -> Result<()> {
    match editions::delete_unpublished(tx, edition).await {
        Err(PersistenceError::Reference(_)) | Ok(false) => return Err(Refusal::Stale.into()),
        other => other?,
    };
    let about = records::dataset(&edition.dataset_id);
    records::change(tx, ctx, caller, about, "edition_deleted", &titles(edition), &()).await
}

/// What records keep of an edition.
fn titles(edition: &Edition) -> serde_json::Value {
    serde_json::json!({"edition": {"id": edition.edition, "title": edition.title, "title_cy": edition.title_cy}})
}

/// The right that changing an edition takes: correcting where it is public, writing before.
#[must_use]
pub const fn right_to_change(edition: &Edition) -> Permission {
    if edition.published_at.is_some() { Permission::DatasetsCorrect } else { Permission::DatasetsWrite }
}

async fn find<'a>(
    tx: &Tx,
    ctx: &'a Ctx,
    id: &str,
    edition: &str,
    right: impl Fn(&Edition) -> Permission,
) -> Result<(Edition, &'a Caller)> {
    ctx.caller()?;
    let found = editions::find_visible_to(tx, &ctx.reach(), id, edition).await?.ok_or(Refusal::NotFound)?;
    let (_, caller) = super::find_to_change(tx, ctx, right(&found), id).await?;
    Ok((found, caller))
}

/// The problems of an edition's titles.
pub(super) fn title_problems(title: &str, title_cy: Option<&str>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    check_line(&mut problems, "title", title, 200);
    check_optional(&mut problems, "title_cy", title_cy.unwrap_or(""), 200, false);
    problems
}

/// Refuses a title that another edition of the dataset has.
pub(super) async fn must_be_only(tx: &Tx, id: &str, edition: &str, title: &str) -> Result<()> {
    let others = editions::list_visible_to(tx, &Reach::All, id).await?;
    let same = |other: &&Edition| other.edition != edition && other.title.to_lowercase() == title.to_lowercase();
    match others.iter().find(same) {
        None => Ok(()),
        Some(other) => {
            let message = format!("The edition {} has this title already.", other.edition);
            Err(Refusal::blocked("edition_title_taken", message).into())
        }
    }
}
