//! Deleting a topic that nothing uses.

use domain::refusal::{Blocker, Refusal};
use domain::subscription::Target;
use persistence::{dataset_topics, revisions, subscriptions, topics};

use super::{among, must_be_current, nudge};
use crate::{Ctx, Result, Services, records};

/// Deletes a topic, unless datasets or topics below it would lose their place; old addresses that led to it end with it.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let all = topics::list_to_change(&tx).await?;
    let topic = among(&all, id)?.clone();
    super::editor(ctx)?;
    must_be_current(&topic, expected)?;
    let mut blockers = Vec::new();
    let children = all.iter().filter(|t| t.parent_id.as_deref() == Some(id)).count();
    if children > 0 {
        let message = format!("{children} topic(s) are below it. Move them first, or merge the topic into another.");
        blockers.push(Blocker::new("has_subtopics", message));
    }
    let carrying = dataset_topics::carrying(&tx, std::slice::from_ref(&topic.id)).await?.len();
    if carrying > 0 {
        let message = format!("{carrying} dataset(s) carry it, drafts included. Merge the topic into another instead.");
        blockers.push(Blocker::new("has_datasets", message));
    }
    if !blockers.is_empty() {
        let said: Vec<&str> = blockers.iter().map(|b| b.message.as_str()).collect();
        let message = format!("The topic cannot be deleted. {}", said.join(" "));
        return Err(Refusal::Blocked { message, blockers }.into());
    }
    if !topics::delete(&tx, id, topic.revision).await? {
        return Err(Refusal::Stale.into());
    }
    subscriptions::end_all_to(&tx, &Target::Topic(id.to_owned()), ctx.now).await?;
    revisions::raise(&tx, &[]).await?;
    records::change(&tx, ctx, caller, records::topic(id), "deleted", &topic, &()).await?;
    persistence::db::commit(tx).await?;
    nudge(services);
    Ok(())
}
