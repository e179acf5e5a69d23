//! Who could see a bundle before its release, and who did.
//!
//! The Code of Practice for Statistics (T3.3 to T3.7, and the Pre-release Access to Official Statistics Orders) asks for
//! such a list of each release: access before publication is limited to those who need it, and is recorded.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::actor::{Actor, ActorKind};
use domain::bundle::{Bundle, ContentItem};
use domain::event::Record;
use domain::policy::{Grant, Permission};
use domain::refusal::Refusal;
use persistence::access::{self, Holder};
use persistence::{bundles, contents, events};
use serde_json::json;

use crate::ctx::forbidden;
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// Why somebody could see a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// By a grant that reaches the bundle or what is in it.
    Grant(Grant),
    /// As a member of a team that may preview it.
    Team(String),
    /// As the one who made it.
    Creator,
    /// By the environment's service token, which may see everything.
    Environment,
}

/// Somebody who could see a bundle before its release, or did.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who.
    pub actor: Actor,
    /// The address of an account.
    pub email: Option<String>,
    /// Why they could; empty for those whose rights have ended since they looked.
    pub reasons: Vec<Reason>,
    /// When they looked and at what, oldest first.
    pub looks: Vec<Record>,
}

/// Everybody who could see the bundle before its release, by name, and when each of them did.
///
/// Rights count as they stand now; of a published bundle those of accounts, tokens and grants that lived at its release.
/// Earlier changes of grants are in the trail itself.
pub async fn access_list(services: &Services, ctx: &Ctx, id: &str) -> Result<(Bundle, Vec<Access>)> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let bundle = bundles::find_visible_to(db, caller, id).await?.ok_or(Refusal::NotFound)?;
    let items = contents::list_of_bundle(db, id).await?;
    let reach = caller.reach(Permission::AuditRead);
    if !caller.may(Permission::AuditRead) || !contents::all_reached(&reach, &items) {
        return Err(forbidden(Permission::AuditRead).into());
    }
    let at = bundle.state.published_at().unwrap_or(ctx.now);
    let mut found: BTreeMap<String, Access> = BTreeMap::new();
    for holder in access::holders_at(db, at).await? {
        let reasons = reasons_of(&holder, &bundle, &items, at);
        if !reasons.is_empty() {
            let Holder { actor, email, .. } = holder;
            found.insert(actor.id.clone(), Access { actor, email, reasons, looks: Vec::new() });
        }
    }
    if services.settings.service_auth_token.is_some() {
        let actor = crate::accounts::environment_actor();
        let reasons = vec![Reason::Environment];
        found.insert(actor.id.clone(), Access { actor, email: None, reasons, looks: Vec::new() });
    }
    for look in events::previews_of(db, id).await? {
        let actor = look.event.actor.clone();
        let none = Access { actor: actor.clone(), email: None, reasons: Vec::new(), looks: Vec::new() };
        found.entry(actor.id).or_insert(none).looks.push(look);
    }
    let mut list: Vec<Access> = found.into_values().collect();
    list.sort_by(|a, b| (&a.actor.name, &a.actor.id).cmp(&(&b.actor.name, &b.actor.id)));
    Ok((bundle, list))
}

/// The same, to be taken away; that is recorded.
pub async fn export_access_list(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    format: &str,
) -> Result<(Bundle, Vec<Access>)> {
    let list = access_list(services, ctx, id).await?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "access_list", resource_id: id };
    let entry = Entry::new(ctx, &ctx.caller()?.actor, about, "exported").details(json!({"format": format}));
    entry.in_bundle(Some(id.to_owned())).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(list)
}

fn reasons_of(holder: &Holder, bundle: &Bundle, items: &[ContentItem], at: DateTime<Utc>) -> Vec<Reason> {
    let live: Vec<&Grant> = holder.grants.iter().filter(|grant| grant.is_live(at)).collect();
    let holds = |permission| live.iter().any(|grant| grant.holds(permission));
    let unlimited = |grant: &Grant| grant.departments.is_empty() && grant.datasets.is_empty();
    let mut reasons: Vec<Reason> = live
        .iter()
        .filter(|grant| grant.holds(Permission::BundlesRead) || grant.holds(Permission::DatasetsRead))
        .filter(|grant| unlimited(grant) || items.iter().any(|item| grant.covers(&item.department, &item.dataset_id)))
        .map(|grant| Reason::Grant((*grant).clone()))
        .collect();
    if holds(Permission::BundlesPreview) {
        let shared = holder.teams.iter().filter(|team| bundle.details.preview_teams.contains(team));
        reasons.extend(shared.cloned().map(Reason::Team));
    }
    let is_creator = holder.actor.id == bundle.created_by.id && holder.actor.kind != ActorKind::System;
    if is_creator && holds(Permission::BundlesRead) {
        reasons.push(Reason::Creator);
    }
    reasons
}
