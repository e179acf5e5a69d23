//! Service tokens: shown once, kept as a hash.

use chrono::{DateTime, Utc};
use domain::page::{Page, Paging};
use domain::people::ServiceToken;
use domain::policy::{Grant, Permission};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::check_line;
use persistence::tokens;
use rand::{RngCore, TryRngCore};

use super::authenticate::hash_of;
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids, rights};

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
    create_token_unless(services, ctx, new, Vec::new()).await
}

/// The same for a request in which something was found wrong already.
pub async fn create_token_unless(
    services: &Services,
    ctx: &Ctx,
    new: NewToken,
    found: Vec<FieldProblem>,
) -> Result<(ServiceToken, String)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = found;
    check_line(&mut problems, "name", &new.name, 200);
    if new.grants.is_empty() && problems.iter().all(|problem| !problem.field.starts_with("grants")) {
        problems.push(FieldProblem::required("grants"));
    }
    if new.expires_at.is_some_and(|end| end <= ctx.now) {
        let message = "Give an end in the future, or leave it out.";
        problems.push(FieldProblem::new("expires_at", "in_the_past", message));
    }
    problems.extend(rights::problems_of(services, "grants", &new.grants, &[], ctx.now).await?);
    all_valid(problems)?;
    let secret = format!("cat_{}", secret());
    let token = ServiceToken {
        id: ids::new_id(ctx.now),
        name: new.name,
        grants: rights::with_ids(ctx, new.grants, &[]),
        approve_own: new.approve_own,
        owner_id: None,
        created_at: ctx.now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        revision: 1,
    };
    let tx = services.db.begin().await?;
    tokens::insert(&tx, &token, &hash_of(&secret)).await?;
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

/// A page of the tokens, the newest first; only those whose name holds a text, and only the live or the ended, if asked.
pub async fn list_tokens(
    services: &Services,
    ctx: &Ctx,
    name: Option<&str>,
    live: Option<bool>,
    paging: Paging,
) -> Result<Page<ServiceToken>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(tokens::page(services.db.pool(), name, live.map(|live| (ctx.now, live)), paging).await?)
}

/// The token with this id.
pub async fn find_token(services: &Services, ctx: &Ctx, id: &str) -> Result<ServiceToken> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(tokens::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?)
}

/// Ends a token by id or name; the number of tokens ended.
pub async fn revoke_token(services: &Services, ctx: &Ctx, id_or_name: &str) -> Result<usize> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let ended = tokens::revoke(&tx, id_or_name, ctx.now).await?;
    for id in &ended {
        let about = About { resource_type: "service_token", resource_id: id };
        let live = |is_live: bool| serde_json::json!({"live": is_live});
        records::change(&tx, ctx, by, about, "revoked", &live(true), &live(false)).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(ended.len())
}

/// 256 random bits as text that needs no escaping.
pub(super) fn secret() -> String {
    hex::encode(secret_bytes())
}

/// 256 random bits.
pub(crate) fn secret_bytes() -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.unwrap_err().fill_bytes(&mut bytes);
    bytes
}
