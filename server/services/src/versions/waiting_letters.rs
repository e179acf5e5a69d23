//! Letters to those who may approve a version that was sent for approval, where they chose to get some.

use domain::actor::{Actor, Caller};
use domain::dataset::Dataset;
use domain::delivery::Sink;
use domain::notification::NotificationKind;
use domain::people::User;
use domain::policy::Permission;
use domain::version::{Version, VersionState};
use integrations::mail::Letter;
use persistence::outbox::{self, Task};
use persistence::{Tx, notifications, versions};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::{self, escaped, is_held_back};
use crate::deliveries::HeldNews;
use crate::{Ctx, Result, ServiceError, Services, ids};

/// What such letters are called in the outbox.
pub(crate) const WAITING: &str = "version_waits";
const KIND: NotificationKind = NotificationKind::VersionWaits;
const SUBJECT: &str = "A version waits for your approval";

/// The letter that a task of the outbox stands for; whether it may be written is asked when it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Addressed {
    /// The version, as records name it.
    version: String,
    /// Its revision while it waits, so that of one that is returned and sent again only the last letter is sent. Letters that were
    /// queued before there was this have none.
    #[serde(default)]
    revision: Option<i64>,
    user_id: String,
    /// The name of whoever sent it for approval.
    by: String,
}

/// Queues a letter of a version that was just saved to everybody who chose such letters but the one who sent it; whether there is
/// any.
///
/// Whom the version concerns is asked when they are sent, so that nothing else is looked for in this transaction.
pub(super) async fn queue(tx: &Tx, services: &Services, ctx: &Ctx, version: &Version, by: &Actor) -> Result<bool> {
    if !services.delivers_to(Sink::Letter) {
        return Ok(false);
    }
    let mut letters = Vec::new();
    for user_id in notifications::chose_letters(tx, KIND).await?.into_iter().filter(|user_id| *user_id != by.id) {
        let (reference, revision) = (version.reference(), Some(version.revision + 1));
        let addressed = Addressed { version: reference, revision, user_id, by: by.name.clone() };
        let payload = serde_json::to_value(&addressed)
            .map_err(|e| ServiceError::Internal(format!("a task cannot be written: {e}")))?;
        letters.push(Task::new(ids::new_id(ctx.now), Sink::Letter.as_str(), WAITING, payload));
    }
    outbox::push_all(tx, &letters, ctx.now).await?;
    Ok(!letters.is_empty())
}

/// Sends the letter of a task, if it still is to be told.
pub(crate) async fn send_waiting(services: &Services, task: &Task) -> Result<()> {
    let now = services.clock.now();
    let Some(mailer) = &services.accounts.mailer else {
        return Err(ServiceError::Internal("a letter waits, but SMTP_URL is not set".to_owned()));
    };
    let Some(Waiting { version, dataset, by, user }) = still_told(services, &task.payload).await? else {
        return Ok(());
    };
    let (site, address) = (&services.accounts.site_name, &services.accounts.public_url);
    let links = (format!("{address}{}", version.admin_path()), format!("{address}/account/notifications"));
    let words = letter(site, &named(&version, &dataset), &by, (links.0.as_str(), links.1.as_str()));
    mailer.send(&Letter { id: Some(task.id.clone()), to: user.email, ..words }, now).await?;
    Ok(())
}

/// A version that waits, and who sent it for the approval of whom.
struct Waiting {
    version: Version,
    dataset: Dataset,
    by: String,
    user: User,
}

/// Whose letter a task stands for.
pub(crate) fn waiting_to(payload: &Value) -> Option<String> {
    let Addressed { user_id, .. } = serde_json::from_value(payload.clone()).ok()?;
    Some(user_id)
}

/// What a task tells as one of several things in a letter, if it still is to be told.
pub(crate) async fn waiting_told(services: &Services, payload: &Value) -> Result<Option<HeldNews>> {
    let found = still_told(services, payload).await?;
    Ok(found.map(|Waiting { version, dataset, by, .. }| HeldNews {
        sentence: format!("{SUBJECT}, sent by {by}."),
        about: format!("Version: {}", named(&version, &dataset)),
        page: format!("{}{}", services.accounts.public_url, version.admin_path()),
    }))
}

/// What a task tells; `None` where the version waits no more, or the person may not approve it or wants no such letters any more.
async fn still_told(services: &Services, payload: &Value) -> Result<Option<Waiting>> {
    let Addressed { version, revision, user_id, by } = serde_json::from_value(payload.clone())
        .map_err(|e| ServiceError::Internal(format!("a task cannot be read: {e}")))?;
    let (db, ctx) = (services.db.pool(), Ctx::system("mail", services.clock.now()));
    if !crate::notifications::wants_letters(db, &user_id, KIND).await? {
        return Ok(None);
    }
    let Some(caller) = accounts::by_user_id(services, &ctx, &user_id).await? else { return Ok(None) };
    if is_held_back(services, &caller).await? {
        return Ok(None);
    }
    let Some((version, dataset)) = waiting(services, &caller, &version, revision).await? else { return Ok(None) };
    let user = persistence::accounts::find_user(db, &user_id).await?;
    Ok(user.map(|user| Waiting { version, dataset, by, user }))
}

/// The version with its dataset, if it still waits for this person, who may approve it, in the revision that was sent.
async fn waiting(
    services: &Services,
    caller: &Caller,
    reference: &str,
    revision: Option<i64>,
) -> Result<Option<(Version, Dataset)>> {
    let Some(key) = super::read_key(reference) else { return Ok(None) };
    let reach = caller.reach(Permission::VersionsApprove);
    let (db, edition) = (services.db.pool(), &key.edition);
    let found = versions::find_with_dataset_visible_to(db, &reach, &key.dataset_id, edition, key.version).await?;
    Ok(found.filter(|(version, _)| {
        version.state == VersionState::Submitted
            && revision.is_none_or(|revision| revision == version.revision)
            && !caller.is_same_person(&version.last_edited_by)
    }))
}

fn named(version: &Version, dataset: &Dataset) -> String {
    format!("{}, {}, version {}", dataset.working().title, version.edition_title, version.version)
}

/// The letter, to nobody yet. Like other letters about what is not public it names the version inside, not on its outside.
fn letter(site: &str, version: &str, by: &str, (page, choices): (&str, &str)) -> Letter {
    let text = format!(
        "{SUBJECT}.\n\nVersion: {version}\nSent by: {by}\n\nLook at it: {page}\n\n\
         Choose which letters you get: {choices}\n\n{site}\n"
    );
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{SUBJECT}</title></head>\
         <body><p>{SUBJECT}.</p><p>Version: {0}<br>Sent by: {1}</p><p><a href=\"{2}\">Look at it</a></p>\
         <p><a href=\"{3}\">Choose which letters you get</a></p><p>{4}</p></body></html>",
        escaped(version),
        escaped(by),
        escaped(page),
        escaped(choices),
        escaped(site),
    );
    Letter { id: None, to: String::new(), subject: SUBJECT.to_owned(), text, html, unsubscribe: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_names_the_version_inside_and_leads_to_it() {
        let links = ("https://a/admin/datasets/cpi", "https://a/account/notifications");
        let written = letter("Figures", "Prices & pay, 2026, version 1", "Ann <b>", links);
        assert!(!written.subject.contains("Prices") && !written.html.contains("<title>Prices"), "{}", written.html);
        for part in ["Version: Prices & pay, 2026, version 1\n", "Sent by: Ann <b>\n", links.0, links.1] {
            assert!(written.text.contains(part), "{part}: {}", written.text);
        }
        for part in ["Prices &amp; pay", "Ann &lt;b&gt;", links.0, links.1] {
            assert!(written.html.contains(part), "{part}: {}", written.html);
        }
    }
}
