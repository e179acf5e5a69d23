//! Merging one topic into another.

use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_optional;
use domain::topic::{Topic, with_descendants};
use persistence::{Tx, dataset_topics, subscriptions, topic_redirects, topics};

use super::{among, let_pages_follow, must_be_current, nudge};
use crate::{Ctx, Result, Services, records};

/// What somebody says who merges a topic.
#[derive(Clone, Copy, Debug)]
pub struct MergeOrder<'a> {
    /// The revision that was looked at; without it whatever is there is merged.
    pub expected: Option<i64>,
    /// The topic that takes everything over.
    pub into: &'a str,
    /// Why; programs may leave it empty.
    pub reason: &'a str,
    /// The topic's title, typed once more by people; programs type nothing.
    pub typed: Option<&'a str>,
}

/// What a merge did.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The topic that took everything over.
    pub into: Topic,
    /// How many datasets changed their topic, drafts included.
    pub datasets: usize,
}

/// Moves everything of a topic to another in one commit: datasets, with their drafts, the topics below it, and its addresses.
///
/// It cannot be taken back, so people type the title and say why.
pub async fn merge(services: &Services, ctx: &Ctx, id: &str, order: MergeOrder<'_>) -> Result<Merged> {
    let MergeOrder { expected, into, reason, .. } = order;
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let all = topics::list_to_change(&tx).await?;
    let old = among(&all, id)?.clone();
    super::editor(ctx)?;
    let mut problems = Vec::new();
    problems.extend(target_problem(&all, id, into));
    problems.extend(unmeant(&old, order));
    check_optional(&mut problems, "reason", reason, 1000, true);
    all_valid(problems)?;
    let reason = Some(reason).filter(|reason| !reason.trim().is_empty());
    if let Some(expected) = expected {
        must_be_current(&old, expected)?;
    }
    let carrying = dataset_topics::carrying(&tx, std::slice::from_ref(&old.id)).await?;
    carry_over(&tx, ctx, &old, into, &carrying).await?;
    let now = topics::list(&tx).await?;
    let_pages_follow(&tx, &now, into).await?;
    let children: Vec<&str> =
        all.iter().filter(|t| t.parent_id.as_deref() == Some(id)).map(|t| t.id.as_str()).collect();
    let details = serde_json::json!({"into": into, "reason": reason, "datasets": carrying, "topics": children});
    let entry = records::Entry::new(ctx, &caller.actor, records::topic(id), "merged").details(details);
    entry.change(&old, &())?.write(&tx);
    let details = serde_json::json!({"from": id, "reason": reason, "datasets": carrying.len()});
    records::note(&tx, ctx, caller, records::topic(into), "merged_from", details).await?;
    persistence::db::commit(tx).await?;
    nudge(services);
    let datasets = carrying.len();
    tracing::info!(topic = id, into, datasets, "topic merged");
    Ok(Merged { into: among(&now, into)?.clone(), datasets })
}

/// What is missing of a person's order that cannot be carried out by a slip.
fn unmeant(topic: &Topic, order: MergeOrder<'_>) -> Vec<FieldProblem> {
    let Some(typed) = order.typed else { return Vec::new() };
    let mut problems = Vec::new();
    if order.reason.trim().is_empty() {
        problems.push(FieldProblem::new("reason", "required", "Say why. The reason is kept in the history."));
    }
    if typed.trim() != topic.title.trim() {
        let message = format!("Type the title as it stands: {}", topic.title);
        problems.push(FieldProblem::new("confirmation", "mismatch", message));
    }
    problems
}

fn target_problem(all: &[Topic], id: &str, into: &str) -> Option<FieldProblem> {
    if into.is_empty() {
        return Some(FieldProblem::new("into", "required", "Choose the topic that takes everything over."));
    }
    if !all.iter().any(|topic| topic.id == into) {
        return Some(FieldProblem::new("into", "unknown", format!("There is no topic {into}.")));
    }
    let inside = with_descendants(all, id).iter().any(|below| below == into);
    inside.then(|| FieldProblem::new("into", "cycle", "A topic cannot be merged into itself or into a topic below it."))
}

/// Gives everything of one topic to another that exists, and ends the one.
pub(super) async fn carry_over(tx: &Tx, ctx: &Ctx, old: &Topic, new: &str, carrying: &[String]) -> Result<()> {
    let caller = ctx.caller()?;
    for dataset in carrying {
        dataset_topics::replace(tx, dataset, &old.id, new).await?;
        let (before, after) = (serde_json::json!({"topic": old.id}), serde_json::json!({"topic": new}));
        records::change(tx, ctx, caller, records::dataset(dataset), "topic_changed", &before, &after).await?;
    }
    topics::move_children(tx, &old.id, new).await?;
    subscriptions::move_topic(tx, &old.id, new).await?;
    topic_redirects::lead(tx, &old.id, new).await?;
    if topics::delete(tx, &old.id, old.revision).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}
