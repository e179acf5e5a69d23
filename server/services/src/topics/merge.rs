//! Merging one topic into another.

use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_optional;
use domain::topic::{Topic, with_descendants};
use persistence::{Tx, dataset_topics, subscriptions, topic_redirects, topics};

use super::{among, let_pages_follow, must_be_current, nudge};
use crate::{Ctx, Result, Services, records};

/// What a merge did.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The topic that took everything over.
    pub into: Topic,
    /// How many datasets changed their topic, drafts included.
    pub datasets: usize,
}

/// Moves everything of a topic to another in one commit: datasets, with their drafts, the topics below it, and its addresses.
pub async fn merge(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: Option<i64>,
    into: &str,
    reason: Option<String>,
) -> Result<Merged> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let all = topics::list_to_change(&tx).await?;
    let old = among(&all, id)?.clone();
    super::editor(ctx)?;
    let mut problems = Vec::new();
    problems.extend(target_problem(&all, id, into));
    check_optional(&mut problems, "reason", reason.as_deref().unwrap_or(""), 1000, true);
    all_valid(problems)?;
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

fn target_problem(all: &[Topic], id: &str, into: &str) -> Option<FieldProblem> {
    if into.is_empty() {
        return Some(FieldProblem::required("into"));
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
