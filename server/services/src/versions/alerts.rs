//! Alerts and corrections on what is public: the way to say something about a version that is never edited.

use domain::event::Event;
use domain::page::Paging;
use domain::policy::{Permission, Reach};
use domain::refusal::{Refusal, all_valid};
use domain::version::{Alert, AlertKind, Version, VersionMetadata};
use persistence::events::{self, EventFilter};
use persistence::versions;

use super::VersionKey;
use crate::{Ctx, Result, Services, ids, public_change, records};

/// Puts an alert on a public version; readers see it from the commit on. Without a date it is dated now.
pub async fn add_alert(services: &Services, ctx: &Ctx, key: &VersionKey, new: Alert) -> Result<(Version, Alert)> {
    let tx = services.db.begin().await?;
    let (mut version, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsCorrect, key).await?;
    let alert = Alert { id: ids::new_id(ctx.now), date: new.date.or(Some(ctx.now)), ..new };
    all_valid(alert.problems())?;
    must_be_public(&version)?;
    put_alert(&mut version, alert.clone())?;
    version.last_updated = ctx.now;
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let reference = version.reference();
    let after = serde_json::json!({ "alert": alert });
    records::change(&tx, ctx, caller, records::version(&reference), "alert_added", &(), &after).await?;
    public_change::raise(&tx, &version.dataset_id).await?;
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok((Version { revision: version.revision + 1, ..version }, alert))
}

/// Tells the readers of a version that is about to be saved something about it, where there is something to tell.
pub(crate) fn put_notice(ctx: &Ctx, version: &mut Version, notice: Option<String>) -> Result<(), Refusal> {
    let Some(description) = notice.filter(|text| !text.trim().is_empty()) else { return Ok(()) };
    let alert = Alert { id: ids::new_id(ctx.now), date: Some(ctx.now), ..Alert::new(AlertKind::Alert, description) };
    put_alert(version, alert)
}

/// Adds an alert to a version that is about to be saved, or refuses it.
fn put_alert(version: &mut Version, alert: Alert) -> Result<(), Refusal> {
    all_valid(alert.problems())?;
    version.metadata.alerts.push(alert);
    all_valid(version.metadata.problems().into_iter().filter(|p| p.field == "alerts").collect())
}

/// Takes an alert off a public version; the audit trail keeps what it said.
pub async fn withdraw_alert(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    id: &str,
    reason: Option<String>,
) -> Result<Version> {
    let tx = services.db.begin().await?;
    let (mut version, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsCorrect, key).await?;
    let at = version.metadata.alerts.iter().position(|alert| alert.id == id).ok_or(Refusal::NotFound)?;
    must_be_public(&version)?;
    let alert = version.metadata.alerts.remove(at);
    version.last_updated = ctx.now;
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let reference = version.reference();
    let (before, after) = (serde_json::json!({ "alert": alert }), serde_json::json!({ "reason": reason }));
    records::change(&tx, ctx, caller, records::version(&reference), "alert_withdrawn", &before, &after).await?;
    public_change::raise(&tx, &version.dataset_id).await?;
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok(Version { revision: version.revision + 1, ..version })
}

/// So many of the latest corrections are told.
const LATEST: Paging = Paging { limit: 30, offset: 0 };

/// The latest alerts and corrections, put on or taken off, newest first; for those who make them, as far as they may, and
/// for those who read the audit trail, as far as they may. From where and through what somebody acted is told by the trail alone.
///
/// # Errors
/// `Forbidden` for everybody else.
pub async fn corrections(services: &Services, ctx: &Ctx) -> Result<Vec<Event>> {
    let caller = ctx.caller()?;
    let (corrects, audits) = (caller.may(Permission::DatasetsCorrect), caller.may(Permission::AuditRead));
    if !corrects && !audits {
        return Err(crate::ctx::forbidden(Permission::DatasetsCorrect).into());
    }
    let audited = caller.reach(Permission::AuditRead);
    let reach = if corrects && audited != Reach::All { caller.reach(Permission::DatasetsCorrect) } else { audited };
    let filter = EventFilter {
        event_types: ["alert_added", "alert_withdrawn"].map(ToOwned::to_owned).to_vec(),
        versions_within: Some(reach),
        ..EventFilter::default()
    };
    let found = events::list(services.db.pool(), &filter, LATEST).await?;
    let told = |event: Event| Event { client: None, via: None, trace_id: String::new(), ..event };
    Ok(found.items.into_iter().map(|record| told(record.event)).collect())
}

fn must_be_public(version: &Version) -> Result<(), Refusal> {
    if version.is_public() {
        return Ok(());
    }
    let message = "The version is not public. While it is in preparation its alerts are edited with it.";
    Err(Refusal::blocked("not_published", message))
}

/// Names the alerts of edited metadata that have no name yet.
pub(super) fn name_alerts(ctx: &Ctx, metadata: &mut VersionMetadata) {
    for alert in metadata.alerts.iter_mut().filter(|alert| alert.id.is_empty()) {
        alert.id = ids::new_id(ctx.now);
    }
}
