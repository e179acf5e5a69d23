//! People as an OpenID provider knows them: which account is whose, and what their groups grant.

use chrono::{DateTime, Utc};
use domain::policy::Grant;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::convert::{from_json, json, micros};
use crate::entities::identity;
use crate::error::Result;

/// Somebody of an OpenID provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's address.
    pub issuer: String,
    /// The provider's own id of the person.
    pub subject: String,
    /// Our account.
    pub user_id: String,
    /// What the person's groups grant.
    pub grants: Vec<Grant>,
}

/// Adds somebody or replaces what is known of them.
pub async fn save(db: &impl ConnectionTrait, identity: &Identity, now: DateTime<Utc>) -> Result<()> {
    let row = identity::Model {
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        user_id: identity.user_id.clone(),
        grants: json(&identity.grants)?,
        seen_at: micros(now),
    };
    identity::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([identity::Column::Issuer, identity::Column::Subject])
                .update_columns([identity::Column::UserId, identity::Column::Grants, identity::Column::SeenAt])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    crate::access::note_identity(db, identity, now).await
}

/// Somebody by the provider's id.
pub async fn find(db: &impl ConnectionTrait, issuer: &str, subject: &str) -> Result<Option<Identity>> {
    let key = (issuer.to_owned(), subject.to_owned());
    identity::Entity::find_by_id(key).one(db).await?.map(to_identity).transpose()
}

/// Everything that providers know of an account.
pub async fn of_user(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<Identity>> {
    let rows = identity::Entity::find().filter(identity::Column::UserId.eq(user_id)).all(db).await?;
    rows.into_iter().map(to_identity).collect()
}

/// Everybody whom providers know.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Identity>> {
    identity::Entity::find().all(db).await?.into_iter().map(to_identity).collect()
}

fn to_identity(row: identity::Model) -> Result<Identity> {
    Ok(Identity { grants: from_json(&row.grants)?, issuer: row.issuer, subject: row.subject, user_id: row.user_id })
}
