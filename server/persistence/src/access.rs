//! Everybody who holds rights: people and service tokens.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::actor::{Actor, ActorKind};
use domain::policy::Grant;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use crate::convert::{from_json, micros};
use crate::entities::{service_token, team, team_member, user};
use crate::error::Result;

/// Somebody with grants.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who.
    pub actor: Actor,
    /// The address of an account.
    pub email: Option<String>,
    /// What was granted, to its teams too, ended grants included.
    pub grants: Vec<Grant>,
    /// The teams of an account.
    pub teams: Vec<String>,
}

/// The accounts and tokens that were there at `at`, of accounts those that are not disabled.
pub async fn holders_at(db: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<Vec<Holder>> {
    let at = micros(at);
    let memberships = team_member::Entity::find().all(db).await?;
    let mut of_teams: HashMap<String, Vec<Grant>> = HashMap::new();
    for row in team::Entity::find().all(db).await? {
        of_teams.insert(row.id, from_json(&row.grants)?);
    }
    let users = user::Entity::find()
        .filter(user::Column::CreatedAt.lte(at))
        .filter(user::Column::Disabled.eq(false))
        .all(db)
        .await?;
    let mut holders = Vec::with_capacity(users.len());
    for row in users {
        let teams: Vec<String> =
            memberships.iter().filter(|m| m.user_id == row.id).map(|m| m.team_id.clone()).collect();
        let mut grants: Vec<Grant> = from_json(&row.grants)?;
        grants.extend(teams.iter().filter_map(|id| of_teams.get(id)).flatten().cloned());
        holders.push(Holder {
            grants,
            actor: Actor { id: row.id, name: row.name, kind: ActorKind::User },
            email: Some(row.email),
            teams,
        });
    }
    let after = |column: service_token::Column| Condition::any().add(column.is_null()).add(column.gt(at));
    let tokens = service_token::Entity::find()
        .filter(service_token::Column::CreatedAt.lte(at))
        .filter(after(service_token::Column::RevokedAt))
        .filter(after(service_token::Column::ExpiresAt))
        .all(db)
        .await?;
    for row in tokens {
        holders.push(Holder {
            grants: from_json(&row.grants)?,
            actor: Actor { id: row.id, name: row.name, kind: ActorKind::Service },
            email: None,
            teams: Vec::new(),
        });
    }
    Ok(holders)
}
