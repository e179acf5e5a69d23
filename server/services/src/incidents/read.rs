//! Reading incidents, for those who run the program or manage who does.

use domain::event::Event;
use domain::operations::{AlertDesk, Firing, Incident, IncidentSheet};
use domain::page::{Page, Paging};
use domain::refusal::Refusal;
use persistence::{events, incidents};

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
    let mut live = incidents::watched(services.db.pool()).await?;
    live.retain(Incident::is_live);
    Ok(AlertDesk { firing, live, listed, now: ctx.now })
}

/// One incident with what happened to it; `firing` is what this node sees.
pub async fn sheet(services: &Services, ctx: &Ctx, id: &str, firing: &[Firing]) -> Result<IncidentSheet> {
    let incident = find(services, ctx, id).await?;
    let history: Vec<Event> = events::of_resource(services.db.pool(), "incident", id, Paging::WHOLE).await?.items;
    let firing = firing.iter().find(|one| Some(one.key()) == incident.key()).cloned();
    Ok(IncidentSheet { incident, history, firing, now: ctx.now })
}
