//! Changing a topic: its words, its address, the topic above it, its place.

use domain::refusal::{Refusal, all_valid};
use domain::topic::Topic;
use persistence::{Tx, dataset_topics, topics};

use super::merge::carry_over;
use super::{among, let_pages_follow, must_be_current, must_be_free, nudge, parent_problem, put_in_place};
use crate::{Ctx, Result, Services, records};

/// A topic as it is to be.
#[derive(Clone, Debug)]
pub struct TopicChange {
    /// What it will say; another id than before is another address, to which the old one then leads.
    pub topic: Topic,
    /// Its place among those beside it, from nought; none leaves it, or puts it last where it moves.
    pub position: Option<u32>,
}

/// Replaces what a topic says, where it stands and how it is addressed.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, expected: i64, change: TopicChange) -> Result<Topic> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let all = topics::list_to_change(&tx).await?;
    let before = among(&all, id)?.clone();
    super::editor(ctx)?;
    let after = Topic { revision: before.revision, position: before.position, ..change.topic };
    let mut problems = after.problems();
    problems.extend(parent_problem(&all, Some(id), after.parent_id.as_deref()));
    all_valid(problems)?;
    must_be_current(&before, expected)?;
    let mut after = if after.id == before.id {
        if !topics::update(&tx, &after).await? {
            return Err(Refusal::Stale.into());
        }
        Topic { revision: before.revision + 1, ..after }
    } else {
        rename(&tx, ctx, &all, &before, after).await?
    };
    let moved = after.parent_id != before.parent_id;
    let place = change.position.or(Some(before.position).filter(|_| !moved));
    let others: Vec<Topic> = all.iter().filter(|other| other.id != id).cloned().collect();
    after.position = put_in_place(&tx, &others, &after, place).await?;
    let now = topics::list(&tx).await?;
    let_pages_follow(&tx, &now, &after.id).await?;
    records::change(&tx, ctx, caller, records::topic(&after.id), "edited", &before, &after).await?;
    persistence::db::commit(tx).await?;
    nudge(services);
    Ok(after)
}

/// Gives a topic another address: a new row takes over all that the old one had.
async fn rename(tx: &Tx, ctx: &Ctx, all: &[Topic], before: &Topic, after: Topic) -> Result<Topic> {
    must_be_free(tx, all, &after.id, Some(&before.id)).await?;
    let after = Topic { revision: before.revision + 1, ..after };
    topics::insert(tx, &after).await?;
    let carrying = dataset_topics::carrying(tx, std::slice::from_ref(&before.id)).await?;
    carry_over(tx, ctx, before, &after.id, &carrying).await?;
    Ok(after)
}
