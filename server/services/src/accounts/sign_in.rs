//! Signing in with address and password.

use chrono::Duration;
use domain::people::{MAX_PASSWORD, User};
use domain::refusal::Refusal;
use persistence::accounts;

use super::{attempts, passwords};
use crate::{Ctx, Result, Services};

/// Failures in a row that are free of waiting.
const FREE_FAILURES: i64 = 5;
/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 900;

/// Signs somebody in, or refuses in the same words and time whatever is wrong; too many failures make it wait.
pub async fn sign_in(services: &Services, ctx: &Ctx, email: &str, password: &str) -> Result<User> {
    let email = email.trim().to_lowercase();
    if password.chars().count() > MAX_PASSWORD || email.len() > 254 {
        return Err(wrong().into());
    }
    let db = services.db.pool();
    let before = accounts::sign_in_failures(db, &email).await?;
    if let Some((_, until)) = before.filter(|(_, until)| *until > ctx.now) {
        let seconds = (until - ctx.now).num_seconds().max(1);
        return Err(Refusal::TooMany { seconds: u64::try_from(seconds).unwrap_or(1) }.into());
    }
    let found = accounts::find_user_by_email(db, &email).await?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    let fits = passwords::verify(password.to_owned(), hash).await?;
    let known = user.clone();
    match user.filter(|user| fits && !user.disabled) {
        Some(user) => {
            let tx = services.db.begin().await?;
            if before.is_some() {
                accounts::note_sign_in(&tx, &email, None).await?;
            }
            attempts::succeeded(&tx, ctx, &user, "password");
            persistence::db::commit(tx).await?;
            tracing::info!(user.id = %user.id, "signed in");
            Ok(user)
        }
        None => {
            let failures = before.map_or(0, |(failures, _)| failures) + 1;
            let over = u32::try_from(failures - FREE_FAILURES).unwrap_or(0);
            let wait = if over == 0 { 0 } else { (1_i64 << over.min(10)).min(LONGEST_WAIT) };
            let tx = services.db.begin().await?;
            accounts::note_sign_in(&tx, &email, Some((failures, ctx.now + Duration::seconds(wait)))).await?;
            attempts::failed(&tx, ctx, known.as_ref(), &email);
            persistence::db::commit(tx).await?;
            tracing::warn!(failures, "sign-in refused");
            Err(wrong().into())
        }
    }
}

fn wrong() -> Refusal {
    Refusal::field("password", "wrong", "The e-mail address or the password is not right. Check both and try again.")
}
