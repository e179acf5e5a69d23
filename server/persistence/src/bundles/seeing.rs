//! Who sees which bundles, and which of them are asked for.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::bundle::BundleStage;
use domain::policy::{Permission, Reach};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ExprTrait};

use super::BundleFilter;
use crate::convert::{contains, is_actor, micros};
use crate::entities::{bundle, bundle_content, bundle_team, dataset, outbox, version};

/// What a caller may see: all with an unlimited right; else its own and what touches its datasets, each only while
/// everything in it is within reach, for a bundle is seen whole or not at all; and what its teams preview.
pub(super) fn visible(caller: &Caller) -> Condition {
    let reach = caller.reach(Permission::BundlesRead);
    let mut any = Condition::any();
    match reach {
        Reach::All => return Condition::all(),
        Reach::PublishedOnly => {}
        Reach::Limited { departments, datasets, .. } => {
            let within = crate::datasets::within(&departments, &datasets);
            let touching = Expr::exists(contents_where(within.clone()));
            let beyond = Expr::exists(contents_where(within.not()));
            let concerned = Condition::any().add(touching).add(created_by(&caller.actor.id));
            any = any.add(Condition::all().add(concerned).add(beyond.not()));
        }
    }
    if let Some(preview) = caller.previews() {
        let mut shared = Condition::all().add(bundle::Column::Id.in_subquery(crate::previews::bundles(&preview)));
        if !preview.is_unlimited() {
            let within = crate::datasets::within(&preview.departments, &preview.datasets);
            shared = shared.add(Expr::exists(contents_where(within.not())).not());
        }
        any = any.add(shared);
    }
    if any.is_empty() { any.add(Expr::value(1).eq(2)) } else { any }
}

/// The items of the bundle at hand whose datasets are such.
fn contents_where(dataset_is: Condition) -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(bundle_content::Entity)
        .inner_join(
            version::Entity,
            Expr::col((version::Entity, version::Column::Id))
                .equals((bundle_content::Entity, bundle_content::Column::VersionId)),
        )
        .inner_join(
            dataset::Entity,
            Expr::col((dataset::Entity, dataset::Column::Id)).equals((version::Entity, version::Column::DatasetId)),
        )
        .and_where(
            Expr::col((bundle_content::Entity, bundle_content::Column::BundleId))
                .equals((bundle::Entity, bundle::Column::Id)),
        )
        .cond_where(dataset_is)
        .to_owned()
}

/// Whether somebody made the bundle or changed it last.
pub(super) fn in_the_hands_of(actor_id: &str) -> Condition {
    crate::convert::in_the_hands_of(bundle::Column::CreatedBy, bundle::Column::LastEditedBy, actor_id)
}

/// Whether somebody made the bundle.
fn created_by(actor_id: &str) -> Expr {
    is_actor(bundle::Column::CreatedBy, actor_id)
}

pub(super) fn matching(filter: &BundleFilter) -> Condition {
    let mut all = Condition::all();
    if !filter.stages.is_empty() {
        all = all.add(bundle::Column::State.is_in(filter.stages.iter().map(|s| s.as_str())));
    }
    if let Some(kind) = filter.kind {
        all = all.add(bundle::Column::Kind.eq(kind.as_str()));
    }
    if let Some(title) = &filter.title {
        all = all.add(contains(bundle::Column::Title, title));
    }
    if let Some(from) = filter.from {
        let by_hand = bundle::Column::PublishedAt.gte(micros(from));
        all = all.add(due_or_by_hand(bundle::Column::PublicationDate.gte(micros(from)), by_hand));
    }
    if let Some(to) = filter.to {
        let by_hand = bundle::Column::PublishedAt.lte(micros(to));
        all = all.add(due_or_by_hand(bundle::Column::PublicationDate.lte(micros(to)), by_hand));
    }
    if let Some(team) = &filter.team {
        let shared = Query::select()
            .column(bundle_team::Column::BundleId)
            .from(bundle_team::Entity)
            .and_where(bundle_team::Column::TeamId.eq(team))
            .to_owned();
        all = all.add(bundle::Column::Id.in_subquery(shared));
    }
    if let Some(department) = &filter.department {
        let within = Condition::all().add(dataset::Column::Department.eq(department));
        all = all.add(Expr::exists(contents_where(within)));
    }
    if let Some(owner) = &filter.owner {
        all = all.add(created_by(owner));
    }
    if let Some(actor) = &filter.in_the_hands_of {
        all = all.add(in_the_hands_of(actor));
    }
    if let Some(now) = filter.needing_somebody {
        all = all.add(needing_somebody(now));
    }
    all
}

/// What the runbook's root causes can be found in: every publication that failed, stopped halfway, was missed or is owed for.
fn needing_somebody(now: DateTime<Utc>) -> Condition {
    let stage = |stage: BundleStage| bundle::Column::State.eq(stage.as_str());
    let overdue =
        Condition::all().add(stage(BundleStage::Scheduled)).add(bundle::Column::PublicationDate.lt(micros(now)));
    let given_up = Query::select()
        .column(outbox::Column::BundleId)
        .from(outbox::Entity)
        .and_where(outbox::Column::FinishedAt.is_null())
        .and_where(outbox::Column::GivenUpAt.is_not_null())
        .and_where(outbox::Column::BundleId.is_not_null())
        .to_owned();
    Condition::any()
        .add(stage(BundleStage::Failed))
        .add(stage(BundleStage::Publishing))
        .add(overdue)
        .add(bundle::Column::Id.in_subquery(given_up))
}

/// A bundle without an instant counts by when it was published by hand.
fn due_or_by_hand(due: Expr, published: Expr) -> Condition {
    let by_hand = Condition::all().add(bundle::Column::PublicationDate.is_null()).add(published);
    Condition::any().add(due).add(by_hand)
}
