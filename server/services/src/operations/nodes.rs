//! Which node answers, and which others were seen lately.

use domain::operations::{LATELY, NodeSight, SeenNode};
use persistence::probes;

use crate::{Ctx, Result, Services};

/// The node that answers; each of the others shows itself in the database whenever it looks after its own health.
pub(super) async fn answering(services: &Services, ctx: &Ctx) -> Result<NodeSight> {
    let (settings, is_shared) = (&services.settings, services.db.is_shared());
    let others = if is_shared {
        probes::nodes_since(services.db.pool(), &settings.node, ctx.now - LATELY).await?
    } else {
        Vec::new()
    };
    let others = others.into_iter().map(|(name, seen_at)| SeenNode { name, seen_at }).collect();
    Ok(NodeSight { name: settings.node.clone(), started_at: settings.started_at, is_shared, others })
}
