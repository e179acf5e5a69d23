//! Service tokens: shown once, kept as a hash.

use chrono::{DateTime, Utc};
use domain::policy::{Grant, Permission};
use domain::refusal::all_valid;
use domain::text::check_line;
use persistence::accounts::{self, ServiceToken};
use rand::{RngCore, TryRngCore};

use super::authenticate::hash_of;
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids};

/// A token to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// Whether four eyes are waived for it.
    pub approve_own: bool,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a token and returns its secret, which is never shown again.
pub async fn create_token(services: &Services, ctx: &Ctx, new: NewToken) -> Result<(ServiceToken, String)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = Vec::new();
    check_line(&mut problems, "name", &new.name, 200);
    all_valid(problems)?;
    let secret = format!("cat_{}", secret());
    let token = ServiceToken {
        id: ids::new_id(ctx.now),
        name: new.name,
        grants: new.grants,
        approve_own: new.approve_own,
        created_at: ctx.now,
        expires_at: new.expires_at,
    };
    let tx = services.db.begin().await?;
    accounts::insert_token(&tx, &token, &hash_of(&secret)).await?;
    let about = About { resource_type: "service_token", resource_id: &token.id };
    let after = serde_json::json!({
        "name": token.name,
        "grants": token.grants,
        "approve_own": token.approve_own,
        "expires_at": token.expires_at,
    });
    records::change(&tx, ctx, by, about, "created", &(), &after).await?;
    persistence::db::commit(tx).await?;
    Ok((token, secret))
}

/// Ends a token by id or name; the number of tokens ended.
pub async fn revoke_token(services: &Services, ctx: &Ctx, id_or_name: &str) -> Result<u64> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let ended = accounts::revoke_token(&tx, id_or_name, ctx.now).await?;
    if ended > 0 {
        let about = About { resource_type: "service_token", resource_id: id_or_name };
        let live = |is_live: bool| serde_json::json!({"live": is_live});
        records::change(&tx, ctx, by, about, "revoked", &live(true), &live(false)).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(ended)
}

/// 256 random bits as text that needs no escaping.
pub(super) fn secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.unwrap_err().fill_bytes(&mut bytes);
    hex::encode(bytes)
}
