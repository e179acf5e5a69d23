//! Who deals with what was told, what was corrected because of it, and answers by letter.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::ActorKind;
use domain::delivery::Sink;
use domain::feedback::{Inbox, MAX_REPLY, correction_of};
use domain::page::Paging;
use domain::policy::{Grant, Permission};
use domain::refusal::{Refusal, all_valid};
use domain::text::check_line;
use integrations::mail::Letter;
use persistence::feedback::{self, FeedbackFilter};
use persistence::outbox::{self, Task};
use persistence::people::{self, UserFilter};
use persistence::teams;
use serde::{Deserialize, Serialize};

use crate::accounts::{all_group_grants, escaped};
use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services, ids};

/// What letters with answers are called in the outbox.
pub(crate) const REPLY: &str = "feedback_reply";
/// After this long nobody waits for an answer any more.
const TOO_LATE: TimeDelta = TimeDelta::days(3);

/// The letter that a task of the outbox stands for.
#[derive(Debug, Serialize, Deserialize)]
struct Reply {
    feedback_id: String,
    text: String,
    at: DateTime<Utc>,
}

/// A page of what was told, with who could deal with it.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn inbox(services: &Services, ctx: &Ctx, filter: &FeedbackFilter, paging: Paging) -> Result<Inbox> {
    let told = super::list(services, ctx, filter, paging).await?;
    let people = who_deals(services, ctx).await?.into_iter().collect();
    Ok(Inbox { told, people, by_mail: services.accounts.mailer.is_some() })
}

/// Those who may deal with what was told, by id, by a right of their own, of a team or of their groups at the provider; the
/// caller, too.
async fn who_deals(services: &Services, ctx: &Ctx) -> Result<BTreeMap<String, String>> {
    let own = ctx.caller.iter().filter(|caller| caller.actor.kind == ActorKind::User);
    let mut found: BTreeMap<_, _> = own.map(|own| (own.actor.id.clone(), own.actor.name.clone())).collect();
    let db = services.db.pool();
    let deals = |grants: &[Grant]| {
        grants
            .iter()
            .any(|grant| grant.is_live(ctx.now) && grant.is_unlimited() && grant.holds(Permission::SystemOperate))
    };
    let mut through: Vec<String> = Vec::new();
    through.extend(teams::list(db).await?.into_iter().filter(|team| deals(&team.grants)).flat_map(|team| team.members));
    through.extend(all_group_grants(services).await?.into_iter().filter(|(_, grants)| deals(grants)).map(|(id, _)| id));
    let filter = UserFilter { disabled: Some(false), ..UserFilter::default() };
    let holders = people::list(db, &filter).await?.into_iter();
    let holders = holders.filter(|user| deals(&user.grants) || through.contains(&user.id));
    found.extend(holders.map(|user| (user.id, user.name)));
    Ok(found)
}

/// Gives what was told to somebody who is to deal with it, by the id of their account; an empty one gives it to nobody.
///
/// # Errors
/// `Invalid` where the person may not deal with it; `NotFound` where there is no such thing; `Unauthenticated` or `Forbidden`
/// without the right.
pub async fn assign(services: &Services, ctx: &Ctx, id: &str, to: &str) -> Result<Option<String>> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let name = if to.is_empty() { None } else { Some(name_of(services, ctx, to).await?) };
    let tx = services.db.begin().await?;
    if !feedback::assign(&tx, id, name.as_deref().map(|name| (to, name))).await? {
        return Err(Refusal::NotFound.into());
    }
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "assigned", serde_json::json!({ "to": name })).await?;
    persistence::db::commit(tx).await?;
    Ok(name)
}

async fn name_of(services: &Services, ctx: &Ctx, to: &str) -> Result<String> {
    let name = who_deals(services, ctx).await?.remove(to);
    let cannot = || Refusal::field("to", "unknown", "Choose somebody who runs the catalogue.");
    Ok(name.ok_or_else(cannot)?)
}

/// Links what was told to the page of the version that was corrected because of it; an empty address links it to none.
///
/// # Errors
/// `Invalid` where the address is not of a version; `NotFound` where there is no such thing; `Unauthenticated` or `Forbidden`
/// without the right.
pub async fn link(services: &Services, ctx: &Ctx, id: &str, typed: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let correction = correction_of(typed, &services.accounts.public_url);
    if correction.is_none() && !typed.trim().is_empty() {
        let message = "Give the address of a version's page, such as /catalogue/rainfall/editions/2026/versions/2.";
        return Err(Refusal::field("correction", "no_version", message).into());
    }
    let tx = services.db.begin().await?;
    if !feedback::link(&tx, id, correction.as_deref()).await? {
        return Err(Refusal::NotFound.into());
    }
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "linked", serde_json::json!({ "correction": correction })).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Answers whoever told it by letter, where they left an address.
///
/// # Errors
/// `Invalid` without words; `Blocked` where no address was left or no mail is sent; `NotFound` where there is no such thing;
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn reply(services: &Services, ctx: &Ctx, id: &str, text: &str) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let mut problems = Vec::new();
    // Several lines are as good as one.
    check_line(&mut problems, "text", &text.split_whitespace().collect::<Vec<_>>().join(" "), MAX_REPLY);
    all_valid(problems)?;
    if services.accounts.mailer.is_none() {
        return Err(
            Refusal::blocked("no_mail", "This site sends no mail. Answer with a mail program of your own.").into()
        );
    }
    let tx = services.db.begin().await?;
    let told = feedback::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if told.address.is_none() {
        return Err(Refusal::blocked("no_address", "Whoever told this left no address.").into());
    }
    let reply = Reply { feedback_id: told.id, text: text.trim().to_owned(), at: ctx.now };
    let payload =
        serde_json::to_value(&reply).map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))?;
    let task = Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), REPLY, payload);
    outbox::push(&tx, &task, ctx.now).await?;
    let about = About { resource_type: "feedback", resource_id: id };
    records::note(&tx, ctx, by, about, "replied", serde_json::json!({ "text": reply.text })).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(())
}

/// Sends the letter of a task; not where what was told is forgotten meanwhile.
pub(crate) async fn send_reply(services: &Services, task: &Task) -> Result<()> {
    let now = services.clock.now();
    let reply: Reply = serde_json::from_value(task.payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))?;
    let Some(mailer) = &services.accounts.mailer else {
        return Err(ServiceError::Internal("a letter waits, but SMTP_URL is not set".to_owned()));
    };
    if now - reply.at > TOO_LATE {
        tracing::warn!(task = %task.id, "an answer to a reader could not be sent for days and was given up");
        return Ok(());
    }
    let Some(told) = feedback::find(services.db.pool(), &reply.feedback_id).await? else { return Ok(()) };
    let Some(to) = told.address else { return Ok(()) };
    mailer.send(&letter(&services.accounts.site_name, &task.id, to, &reply.text, &told.message), now).await?;
    Ok(())
}

/// The answer with what it is to.
fn letter(site: &str, id: &str, to: String, answer: &str, told: &str) -> Letter {
    let quoted: Vec<String> = told.lines().map(|line| format!("> {line}")).collect();
    let text = format!("{answer}\n\n{site}\n\n{}\n", quoted.join("\n"));
    let lines = |text: &str| escaped(text).replace("\r\n", "\n").replace('\n', "<br>");
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{site}</title></head>\
         <body><p>{}</p><p>{site}</p><blockquote>{}</blockquote></body></html>",
        lines(answer),
        lines(told),
        site = escaped(site),
    );
    Letter { id: Some(id.to_owned()), to, subject: format!("{site}: your message"), text, html, unsubscribe: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_quotes_what_it_is_to() {
        let letter =
            letter("Figures & more", "id", "a@example.org".into(), "Thank you.\nMended.", "Bath <looks>\nwrong.");
        assert_eq!(letter.text, "Thank you.\nMended.\n\nFigures & more\n\n> Bath <looks>\n> wrong.\n");
        assert!(letter.html.contains("Thank you.<br>Mended.") && letter.html.contains("Bath &lt;looks&gt;<br>wrong."));
        assert!(letter.html.contains("<title>Figures &amp; more</title>"), "{}", letter.html);
    }
}
