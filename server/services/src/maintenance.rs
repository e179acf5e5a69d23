//! Mending the running program.

use domain::policy::Permission;

use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// The database's connections after they were renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// Idle connections that were closed; the next use opens new ones.
    pub closed: u32,
    /// Connections that others were using and that were left alone.
    pub in_use: u32,
}

/// Closes the idle connections to the database and asks it for a sign of life over a new one; nobody's work is cut off.
pub async fn reset_connections(services: &Services, ctx: &Ctx) -> Result<Renewed> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let (closed, in_use) = services.db.renew().await?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "system", resource_id: "database" };
    let details = serde_json::json!({"closed": closed, "in_use": in_use, "node": services.settings.node});
    records::note(&tx, ctx, by, about, "connections_reset", details).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(closed, in_use, "connections to the database renewed");
    Ok(Renewed { closed, in_use })
}
