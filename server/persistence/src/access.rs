//! The history of access: who held which rights when, and what each bundle held and was shared with.
//!
//! Every function of this crate that changes one of these writes the change here in the same transaction. Rows are never
//! changed or taken away (triggers of `m0018`); each says what is so from its instant on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::actor::ActorKind;
use domain::people::{ServiceToken, Team, User};
use domain::policy::Grant;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{from_json, instant, json, maybe_instant, micros};
use crate::entities::access_history::{self as history, Column, Entity};
use crate::error::Result;

const USER: &str = "user";
const IDENTITY: &str = "identity";
const TEAM: &str = "team";
const MEMBER: &str = "team_member";
const TOKEN: &str = "service_token";
const BUNDLE_TEAM: &str = "bundle_team";
const BUNDLE_ITEM: &str = "bundle_item";

/// What is so from an instant on; nothing where it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since<T> {
    /// From when on.
    pub at: DateTime<Utc>,
    /// What.
    pub held: Option<T>,
}

/// What was so when, oldest first; each entry holds until the next.
pub type Timeline<T> = Vec<Since<T>>;

/// What an account or a service token held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The name.
    pub name: String,
    /// The address of an account.
    pub email: Option<String>,
    /// What was granted to it, and not through a team or a provider's group.
    pub grants: Vec<Grant>,
    /// When a token ends.
    pub ends_at: Option<DateTime<Utc>>,
}

/// An account or a service token through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The id.
    pub id: String,
    /// An account or a token.
    pub kind: ActorKind,
    /// Oldest first; nothing while the account is disabled, and after it or the token has gone.
    pub held: Timeline<Held>,
    /// What each of the identities of an account at an OpenID provider brought, oldest first.
    pub of_groups: Vec<Timeline<Vec<Grant>>>,
    /// The teams of an account and when it was in them, oldest first.
    pub teams: HashMap<String, Timeline<()>>,
}

/// Everybody who ever held rights, and the teams.
#[derive(Clone, Debug, Default)]
pub struct Holders {
    /// Accounts and tokens, by id.
    pub holders: Vec<Holder>,
    /// What teams were granted, oldest first.
    pub teams: HashMap<String, Timeline<Vec<Grant>>>,
}

/// A version in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id of its dataset.
    pub dataset_id: String,
    /// Who owns that.
    pub department: String,
}

/// A bundle through time.
#[derive(Clone, Debug, Default)]
pub struct BundleHistory {
    /// The teams that it was shared with, and when.
    pub teams: HashMap<String, Timeline<()>>,
    /// The versions in it, by their row's id, and when.
    pub items: HashMap<String, Timeline<Item>>,
}

/// Everybody who held rights before `until`.
pub async fn holders_until(db: &impl ConnectionTrait, until: DateTime<Utc>) -> Result<Holders> {
    let mut found = Holders::default();
    let mut of_groups: HashMap<String, HashMap<String, Timeline<Vec<Grant>>>> = HashMap::new();
    let mut members: HashMap<String, HashMap<String, Timeline<()>>> = HashMap::new();
    let mut holders: HashMap<(bool, String), Timeline<Held>> = HashMap::new();
    let rows = Entity::find()
        .filter(Column::Kind.is_in([USER, IDENTITY, TEAM, MEMBER, TOKEN]))
        .filter(Column::At.lt(micros(until)))
        .order_by_asc(Column::Number)
        .all(db)
        .await?;
    for row in rows {
        let at = instant(row.at)?;
        match row.kind.as_str() {
            TEAM => {
                let held = if row.holds { Some(from_json(&row.grants)?) } else { None };
                found.teams.entry(row.subject).or_default().push(Since { at, held });
            }
            MEMBER => {
                let since = Since { at, held: row.holds.then_some(()) };
                members.entry(row.object).or_default().entry(row.subject).or_default().push(since);
            }
            IDENTITY => {
                let held = if row.holds { Some(from_json(&row.grants)?) } else { None };
                of_groups.entry(row.subject).or_default().entry(row.object).or_default().push(Since { at, held });
            }
            _ => {
                let held = Held {
                    name: row.name,
                    email: row.email,
                    grants: from_json(&row.grants)?,
                    ends_at: maybe_instant(row.ends_at)?,
                };
                let since = Since { at, held: row.holds.then_some(held) };
                holders.entry((row.kind == TOKEN, row.subject)).or_default().push(since);
            }
        }
    }
    for ((is_token, id), held) in holders {
        found.holders.push(Holder {
            kind: if is_token { ActorKind::Service } else { ActorKind::User },
            of_groups: of_groups.remove(&id).map(|all| all.into_values().collect()).unwrap_or_default(),
            teams: members.remove(&id).unwrap_or_default(),
            held,
            id,
        });
    }
    found.holders.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// What a bundle held and was shared with, from its beginning on.
pub async fn of_bundle(db: &impl ConnectionTrait, id: &str) -> Result<BundleHistory> {
    let mut found = BundleHistory::default();
    let rows = Entity::find()
        .filter(Column::Kind.is_in([BUNDLE_TEAM, BUNDLE_ITEM]))
        .filter(Column::Subject.eq(id))
        .order_by_asc(Column::Number)
        .all(db)
        .await?;
    for row in rows {
        let at = instant(row.at)?;
        if row.kind == BUNDLE_TEAM {
            found.teams.entry(row.object).or_default().push(Since { at, held: row.holds.then_some(()) });
        } else {
            let item = Item { dataset_id: row.name, department: row.department.unwrap_or_default() };
            found.items.entry(row.object).or_default().push(Since { at, held: row.holds.then_some(item) });
        }
    }
    Ok(found)
}

/// An account as it is from `at` on; a disabled one holds nothing.
pub(crate) async fn note_user(db: &impl ConnectionTrait, user: &User, at: DateTime<Utc>) -> Result<()> {
    let row = history::Model {
        holds: !user.disabled,
        name: user.name.clone(),
        email: Some(user.email.clone()),
        grants: json(&user.grants)?,
        ..blank(USER, &user.id, "", at)
    };
    append(db, row).await
}

/// That an account is gone.
pub(crate) async fn note_user_gone(db: &impl ConnectionTrait, user: &User, at: DateTime<Utc>) -> Result<()> {
    note_user(db, &User { disabled: true, ..user.clone() }, at).await
}

/// What somebody's groups at a provider grant from `at` on.
pub(crate) async fn note_identity(
    db: &impl ConnectionTrait,
    identity: &crate::identities::Identity,
    at: DateTime<Utc>,
) -> Result<()> {
    let object = format!("{} {}", identity.issuer, identity.subject);
    let row = history::Model { grants: json(&identity.grants)?, ..blank(IDENTITY, &identity.user_id, &object, at) };
    append(db, row).await
}

/// A team as it is from `at` on; `was` are the members before.
pub(crate) async fn note_team(
    db: &impl ConnectionTrait,
    team: &Team,
    was: &[String],
    is_there: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let row = history::Model {
        holds: is_there,
        name: team.name.clone(),
        grants: json(&team.grants)?,
        ..blank(TEAM, &team.id, "", at)
    };
    append(db, row).await?;
    let now: &[String] = if is_there { &team.members } else { &[] };
    for (user_id, holds) in changes(was, now) {
        append(db, history::Model { holds, ..blank(MEMBER, &team.id, user_id, at) }).await?;
    }
    Ok(())
}

/// A token as it is from `at` on; one that somebody made for themselves opens nothing that they do not hold, and is not told apart.
pub(crate) async fn note_token(db: &impl ConnectionTrait, token: &ServiceToken, at: DateTime<Utc>) -> Result<()> {
    if token.owner_id.is_some() {
        return Ok(());
    }
    let row = history::Model {
        holds: token.revoked_at.is_none(),
        name: token.name.clone(),
        grants: json(&token.grants)?,
        ends_at: token.expires_at.map(micros),
        ..blank(TOKEN, &token.id, "", at)
    };
    append(db, row).await
}

/// The teams that a bundle is shared with from `at` on; `was` are those before.
pub(crate) async fn note_sharing(
    db: &impl ConnectionTrait,
    bundle_id: &str,
    was: &[String],
    now: &[String],
    at: DateTime<Utc>,
) -> Result<()> {
    for (team_id, holds) in changes(was, now) {
        append(db, history::Model { holds, ..blank(BUNDLE_TEAM, bundle_id, team_id, at) }).await?;
    }
    Ok(())
}

/// That a version is in a bundle from `at` on, or is not.
pub(crate) async fn note_item(
    db: &impl ConnectionTrait,
    bundle_id: &str,
    version_id: &str,
    item: Item,
    holds: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let row = history::Model {
        holds,
        name: item.dataset_id,
        department: Some(item.department),
        ..blank(BUNDLE_ITEM, bundle_id, version_id, at)
    };
    append(db, row).await
}

/// Who came and who went.
fn changes<'a>(was: &'a [String], now: &'a [String]) -> impl Iterator<Item = (&'a str, bool)> {
    let came = now.iter().filter(|id| !was.contains(id)).map(|id| (id.as_str(), true));
    came.chain(was.iter().filter(|id| !now.contains(id)).map(|id| (id.as_str(), false)))
}

fn blank(kind: &str, subject: &str, object: &str, at: DateTime<Utc>) -> history::Model {
    history::Model {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        object: object.to_owned(),
        number: 0,
        at: micros(at),
        holds: true,
        name: String::new(),
        email: None,
        grants: "[]".to_owned(),
        ends_at: None,
        department: None,
    }
}

/// Writes what is so from now on, unless it is what was so already.
async fn append(db: &impl ConnectionTrait, row: history::Model) -> Result<()> {
    let last = Entity::find()
        .filter(Column::Kind.eq(&row.kind))
        .filter(Column::Subject.eq(&row.subject))
        .filter(Column::Object.eq(&row.object))
        .order_by_desc(Column::Number)
        .limit(1)
        .one(db)
        .await?;
    let number = last.as_ref().map_or(0, |last| last.number) + 1;
    if last
        .is_some_and(|last| history::Model { number, at: row.at, ..last } == history::Model { number, ..row.clone() })
    {
        return Ok(());
    }
    let row = history::Model { number, ..row };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}
