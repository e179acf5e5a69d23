//! Records that somebody is told of: what others did to what they made, and what others left for them.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::bundle::BundleStage;
use domain::event::Record;
use domain::notification::{Concern, NotificationKind, reviews};
use domain::policy::Permission;
use domain::version::VersionState;
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::search::{dataset_within, to_record};
use crate::convert::{is_actor, micros};
use crate::entities::{bundle_team, event, version};
use crate::error::Result;

/// The records by which somebody becomes one of the makers of a thing.
const MADE: &[&str] = &["created", "submitted"];
/// The records by which somebody has a hand in a bundle: its editors, and who approved or scheduled it.
const HANDS: &[&str] = &[
    "created",
    "edited",
    "content_added",
    "content_removed",
    "content_reordered",
    "submitted",
    "approved",
    "scheduled",
    "rescheduled",
];

/// Who is told, and of which records.
#[derive(Clone, Copy, Debug)]
pub struct Concerned<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Only of those after this number.
    pub after: i64,
    /// Of so many at most, the newest.
    pub limit: u64,
}

/// The number of the first record from an instant on; nothing where there is none.
///
/// Records of one kind are found by number, not by time; by this what is too old is left out of the looking at all.
pub async fn first_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<Option<i64>> {
    let query = event::Entity::find().select_only().column(event::Column::Sequence);
    let query = query.filter(event::Column::At.gte(micros(since)));
    let query = query.order_by_asc(event::Column::At).order_by_asc(event::Column::Sequence).limit(1);
    Ok(query.into_tuple().one(db).await?)
}

/// The records that are told for one reason as one of these kinds, the newest first: of what the caller still sees, and did
/// not do.
pub async fn concerning(
    db: &impl ConnectionTrait,
    concerned: &Concerned<'_>,
    concern: Concern,
    kinds: &[NotificationKind],
) -> Result<Vec<Record>> {
    let caller = concerned.caller;
    let of_concern = kinds.iter().filter(|kind| kind.concern() == concern);
    let event_types: Vec<&str> = of_concern.flat_map(|kind| kind.event_types()).copied().collect();
    if event_types.is_empty() {
        return Ok(Vec::new());
    }
    let query = of_types(concerned, concern.resource_type(), &event_types);
    let backend = db.get_database_backend();
    let waits = match concern {
        Concern::VersionWaiting => version_waits(caller),
        _ => visible(caller, Some(BundleStage::ReadyForReview)),
    };
    let query = query.filter(told_to(caller, concern, waits, backend));
    query.all(db).await?.iter().map(to_record).collect()
}

/// Whether somebody is told a record, or was before its bundle went on: what waited for them may wait no more, and an instant
/// may have been moved or have passed. What they do not see any more is none of theirs, nor what they did themselves.
pub async fn has_concerned(db: &impl ConnectionTrait, caller: &Caller, event_id: &str) -> Result<bool> {
    let backend = db.get_database_backend();
    let told = Concern::ALL.into_iter().fold(Condition::any(), |any, concern| {
        let kinds = NotificationKind::ALL.iter().filter(|kind| kind.concern() == concern);
        let event_types = kinds.flat_map(|kind| kind.event_types()).copied();
        let waited = match concern {
            Concern::ComingUp => visible(caller, None).and(is_promised(backend)),
            Concern::VersionWaiting => Expr::value(true),
            _ => visible(caller, None).and(Expr::value(reviews(caller))),
        };
        let of_concern = Condition::all()
            .add(event::Column::ResourceType.eq(concern.resource_type()))
            .add(event::Column::EventType.is_in(event_types))
            .add(told_to(caller, concern, waited, backend));
        any.add(of_concern)
    });
    let query = event::Entity::find_by_id(event_id)
        .select_only()
        .column(event::Column::Sequence)
        .filter(event::Column::ActorId.ne(&caller.actor.id))
        .filter(told);
    Ok(query.into_tuple::<i64>().one(db).await?.is_some())
}

/// Which records are told to somebody for one reason; `waits` says of which bundles or versions that wait for them.
fn told_to(caller: &Caller, concern: Concern, waits: Expr, backend: DbBackend) -> Condition {
    let id = &caller.actor.id;
    let seen = || Condition::all().add(visible(caller, None));
    match concern {
        Concern::OwnVersion => {
            let reach = caller.reach(Permission::DatasetsRead);
            dataset_within(&reach, backend).add(did(id, MADE).or(answers(id)))
        }
        Concern::VersionWaiting => dataset_within(&caller.reach(Permission::VersionsApprove), backend).add(waits),
        Concern::Waiting => Condition::all().add(waits),
        Concern::Asked => Condition::all().add(waits).add(asks(id, backend)),
        Concern::Comment => seen().add(did(id, MADE).or(about_version_of(id, backend))),
        Concern::OwnBundle => seen().add(did(id, MADE).or(moved_of_teams(&caller.teams))),
        Concern::ComingUp => {
            let own = did(id, HANDS);
            seen().add(if reviews(caller) { own.or(waits) } else { own })
        }
        Concern::Operating => Condition::all().add(Expr::value(caller.may(Permission::SystemOperate))),
    }
}

/// Whether the record at hand is about a bundle that somebody sees, at this stage where one is told.
fn visible(caller: &Caller, stage: Option<BundleStage>) -> Expr {
    event::Column::ResourceId.in_subquery(crate::bundles::ids_visible_to(caller, stage))
}

/// Whether the record at hand asks somebody for their review.
fn asks(actor_id: &str, backend: DbBackend) -> Expr {
    let asked = Expr::cust(match backend {
        DbBackend::Sqlite => "json_extract(events.details, '$.asked_id')",
        _ => "events.details::json->>'asked_id'",
    });
    asked.eq(actor_id)
}

/// Whether the reminder at hand is of an instant that the release calendar promises: those are told to whoever reviews, too.
fn is_promised(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::Sqlite => "json_extract(events.details, '$.is_scheduled') = 0",
        _ => "events.details::json->>'is_scheduled' = 'false'",
    })
}

/// The ids of those who have a hand in a bundle, whoever asks.
pub async fn hands_in(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<String>> {
    let query = event::Entity::find()
        .select_only()
        .column(event::Column::ActorId)
        .distinct()
        .filter(event::Column::ResourceType.eq("bundle"))
        .filter(event::Column::ResourceId.eq(bundle_id))
        .filter(event::Column::EventType.is_in(HANDS.iter().copied()));
    Ok(query.into_tuple().all(db).await?)
}

/// The newest records of these types that somebody else wrote.
fn of_types(concerned: &Concerned<'_>, resource_type: &str, event_types: &[&str]) -> Select<event::Entity> {
    event::Entity::find()
        .filter(event::Column::ResourceType.eq(resource_type))
        .filter(event::Column::EventType.is_in(event_types.iter().copied()))
        .filter(event::Column::Sequence.gt(concerned.after))
        .filter(event::Column::ActorId.ne(&concerned.caller.actor.id))
        .order_by_desc(event::Column::Sequence)
        .limit(concerned.limit)
}

/// Whether the version that the record at hand is about still waits, and for somebody else than who edited it last.
fn version_waits(caller: &Caller) -> Expr {
    // As records name a version.
    let reference = Expr::cust("versions.dataset_id || '/' || versions.edition || '/' || versions.number");
    let mut waiting = Query::select();
    waiting.expr(reference).from(version::Entity);
    waiting.and_where(version::Column::State.eq(VersionState::Submitted.as_str()));
    if !caller.approve_own {
        waiting.and_where(is_actor(version::Column::LastEditedBy, &caller.actor.id).not());
    }
    event::Column::ResourceId.in_subquery(waiting)
}

/// Whether the record at hand tells of the instant of a bundle that is shared with one of these teams.
fn moved_of_teams(teams: &[String]) -> Expr {
    let shared = Query::select()
        .column(bundle_team::Column::BundleId)
        .from(bundle_team::Entity)
        .and_where(bundle_team::Column::TeamId.is_in(teams.iter().map(String::as_str)))
        .to_owned();
    let types = NotificationKind::BundleScheduled.event_types();
    let is_moved = event::Column::EventType.is_in(types.iter().copied());
    is_moved.and(event::Column::ResourceId.in_subquery(shared))
}

/// Whether somebody did one of these to what the record at hand is about.
fn did(actor_id: &str, event_types: &[&str]) -> Expr {
    let mine = Alias::new("mine");
    let own = |column: event::Column| Expr::col((mine.clone(), column));
    let of_record = |column: event::Column| Expr::col((event::Entity, column));
    let done = Query::select()
        .expr(Expr::val(1))
        .from_as(event::Entity, mine.clone())
        .and_where(own(event::Column::ResourceType).eq(of_record(event::Column::ResourceType)))
        .and_where(own(event::Column::ResourceId).eq(of_record(event::Column::ResourceId)))
        .and_where(own(event::Column::ActorId).eq(actor_id))
        .and_where(own(event::Column::EventType).is_in(event_types.iter().copied()))
        .to_owned();
    Expr::exists(done)
}

/// Whether the record at hand is a comment on a version on which somebody commented before.
fn answers(actor_id: &str) -> Expr {
    let said = NotificationKind::VersionCommented.event_types();
    let mine = Alias::new("mine");
    let own = |column: event::Column| Expr::col((mine.clone(), column));
    let of_record = |column: event::Column| Expr::col((event::Entity, column));
    let before = Query::select()
        .expr(Expr::val(1))
        .from_as(event::Entity, mine.clone())
        .and_where(own(event::Column::ResourceType).eq(of_record(event::Column::ResourceType)))
        .and_where(own(event::Column::ResourceId).eq(of_record(event::Column::ResourceId)))
        .and_where(own(event::Column::ActorId).eq(actor_id))
        .and_where(own(event::Column::EventType).is_in(said.iter().copied()))
        .and_where(own(event::Column::Sequence).lt(of_record(event::Column::Sequence)))
        .to_owned();
    event::Column::EventType.is_in(said.iter().copied()).and(Expr::exists(before))
}

/// Whether somebody made the version that the comment at hand is about.
fn about_version_of(actor_id: &str, backend: DbBackend) -> Expr {
    let about = Expr::cust(match backend {
        DbBackend::Sqlite => "json_extract(events.details, '$.about')",
        _ => "events.details::json->>'about'",
    });
    let mine = Alias::new("mine");
    let own = |column: event::Column| Expr::col((mine.clone(), column));
    let made = Query::select()
        .expr(own(event::Column::ResourceId))
        .from_as(event::Entity, mine.clone())
        .and_where(own(event::Column::ResourceType).eq("version"))
        .and_where(own(event::Column::ActorId).eq(actor_id))
        .and_where(own(event::Column::EventType).is_in(MADE.iter().copied()))
        .to_owned();
    about.in_subquery(made)
}
