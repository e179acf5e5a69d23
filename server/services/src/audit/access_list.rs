//! Who could see a bundle before its release, from when until when, and who did.
//!
//! The Code of Practice for Statistics (T3.3 to T3.7, and the Pre-release Access to Official Statistics Orders) asks for
//! such a list of each release: access before publication is limited to those who need it, and is recorded. Rights count
//! as they were held then, by the history that every change of them leaves (docs/adr/0019).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::bundle::Bundle;
use domain::event::Record;
use domain::policy::{Grant, Permission};
use domain::refusal::Refusal;
use persistence::access::{self, BundleHistory, Held, Holder, Holders};
use persistence::{bundles, contents, events};
use serde_json::json;

use super::spans::{Span, Spans};
use crate::ctx::forbidden;
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// Why somebody could see a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// By a grant that reached the bundle or what was in it.
    Grant(Grant),
    /// As a member of a team that might preview it.
    Team(String),
    /// As the one who made it.
    Creator,
    /// By the environment's service token, which may see everything.
    Environment,
}

/// Why and from when until when somebody could see a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Why.
    pub reason: Reason,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when; nothing where it still is so.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody who could see a bundle before its release, or did.
#[derive(Clone, Debug)]
pub struct Insider {
    /// Who, by the name of the last time that they could.
    pub actor: Actor,
    /// The address of an account.
    pub email: Option<String>,
    /// Why they could and when, the earliest first; empty for those who looked before rights left a history.
    pub access: Vec<Access>,
    /// When they looked and at what, oldest first.
    pub looks: Vec<Record>,
}

/// Everybody who could see the bundle at any time between its beginning and its publication or now, by name, and when
/// each of them did.
pub async fn access_list(services: &Services, ctx: &Ctx, id: &str) -> Result<(Bundle, Vec<Insider>)> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let bundle = bundles::find_visible_to(db, caller, id).await?.ok_or(Refusal::NotFound)?;
    let items = contents::list_of_bundle(db, id).await?;
    let reach = caller.reach(Permission::AuditRead);
    if !caller.may(Permission::AuditRead) || !contents::all_reached(&reach, &items) {
        return Err(forbidden(Permission::AuditRead).into());
    }
    // What holds now holds beyond this instant, so the present one is looked at too.
    let now = ctx.now + chrono::TimeDelta::microseconds(1);
    let published = bundle.state.published_at();
    let whole = (bundle.created_at, published.unwrap_or(now));
    let until = |end: DateTime<Utc>| published.or_else(|| (end < now).then_some(end)).map(|_| end);
    let told = |reason: &Reason, (from, end): Span| Access { reason: reason.clone(), from, until: until(end) };

    let scene = Scene { whole, bundle: &bundle, history: access::of_bundle(db, id).await? };
    let people = access::holders_until(db, whole.1).await?;
    let mut found: BTreeMap<String, Insider> = BTreeMap::new();
    for holder in &people.holders {
        let spans = scene.reasons_of(holder, &people);
        let mut access: Vec<Access> =
            spans.iter().flat_map(|(reason, spans)| spans.clone().into_iter().map(|span| told(reason, span))).collect();
        access.sort_by_key(|access| access.from);
        if let (false, Some(last)) = (access.is_empty(), holder.held.iter().rev().find_map(|since| since.held.as_ref()))
        {
            let Held { name, email, .. } = last.clone();
            let actor = Actor { id: holder.id.clone(), name, kind: holder.kind };
            found.insert(holder.id.clone(), Insider { actor, email, access, looks: Vec::new() });
        }
    }
    if services.settings.service_auth_token.is_some() {
        let actor = crate::accounts::environment_actor();
        let access = vec![told(&Reason::Environment, whole)];
        found.insert(actor.id.clone(), Insider { actor, email: None, access, looks: Vec::new() });
    }
    for look in events::previews_of(db, id).await? {
        let actor = look.event.actor.clone();
        let none = Insider { actor: actor.clone(), email: None, access: Vec::new(), looks: Vec::new() };
        found.entry(actor.id).or_insert(none).looks.push(look);
    }
    let mut list: Vec<Insider> = found.into_values().collect();
    list.sort_by(|a, b| (&a.actor.name, &a.actor.id).cmp(&(&b.actor.name, &b.actor.id)));
    Ok((bundle, list))
}

/// The same, to be taken away; that is recorded.
pub async fn export_access_list(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    format: &str,
) -> Result<(Bundle, Vec<Insider>)> {
    let list = access_list(services, ctx, id).await?;
    let tx = services.db.begin().await?;
    let about = About { resource_type: "access_list", resource_id: id };
    let entry = Entry::new(ctx, &ctx.caller()?.actor, about, "exported").details(json!({"format": format}));
    entry.in_bundle(Some(id.to_owned())).write(&tx);
    persistence::db::commit(tx).await?;
    Ok(list)
}

/// The bundle from its beginning to its publication, or until now.
struct Scene<'a> {
    whole: Span,
    bundle: &'a Bundle,
    history: BundleHistory,
}

impl Scene<'_> {
    /// Why somebody could see the bundle or what was in it, and when: grants in the order in which they came.
    fn reasons_of(&self, holder: &Holder, people: &Holders) -> Vec<(Reason, Spans)> {
        let granted = self.grants_of(holder, people);
        let held = |permission: Permission| {
            let of = granted.iter().filter(move |(grant, _)| grant.holds(permission));
            of.fold(Spans::default(), |all, (grant, spans)| all.or(&spans.and(&self.reached_by(grant))))
        };
        let mut reasons: Vec<(Reason, Spans)> = granted
            .iter()
            .filter(|(grant, _)| grant.holds(Permission::BundlesRead) || grant.holds(Permission::DatasetsRead))
            .map(|(grant, spans)| (Reason::Grant(grant.clone()), spans.and(&self.reached_by(grant))))
            .collect();
        let previews = held(Permission::BundlesPreview);
        for (team, member) in &holder.teams {
            let shared = self.history.teams.get(team).map(|shared| Spans::while_held(shared, self.whole, |()| true));
            let member = Spans::while_held(member, self.whole, |()| true);
            reasons.push((Reason::Team(team.clone()), previews.and(&member).and(&shared.unwrap_or_default())));
        }
        if holder.id == self.bundle.created_by.id {
            let may_read = granted.iter().filter(|(grant, _)| grant.holds(Permission::BundlesRead));
            let may_read = may_read.fold(Spans::default(), |all, (_, spans)| all.or(spans));
            reasons.push((Reason::Creator, may_read));
        }
        reasons.retain(|(_, spans)| !spans.is_empty());
        reasons
    }

    /// Every grant that somebody ever held, on their own, through a team or a provider's group, and when they could use it.
    fn grants_of(&self, holder: &Holder, people: &Holders) -> Vec<(Grant, Spans)> {
        let within = |history| Spans::while_held(history, self.whole, |_: &Held| true);
        let open = within(&holder.held);
        let mut found: Vec<(Grant, Spans)> = Vec::new();
        let mut note = |grant: &Grant, spans: Spans| {
            // An id or an end that was moved makes no other right of it.
            let plain = Grant { id: None, ..grant.clone() };
            let end = grant.expires_at.unwrap_or(self.whole.1);
            let spans = spans.and(&Spans::of(self.whole.0, end));
            match found.iter_mut().find(|(known, _)| *known == plain) {
                Some((_, all)) => *all = all.or(&spans),
                None => found.push((plain, spans)),
            }
        };
        for held in distinct(holder.held.iter().filter_map(|since| since.held.as_ref()).flat_map(|held| &held.grants)) {
            let has = |state: &Held| state.grants.contains(held);
            let live = Spans::while_held(&holder.held, self.whole, has);
            note(held, live.and(&self.before_the_end(holder)));
        }
        let of_teams = holder.teams.iter().filter_map(|(id, member)| Some((member, people.teams.get(id)?)));
        for (member, team) in of_teams {
            let member = Spans::while_held(member, self.whole, |()| true).and(&open);
            for held in distinct(team.iter().filter_map(|since| since.held.as_ref()).flatten()) {
                let granted = Spans::while_held(team, self.whole, |grants: &Vec<Grant>| grants.contains(held));
                note(held, granted.and(&member));
            }
        }
        for groups in &holder.of_groups {
            for held in distinct(groups.iter().filter_map(|since| since.held.as_ref()).flatten()) {
                let granted = Spans::while_held(groups, self.whole, |grants: &Vec<Grant>| grants.contains(held));
                note(held, granted.and(&open));
            }
        }
        found
    }

    /// While a token has not come to its end, which is fixed when it is made.
    fn before_the_end(&self, holder: &Holder) -> Spans {
        let end = holder.held.iter().filter_map(|since| since.held.as_ref()).find_map(|held| held.ends_at);
        Spans::of(self.whole.0, end.unwrap_or(self.whole.1).min(self.whole.1))
    }

    /// While the bundle, or something in it, was within the limits of a grant.
    fn reached_by(&self, grant: &Grant) -> Spans {
        if grant.is_unlimited() {
            return Spans::of(self.whole.0, self.whole.1);
        }
        self.history.items.values().fold(Spans::default(), |all, item| {
            let covered = Spans::while_held(item, self.whole, |i| grant.covers(&i.department, &i.dataset_id));
            all.or(&covered)
        })
    }
}

/// Each of the grants once.
fn distinct<'a>(grants: impl Iterator<Item = &'a Grant>) -> Vec<&'a Grant> {
    let mut all: Vec<&Grant> = Vec::new();
    for grant in grants {
        if !all.contains(&grant) {
            all.push(grant);
        }
    }
    all
}
