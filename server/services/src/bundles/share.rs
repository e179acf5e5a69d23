//! Sharing several bundles with a team, each by itself as if it alone were edited.

use domain::bundle::share::{MOST, Shared, Sharing, SharingPlan};
use domain::bundle::{Bundle, BundleAction};
use domain::people::Team;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::teams;

use super::{edit, find};
use crate::several::{Turns, reasons_keeping};
use crate::{Ctx, Result, ServiceError, Services, Several};

/// These bundles with the teams that may preview them, and why any of them cannot be shared now; nothing is changed.
///
/// # Errors
/// `Forbidden` for who may edit no bundle at all, `Invalid` for too many.
pub async fn share_plan(services: &Services, ctx: &Ctx, ids: &[String]) -> Result<SharingPlan> {
    ctx.caller_with(Permission::BundlesWrite)?;
    if ids.len() > MOST {
        return Err(how_many().into());
    }
    let teams = teams::list(services.db.pool()).await?;
    let mut bundles: Vec<Shared> = Vec::with_capacity(ids.len());
    for id in ids {
        if bundles.iter().any(|known| known.id == *id) {
            continue;
        }
        bundles.push(match find(services, ctx, id).await {
            Ok(bundle) => {
                let refused = BundleAction::Edit.check_from(bundle.stage()).err();
                standing(&bundle, &teams, refused.map(|refusal| refusal.reasons()).unwrap_or_default())
            }
            Err(ServiceError::Refused(refusal)) => unseen(id, &refusal),
            Err(fault) => return Err(fault),
        });
    }
    Ok(SharingPlan { bundles, teams, done: false })
}

/// Shares these bundles, told by id and the revision that was looked at, with a team or takes them from it; one that is refused
/// does not keep the others, and a fault only those after it.
///
/// # Errors
/// `Forbidden` for who may edit no bundle at all, `Invalid` for none or too many, and for a team that there is not.
pub async fn share(
    services: &Services,
    ctx: &Ctx,
    chosen: &[(String, i64)],
    sharing: Sharing,
    team: &str,
) -> Result<Several<SharingPlan>> {
    ctx.caller_with(Permission::BundlesWrite)?;
    if chosen.is_empty() || chosen.len() > MOST {
        return Err(how_many().into());
    }
    let teams = teams::list(services.db.pool()).await?;
    if !teams.iter().any(|known| known.id == team) {
        return Err(Refusal::field("team", "required", "Choose a team.").into());
    }
    let mut bundles: Vec<Shared> = Vec::with_capacity(chosen.len());
    let (mut turns, mut refused_right) = (Turns::default(), None);
    for (id, revision) in chosen {
        if bundles.iter().any(|known| known.id == *id) {
            continue;
        }
        let turn = share_one(services, ctx, (id, *revision), (sharing, team), &teams, &mut refused_right);
        bundles.push(turns.take(id, turn).await.unwrap_or_else(|refused| {
            let (id, title) = (id.clone(), id.clone());
            Shared { id, title, revision: *revision, teams: Vec::new(), refused }
        }));
    }
    Ok(Several { done: SharingPlan { bundles, teams, done: true }, refused_right })
}

async fn share_one(
    services: &Services,
    ctx: &Ctx,
    (id, revision): (&str, i64),
    (sharing, team): (Sharing, &str),
    teams: &[Team],
    refused_right: &mut Option<Refusal>,
) -> Result<Shared> {
    let bundle = match find(services, ctx, id).await {
        Ok(bundle) => bundle,
        Err(ServiceError::Refused(refusal)) => return Ok(unseen(id, &refusal)),
        Err(fault) => return Err(fault),
    };
    let Some(details) = sharing.of(&bundle.details, team) else {
        return Ok(standing(&bundle, teams, vec!["It is so already, so nothing was changed.".to_owned()]));
    };
    match edit(services, ctx, id, revision, details).await {
        Ok(bundle) => Ok(standing(&bundle, teams, Vec::new())),
        Err(ServiceError::Refused(refusal)) => Ok(standing(&bundle, teams, reasons_keeping(refused_right, &refusal))),
        Err(fault) => Err(fault),
    }
}

fn standing(bundle: &Bundle, teams: &[Team], refused: Vec<String>) -> Shared {
    let name =
        |id: &String| teams.iter().find(|team| team.id == *id).map_or_else(|| id.clone(), |team| team.name.clone());
    Shared {
        id: bundle.id.clone(),
        title: bundle.details.title.clone(),
        revision: bundle.revision,
        teams: bundle.details.preview_teams.iter().map(name).collect(),
        refused,
    }
}

fn unseen(id: &str, refusal: &Refusal) -> Shared {
    Shared { id: id.to_owned(), title: id.to_owned(), revision: 0, teams: Vec::new(), refused: refusal.reasons() }
}

fn how_many() -> Refusal {
    Refusal::field("chosen", "count", format!("Choose between 1 and {MOST} bundles."))
}
