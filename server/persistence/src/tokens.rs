//! Service tokens: kept by the hash of their secret.

use chrono::{DateTime, TimeDelta, Utc};
use domain::page::{Page, Paging};
use domain::people::ServiceToken;
use domain::policy::Grant;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access;
use crate::convert::{contains, from_json, instant, json, maybe_instant, micros};
use crate::entities::service_token;
use crate::error::Result;

/// How long a token's last use is taken to be known: no more than one write a minute.
const USE_KNOWN_FOR: TimeDelta = TimeDelta::minutes(1);

/// Adds a token by the hash of its secret.
pub async fn insert(db: &impl ConnectionTrait, token: &ServiceToken, token_hash: &str) -> Result<()> {
    let row = service_token::Model {
        id: token.id.clone(),
        name: token.name.clone(),
        token_hash: token_hash.to_owned(),
        grants: json(&token.grants)?,
        approve_own: token.approve_own,
        created_at: micros(token.created_at),
        expires_at: token.expires_at.map(micros),
        last_used_at: token.last_used_at.map(micros),
        revoked_at: token.revoked_at.map(micros),
        revision: token.revision,
        owner_id: token.owner_id.clone(),
    };
    service_token::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    access::note_token(db, token, token.created_at).await
}

/// The live token with this hash.
pub async fn find_live(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<ServiceToken>> {
    let row = service_token::Entity::find()
        .filter(service_token::Column::TokenHash.eq(token_hash))
        .filter(live(now))
        .one(db)
        .await?;
    row.map(to_token).transpose()
}

/// The name of the token whose secret's hash begins so, live or not.
pub async fn name_by_hash(db: &impl ConnectionTrait, beginning: &str) -> Result<Option<String>> {
    let name = service_token::Entity::find()
        .select_only()
        .column(service_token::Column::Name)
        .filter(service_token::Column::TokenHash.starts_with(beginning))
        .into_tuple::<String>()
        .one(db)
        .await?;
    Ok(name)
}

/// The token with this id, live or not.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<ServiceToken>> {
    service_token::Entity::find_by_id(id).one(db).await?.map(to_token).transpose()
}

/// A page of the tokens, the newest first: of those whose name holds a text, and of the live or the ended alone.
pub async fn page(
    db: &impl ConnectionTrait,
    name: Option<&str>,
    live_at: Option<(DateTime<Utc>, bool)>,
    paging: Paging,
) -> Result<Page<ServiceToken>> {
    let mut query = service_token::Entity::find();
    if let Some(text) = name {
        query = query.filter(contains(service_token::Column::Name, text));
    }
    if let Some((now, is_live)) = live_at {
        query = query.filter(if is_live { live(now) } else { live(now).not() });
    }
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(service_token::Column::CreatedAt)
        .order_by_desc(service_token::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.into_iter().map(to_token).collect::<Result<_>>()?, total, paging))
}

/// The tokens that somebody made for themselves, the newest first.
pub async fn list_of_owner(db: &impl ConnectionTrait, owner_id: &str) -> Result<Vec<ServiceToken>> {
    let rows = service_token::Entity::find()
        .filter(service_token::Column::OwnerId.eq(owner_id))
        .order_by_desc(service_token::Column::CreatedAt)
        .order_by_desc(service_token::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_token).collect()
}

/// All live tokens.
pub async fn list_live(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<ServiceToken>> {
    let rows = service_token::Entity::find().filter(live(now)).order_by_asc(service_token::Column::Id).all(db).await?;
    rows.into_iter().map(to_token).collect()
}

/// Notes that a token was used, unless that is known well enough already.
pub async fn note_use(db: &impl ConnectionTrait, token: &ServiceToken, now: DateTime<Utc>) -> Result<()> {
    if token.last_used_at.is_some_and(|last| now - last < USE_KNOWN_FOR) {
        return Ok(());
    }
    service_token::Entity::update_many()
        .col_expr(service_token::Column::LastUsedAt, Expr::value(micros(now)))
        .filter(service_token::Column::Id.eq(&token.id))
        .filter(
            Condition::any()
                .add(service_token::Column::LastUsedAt.is_null())
                .add(service_token::Column::LastUsedAt.lte(micros(now - USE_KNOWN_FOR))),
        )
        .exec(db)
        .await?;
    Ok(())
}

/// Replaces what a token was granted if the revision still holds; false where somebody was faster.
pub async fn save_grants(
    db: &impl ConnectionTrait,
    token: &ServiceToken,
    grants: &[Grant],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = service_token::Entity::update_many()
        .col_expr(service_token::Column::Grants, Expr::value(json(&grants)?))
        .col_expr(service_token::Column::Revision, Expr::value(token.revision + 1))
        .filter(service_token::Column::Id.eq(&token.id))
        .filter(service_token::Column::Revision.eq(token.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        access::note_token(db, &ServiceToken { grants: grants.to_vec(), ..token.clone() }, now).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Ends a token by id, or those of the office by name; the ids of the tokens ended.
pub async fn revoke(db: &impl ConnectionTrait, id_or_name: &str, now: DateTime<Utc>) -> Result<Vec<String>> {
    // What people call their own tokens is their own affair, and may be what another is called.
    let of_office =
        Condition::all().add(service_token::Column::Name.eq(id_or_name)).add(service_token::Column::OwnerId.is_null());
    let named = Condition::any().add(service_token::Column::Id.eq(id_or_name)).add(of_office);
    let ids: Vec<String> = service_token::Entity::find()
        .select_only()
        .column(service_token::Column::Id)
        .filter(named)
        .filter(service_token::Column::RevokedAt.is_null())
        .order_by_asc(service_token::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    service_token::Entity::update_many()
        .col_expr(service_token::Column::RevokedAt, Expr::value(micros(now)))
        .col_expr(service_token::Column::Revision, Expr::col(service_token::Column::Revision).add(1))
        .filter(service_token::Column::Id.is_in(&ids))
        .filter(service_token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    for row in service_token::Entity::find().filter(service_token::Column::Id.is_in(&ids)).all(db).await? {
        access::note_token(db, &to_token(row)?, now).await?;
    }
    Ok(ids)
}

fn live(now: DateTime<Utc>) -> Condition {
    let lasting = Condition::any()
        .add(service_token::Column::ExpiresAt.is_null())
        .add(service_token::Column::ExpiresAt.gt(micros(now)));
    Condition::all().add(service_token::Column::RevokedAt.is_null()).add(lasting)
}

fn to_token(row: service_token::Model) -> Result<ServiceToken> {
    Ok(ServiceToken {
        grants: from_json(&row.grants)?,
        created_at: instant(row.created_at)?,
        expires_at: maybe_instant(row.expires_at)?,
        last_used_at: maybe_instant(row.last_used_at)?,
        revoked_at: maybe_instant(row.revoked_at)?,
        id: row.id,
        name: row.name,
        approve_own: row.approve_own,
        revision: row.revision,
        owner_id: row.owner_id,
    })
}
