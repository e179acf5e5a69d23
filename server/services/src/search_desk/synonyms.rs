//! Rules of synonyms: those that come with the program, changed or not, and an office's own.

use domain::refusal::{Refusal, all_valid};
use domain::search_desk::{MAX_RULES, SynonymEntry, SynonymRule};
use persistence::search_desk::{self, StoredRule};
use persistence::{PersistenceError, Tx};
use search::normalised;
use serde_json::{Value, json};

use super::{begin, finish, reader};
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids, topics};

/// All rules: first those that come with the program, in its order, then an office's own, the oldest first.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn list(services: &Services, ctx: &Ctx) -> Result<Vec<SynonymEntry>> {
    reader(ctx)?;
    Ok(entries(search_desk::rules(services.db.pool()).await?))
}

/// One rule.
///
/// # Errors
/// `NotFound` where there is none with this id; `Unauthenticated` or `Forbidden` without the right.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<SynonymEntry> {
    let all = list(services, ctx).await?;
    Ok(all.into_iter().find(|entry| entry.id == id).ok_or(Refusal::NotFound)?)
}

/// What comes with the program together with what is kept.
pub(super) fn entries(mut stored: Vec<StoredRule>) -> Vec<SynonymEntry> {
    let mut entries = Vec::new();
    for (id, came) in search::built_in_synonyms() {
        let kept = stored.iter().position(|rule| rule.id == id).map(|place| stored.remove(place));
        entries.push(match kept {
            Some(kept) => entry(kept, Some(came)),
            None => {
                SynonymEntry { id, rule: came.clone(), is_on: true, built_in: Some(came), changed: None, revision: 0 }
            }
        });
    }
    entries.extend(stored.into_iter().map(|rule| entry(rule, None)));
    entries
}

fn entry(stored: StoredRule, built_in: Option<SynonymRule>) -> SynonymEntry {
    SynonymEntry {
        id: stored.id,
        rule: stored.rule,
        is_on: stored.is_on,
        built_in,
        changed: Some((stored.changed_by, stored.changed_at)),
        revision: stored.revision,
    }
}

/// Adds a rule, or replaces the words of the one with this id, which was read at the revision `expected`.
///
/// # Errors
/// `Invalid` for a rule without words, with one twice, or that there is already; `Blocked` where there are too many; `NotFound`,
/// `Stale`; `Unauthenticated` or `Forbidden` without the right.
pub async fn save(
    services: &Services,
    ctx: &Ctx,
    id: Option<&str>,
    expected: i64,
    rule: SynonymRule,
) -> Result<SynonymEntry> {
    let caller = topics::editor(ctx)?;
    all_valid(rule.problems(normalised))?;
    let tx = begin(services).await?;
    let all = entries(search_desk::rules(&tx).await?);
    let key = rule.key(normalised);
    let same = all.iter().find(|other| id != Some(other.id.as_str()) && other.rule.key(normalised) == key);
    if let Some(same) = same {
        let message = format!("These words are a rule already: {}.", same.rule.in_words());
        return Err(Refusal::field("words", "taken", message).into());
    }
    let Some(id) = id else {
        if all.iter().filter(|entry| entry.built_in.is_none()).count() >= MAX_RULES {
            let message = format!("There are {MAX_RULES} rules of your own. Remove one first.");
            return Err(Refusal::blocked("too_many_rules", message).into());
        }
        let added = stored(ctx, caller, ids::new_id(ctx.now), rule, true, 1);
        search_desk::insert_rule(&tx, &added).await?;
        records::change(&tx, ctx, caller, about(&added.id), "created", &(), &told(&added.rule, true)).await?;
        finish(services, tx).await?;
        return Ok(entry(added, None));
    };
    let before = current(&all, id, expected)?;
    let after = stored(ctx, caller, before.id.clone(), rule, before.is_on, before.revision + 1);
    keep(&tx, before, &after).await?;
    let (was, is) = (told(&before.rule, before.is_on), told(&after.rule, after.is_on));
    records::change(&tx, ctx, caller, about(id), "edited", &was, &is).await?;
    let built_in = before.built_in.clone();
    finish(services, tx).await?;
    Ok(entry(after, built_in))
}

/// Switches a rule on or off.
///
/// # Errors
/// `NotFound`, `Stale`; `Unauthenticated` or `Forbidden` without the right.
pub async fn switch(services: &Services, ctx: &Ctx, id: &str, expected: i64, is_on: bool) -> Result<SynonymEntry> {
    let caller = topics::editor(ctx)?;
    let tx = begin(services).await?;
    let all = entries(search_desk::rules(&tx).await?);
    let before = current(&all, id, expected)?;
    let after = stored(ctx, caller, before.id.clone(), before.rule.clone(), is_on, before.revision + 1);
    keep(&tx, before, &after).await?;
    let event = if is_on { "switched_on" } else { "switched_off" };
    let (was, is) = (told(&before.rule, before.is_on), told(&after.rule, is_on));
    records::change(&tx, ctx, caller, about(id), event, &was, &is).await?;
    let built_in = before.built_in.clone();
    finish(services, tx).await?;
    Ok(entry(after, built_in))
}

/// Takes a rule of an office's own away, or puts one that comes with the program back to how it came; true for the latter.
///
/// # Errors
/// `Blocked` where it is as it came; `NotFound`, `Stale`; `Unauthenticated` or `Forbidden` without the right.
pub async fn remove(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<bool> {
    let caller = topics::editor(ctx)?;
    let tx = begin(services).await?;
    let all = entries(search_desk::rules(&tx).await?);
    let before = current(&all, id, expected)?;
    if before.revision == 0 {
        return Err(Refusal::blocked("as_it_came", "It is as it came with the program. Switch it off instead.").into());
    }
    if !search_desk::delete_rule(&tx, id, before.revision).await? {
        return Err(Refusal::Stale.into());
    }
    let was = told(&before.rule, before.is_on);
    match &before.built_in {
        Some(came) => records::change(&tx, ctx, caller, about(id), "restored", &was, &told(came, true)).await?,
        None => records::change(&tx, ctx, caller, about(id), "deleted", &was, &()).await?,
    }
    let is_built_in = before.built_in.is_some();
    finish(services, tx).await?;
    Ok(is_built_in)
}

/// The rule with this id, if nobody has changed it since its reader saw it.
fn current<'a>(all: &'a [SynonymEntry], id: &str, expected: i64) -> Result<&'a SynonymEntry, Refusal> {
    let found = all.iter().find(|entry| entry.id == id).ok_or(Refusal::NotFound)?;
    if found.revision == expected { Ok(found) } else { Err(Refusal::Stale) }
}

fn stored(
    ctx: &Ctx,
    by: &domain::actor::Caller,
    id: String,
    rule: SynonymRule,
    is_on: bool,
    revision: i64,
) -> StoredRule {
    StoredRule { id, rule, is_on, changed_by: by.actor.name.clone(), changed_at: ctx.now, revision }
}

/// Keeps the new state of a rule; one that is as it came has no row yet.
async fn keep(tx: &Tx, before: &SynonymEntry, after: &StoredRule) -> Result<()> {
    if before.revision > 0 {
        let kept = search_desk::update_rule(tx, after).await?;
        return if kept { Ok(()) } else { Err(Refusal::Stale.into()) };
    }
    match search_desk::insert_rule(tx, after).await {
        Err(PersistenceError::Duplicate(_)) => Err(Refusal::Stale.into()),
        other => Ok(other?),
    }
}

const fn about(id: &str) -> About<'_> {
    About { resource_type: "search_synonym", resource_id: id }
}

/// A rule as records tell it.
fn told(rule: &SynonymRule, is_on: bool) -> Value {
    json!({"asked": rule.asked, "words": rule.words, "is_on": is_on})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_takes_the_place_of_what_came() {
        let came = entries(Vec::new());
        assert!(came.iter().all(|entry| entry.is_on && entry.revision == 0 && !entry.is_changed()));
        let kept = |id: &str, is_on| StoredRule {
            id: id.to_owned(),
            rule: SynonymRule::of_lines("", "a\nb"),
            is_on,
            changed_by: "Ann".to_owned(),
            changed_at: chrono::DateTime::UNIX_EPOCH,
            revision: 2,
        };
        let all = entries(vec![kept("0190", true), kept(&came[1].id, false)]);
        assert_eq!(all.len(), came.len() + 1);
        assert!(all[1].is_changed() && !all[1].is_on && all[1].built_in == came[1].built_in);
        assert_eq!((all[0].clone(), all[came.len()].id.as_str()), (came[0].clone(), "0190"));
        assert_eq!(current(&all, "0190", 1), Err(Refusal::Stale));
        assert_eq!(current(&all, "none", 1), Err(Refusal::NotFound));
        assert!(current(&all, &came[0].id, 0).is_ok());
    }
}
