//! Records of signing in.

use domain::account::Passkey;
use domain::actor::{Actor, ActorKind};
use domain::people::User;
use domain::text::check_email;
use persistence::Tx;

use crate::Ctx;
use crate::records::{self, Entry};

/// Who acts where nobody has shown yet who it is.
fn nobody() -> Actor {
    Actor { id: "anonymous".to_owned(), name: "Somebody not signed in".to_owned(), kind: ActorKind::User }
}

fn as_actor(user: &User) -> Actor {
    Actor { id: user.id.clone(), name: user.name.clone(), kind: ActorKind::User }
}

/// Records that somebody signed in; `method` is `password`, `oidc` and the like.
pub(crate) fn succeeded(tx: &Tx, ctx: &Ctx, user: &User, method: &str) {
    let actor = as_actor(user);
    let entry = Entry::new(ctx, &actor, records::user(&user.id), "signed_in");
    entry.details(serde_json::json!({"method": method})).write(tx);
}

/// Records that tries are refused for their number, whatever they are; `subject` says of what, by whom or from where.
///
/// An address is kept only where it can be no password.
pub(crate) fn throttled(tx: &Tx, ctx: &Ctx, subject: &str) {
    let by = ctx.caller.as_ref().map_or_else(nobody, |caller| caller.actor.clone());
    let mut problems = Vec::new();
    let kept = subject.split_once(" to ").map_or(subject, |(what, email)| {
        check_email(&mut problems, "email", email);
        if problems.is_empty() { subject } else { what }
    });
    let about = records::About { resource_type: "throttle", resource_id: kept };
    Entry::new(ctx, &by, about, "attempts_refused").write(tx);
}

/// Records that somebody who had shown who they are by something else was not let in: at the second step, or after `method` vouched for
/// them.
pub(crate) fn turned_away(tx: &Tx, ctx: &Ctx, user: &User, method: &str) {
    let nobody = nobody();
    let entry = Entry::new(ctx, &nobody, records::user(&user.id), "sign_in_failed");
    entry.details(serde_json::json!({"method": method})).write(tx);
}

/// Records that a passkey of somebody had signed less often than it had before, so that there may be a copy of it.
pub(crate) fn counted_back(tx: &Tx, ctx: &Ctx, user: &User, passkey: &Passkey) {
    let nobody = nobody();
    let entry = Entry::new(ctx, &nobody, records::user(&user.id), "passkey_counted_back");
    entry.details(serde_json::json!({"passkey": passkey.id, "name": passkey.name})).write(tx);
}

/// Records that somebody could not sign in; what was typed is kept only where it can be no password.
pub(crate) fn failed(tx: &Tx, ctx: &Ctx, known: Option<&User>, email: &str) {
    let mut problems = Vec::new();
    check_email(&mut problems, "email", email);
    let details = if problems.is_empty() { serde_json::json!({"email": email}) } else { serde_json::json!({}) };
    let about = records::user(known.map_or("unknown", |user| user.id.as_str()));
    Entry::new(ctx, &nobody(), about, "sign_in_failed").details(details).write(tx);
}
