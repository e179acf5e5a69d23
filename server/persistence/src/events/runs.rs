//! How publications ended, as the trail keeps it for good.

use domain::actor::Caller;
use domain::event::Event;
use domain::page::{Page, Paging};
use domain::policy::{Permission, Reach};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::to_event;
use crate::entities::event;
use crate::error::Result;

/// The records with which publications of bundles ended, word for word as the index of them has it: SQLite leaves the index alone
/// where a value of its condition comes with the question.
const ENDS: &str = "resource_type = 'bundle' AND event_type IN ('failed', 'published')";

/// A page of the records with which publications of bundles ended that the caller may see, the newest first; `ends` are those of
/// the kinds `failed` and `published` that are asked for.
///
/// Each kind is read for itself, in the order of its index and no further than the page reaches: of several kinds at once the
/// databases read all and sort.
pub async fn ends_of_publications(
    db: &impl ConnectionTrait,
    caller: &Caller,
    ends: &[&str],
    paging: Paging,
) -> Result<Page<Event>> {
    let reached = u64::from(paging.offset) + u64::from(paging.limit);
    let (mut total, mut numbers) = (0, Vec::new());
    for end in ends {
        let query = visible_ends(caller, end);
        total += query.clone().count(db).await?;
        let newest: Vec<i64> = query
            .select_only()
            .column(event::Column::Sequence)
            .order_by_desc(event::Column::Sequence)
            .limit(reached)
            .into_tuple()
            .all(db)
            .await?;
        numbers.extend(newest);
    }
    numbers.sort_unstable_by(|one, other| other.cmp(one));
    let wanted = Page::of_whole(numbers, paging).items;
    if wanted.is_empty() {
        return Ok(Page::new(Vec::new(), total, paging));
    }
    let rows = event::Entity::find()
        .filter(event::Column::Sequence.is_in(wanted))
        .order_by_desc(event::Column::Sequence)
        .all(db)
        .await?;
    Ok(Page::new(rows.iter().map(to_event).collect::<Result<_>>()?, total, paging))
}

/// The records of one kind about bundles; who sees all bundles sees those of bundles that are gone, too.
fn visible_ends(caller: &Caller, end: &str) -> Select<event::Entity> {
    let of_bundles = event::Entity::find().filter(Expr::cust(ENDS)).filter(event::Column::EventType.eq(end));
    if caller.reach(Permission::BundlesRead) == Reach::All {
        return of_bundles;
    }
    of_bundles.filter(event::Column::ResourceId.in_subquery(crate::bundles::ids_visible_to(caller, None)))
}
