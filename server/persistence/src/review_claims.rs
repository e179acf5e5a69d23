//! Who has taken what waits for review.

use std::collections::HashMap;

use domain::review::{Claim, Reviewed};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::convert::{from_json, instant, json, micros, word};
use crate::entities::review_claim::{Column, Entity, Model};
use crate::error::Result;

/// Who reviews which of these.
pub async fn of_all(db: &impl ConnectionTrait, wanted: &[Reviewed]) -> Result<HashMap<Reviewed, Claim>> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::Object.is_in(wanted.iter().map(Reviewed::key))).all(db).await?;
    rows.iter().map(|row| to_claim(row).map(|claim| (claim.of.clone(), claim))).collect()
}

/// Writes a claim, in place of somebody else's.
pub async fn save(db: &impl ConnectionTrait, claim: &Claim) -> Result<()> {
    let row = Model {
        object: claim.of.key(),
        actor_id: claim.by.id.clone(),
        actor: json(&claim.by)?,
        since: micros(claim.since),
    };
    let newer =
        OnConflict::column(Column::Object).update_columns([Column::ActorId, Column::Actor, Column::Since]).to_owned();
    Entity::insert(row.into_active_model()).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

/// Ends a claim of somebody; false where they had none.
pub async fn give_up(db: &impl ConnectionTrait, of: &Reviewed, actor_id: &str) -> Result<bool> {
    let mine = Entity::delete_many().filter(Column::Object.eq(of.key())).filter(Column::ActorId.eq(actor_id));
    Ok(mine.exec(db).await?.rows_affected == 1)
}

/// Ends whatever claim there is: it was decided, or is sent anew.
pub async fn end(db: &impl ConnectionTrait, of: &Reviewed) -> Result<()> {
    Entity::delete_many().filter(Column::Object.eq(of.key())).exec(db).await?;
    Ok(())
}

fn to_claim(row: &Model) -> Result<Claim> {
    Ok(Claim {
        of: word(Reviewed::parse(&row.object), &row.object)?,
        by: from_json(&row.actor)?,
        since: instant(row.since)?,
    })
}
