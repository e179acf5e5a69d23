//! Reading incidents, for those who run the program or manage who does, and what everybody was told of them.

use chrono::TimeDelta;
use domain::event::Event;
use domain::operations::{AlertDesk, Firing, Incident, IncidentSheet};
use domain::page::{MAX_LIMIT, Page, Paging};
use domain::refusal::Refusal;
use domain::status::{DAYS, PublicIncident};
use persistence::{events, incidents, silences};

use super::IncidentFilter;
pub(super) use crate::operations::watcher;
use crate::{Ctx, Result, Services};

/// The incidents, the newest first.
pub async fn list(services: &Services, ctx: &Ctx, filter: &IncidentFilter, paging: Paging) -> Result<Page<Incident>> {
    watcher(ctx)?;
    Ok(incidents::list(services.db.pool(), filter, paging).await?)
}

/// One incident.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Incident> {
    watcher(ctx)?;
    Ok(incidents::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?)
}

/// What holds now, what is dealt with, and the incidents that were asked for; `firing` is what this node sees.
pub async fn desk(
    services: &Services,
    ctx: &Ctx,
    firing: Vec<Firing>,
    filter: &IncidentFilter,
    paging: Paging,
) -> Result<AlertDesk> {
    let listed = list(services, ctx, filter, paging).await?;
    let live = incidents::live(services.db.pool()).await?;
    let silences = silences::list(services.db.pool(), ctx.now).await?;
    Ok(AlertDesk { firing, live, listed, silences, now: ctx.now })
}

/// One incident with what happened to it; `firing` is what this node sees.
pub async fn sheet(services: &Services, ctx: &Ctx, id: &str, firing: &[Firing]) -> Result<IncidentSheet> {
    let incident = find(services, ctx, id).await?;
    let history: Vec<Event> = events::newest_of(services.db.pool(), "incident", id, MAX_LIMIT).await?;
    let firing = firing.iter().find(|one| Some(one.key()) == incident.key()).cloned();
    Ok(IncidentSheet { incident, history, firing, now: ctx.now })
}

/// The incidents of the last days that the public was told of, the newest first; whoever asks, and nothing that was not said to all.
pub async fn told_of(services: &Services, ctx: &Ctx) -> Result<Vec<PublicIncident>> {
    let since = ctx.now - TimeDelta::days(i64::from(DAYS));
    let found = incidents::told_of_since(services.db.pool(), since).await?;
    Ok(found.iter().filter_map(PublicIncident::of).collect())
}
