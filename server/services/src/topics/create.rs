//! Adding a topic.

use domain::refusal::{Refusal, all_valid};
use domain::topic::Topic;
use persistence::{PersistenceError, revisions, topics};

use super::{must_be_free, nudge, parent_problem, put_in_place};
use crate::{Ctx, Result, Services, records};

/// A topic to add.
#[derive(Clone, Debug)]
pub struct NewTopic {
    /// What it says; its revision and position are not looked at.
    pub topic: Topic,
    /// Its place among those beside it, from nought; none puts it last.
    pub position: Option<u32>,
}

/// Adds a topic.
pub async fn create(services: &Services, ctx: &Ctx, new: NewTopic) -> Result<Topic> {
    let caller = super::editor(ctx)?;
    let tx = services.db.begin().await?;
    let all = topics::list_to_change(&tx).await?;
    let mut topic = Topic { revision: 1, ..new.topic };
    let mut problems = topic.problems();
    problems.extend(parent_problem(&all, None, topic.parent_id.as_deref()));
    all_valid(problems)?;
    must_be_free(&tx, &all, &topic.id, None).await?;
    match topics::insert(&tx, &topic).await {
        Err(PersistenceError::Duplicate(_)) => {
            let message = format!("There is a topic with the slug {} already.", topic.id);
            return Err(Refusal::blocked("slug_taken", message).into());
        }
        other => other?,
    }
    topic.position = put_in_place(&tx, &all, &topic, new.position).await?;
    revisions::raise(&tx, &[]).await?;
    records::change(&tx, ctx, caller, records::topic(&topic.id), "created", &(), &topic).await?;
    persistence::db::commit(tx).await?;
    nudge(services);
    Ok(topic)
}
