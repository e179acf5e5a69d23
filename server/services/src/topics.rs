//! The taxonomy: reading it, editing it, merging topics, and where old addresses lead.

mod create;
mod delete;
mod edit;
mod merge;
mod read;

pub use create::{NewTopic, create};
pub use delete::delete;
pub use edit::{TopicChange, edit};
pub use merge::{MergeOrder, Merged, merge};
pub(crate) use read::under;
pub use read::{Found, content, filed, find, list, page, weight};

use domain::actor::Caller;
use domain::policy::{Permission, Reach};
use domain::refusal::{FieldProblem, Refusal};
use domain::topic::{Topic, with_descendants};
use persistence::{Tx, dataset_topics, revisions, topic_redirects};

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services};

/// The caller, if it may change the taxonomy: that belongs to the whole office, so a grant limited to departments does not do.
pub fn editor(ctx: &Ctx) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    if caller.reach(Permission::TopicsWrite) == Reach::All {
        Ok(caller)
    } else {
        Err(forbidden(Permission::TopicsWrite))
    }
}

/// The topic among those that stay as they are until the transaction ends.
fn among<'a>(topics: &'a [Topic], id: &str) -> Result<&'a Topic, Refusal> {
    topics.iter().find(|topic| topic.id == id).ok_or(Refusal::NotFound)
}

/// Refuses a change that is based on another revision than the present one.
fn must_be_current(topic: &Topic, expected: i64) -> Result<(), Refusal> {
    if topic.revision == expected { Ok(()) } else { Err(Refusal::Stale) }
}

/// What is wrong with a topic above: unknown, or below the topic itself.
fn parent_problem(topics: &[Topic], id: Option<&str>, parent: Option<&str>) -> Option<FieldProblem> {
    let parent = parent?;
    if !topics.iter().any(|topic| topic.id == parent) {
        return Some(FieldProblem::new("parent_id", "unknown", format!("There is no topic {parent}.")));
    }
    let inside = id.is_some_and(|id| with_descendants(topics, id).iter().any(|below| below == parent));
    inside.then(|| {
        FieldProblem::new("parent_id", "cycle", "A topic cannot be put under itself or under a topic below it.")
    })
}

/// Refuses an address that is taken by a topic, or that leads to another topic than `own`.
async fn must_be_free(tx: &Tx, topics: &[Topic], slug: &str, own: Option<&str>) -> Result<()> {
    if topics.iter().any(|topic| topic.id == slug) {
        return Err(Refusal::blocked("slug_taken", format!("There is a topic with the slug {slug} already.")).into());
    }
    match topic_redirects::find(tx, slug).await? {
        Some(now) if own != Some(now.as_str()) => {
            let message = format!("The address {slug} leads to the topic {now}. Choose another slug.");
            Err(Refusal::blocked("slug_redirects", message).into())
        }
        Some(_) => Ok(topic_redirects::forget(tx, slug).await?),
        None => Ok(()),
    }
}

/// Puts the topic at its place among those beside it; without a place it comes last.
async fn put_in_place(tx: &Tx, topics: &[Topic], topic: &Topic, place: Option<u32>) -> Result<u32> {
    let mut beside: Vec<String> = topics
        .iter()
        .filter(|other| other.parent_id == topic.parent_id && other.id != topic.id)
        .map(|other| other.id.clone())
        .collect();
    let last = u32::try_from(beside.len()).unwrap_or(u32::MAX);
    let place = place.unwrap_or(last).min(last);
    beside.insert(usize::try_from(place).unwrap_or(beside.len()).min(beside.len()), topic.id.clone());
    persistence::topics::arrange(tx, &beside).await?;
    Ok(place)
}

/// Raises the catalogue's revision with every public dataset under these topics, so that search and pages follow.
async fn let_pages_follow(tx: &Tx, topics: &[Topic], changed: &str) -> Result<()> {
    let ids = with_descendants(topics, changed);
    let datasets = dataset_topics::publicly_carrying(tx, &ids).await?;
    revisions::raise(tx, &datasets).await?;
    Ok(())
}

/// Wakes what follows from a change of the taxonomy.
fn nudge(services: &Services) {
    services.nudges.follow_up.notify_waiters();
    services.nudges.follow_up.notify_one();
}
