//! The search desk: which words mean the same, which datasets come first, and what was asked for.
//!
//! Rules and pins are applied when somebody searches, by the catalogue's revision, which each change raises: they hold at once
//! on every node, and nothing is indexed anew.

mod counting;
mod pins;
mod synonyms;
mod trial;

pub use counting::{AskedQueries, count, forget_counts, keep_counts};
pub use pins::{add_pin, find_pin, list_pins, remove_pin};
pub use synonyms::{find, list, remove, save, switch};
pub use trial::sheet;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::actor::Caller;
use domain::language::Language;
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use domain::search_desk::{KEPT_DAYS, Pin, SearchDesk, SynonymEntry};
use persistence::datasets::{self, DatasetFilter};
use persistence::{Tx, revisions, search_queries};
use search::Guidance;

use crate::ctx::forbidden;
use crate::{Ctx, Result, ServiceError, Services, public_change};

/// How many queries each list of the desk shows.
const SHOWN: u64 = 25;

/// The caller, if it may look at the desk: who edits the taxonomy, or runs the program.
pub fn reader(ctx: &Ctx) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    let reads = caller.may(Permission::TopicsWrite) || caller.may(Permission::SystemOperate);
    if reads { Ok(caller) } else { Err(forbidden(Permission::TopicsWrite)) }
}

/// What this node's searches go by as of the present revision.
pub(crate) async fn guidance(services: &Services) -> Result<Arc<Guidance>> {
    let read = async {
        let pool = services.db.pool();
        let (stored, pins) =
            tokio::try_join!(persistence::search_desk::rules(pool), persistence::search_desk::pins(pool))?;
        Ok::<_, ServiceError>(guided_by(&synonyms::entries(stored), &pins))
    };
    services.memory.guidance(&services.db, read).await
}

/// Searches by those of these rules that are on, and by these pins.
fn guided_by(entries: &[SynonymEntry], pins: &[Pin]) -> Guidance {
    let pins: HashMap<String, Vec<String>> = pins.iter().map(|pin| (pin.query.clone(), pin.datasets.clone())).collect();
    Guidance::new(entries.iter().filter(|entry| entry.is_on).map(|entry| &entry.rule), pins)
}

/// The whole desk; `q` is tried as readers of a language ask, without any synonyms and as it is, unless it is empty.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right; and where database or index fail.
pub async fn desk(services: &Services, ctx: &Ctx, q: &str, language: Language) -> Result<SearchDesk> {
    reader(ctx)?;
    let db = services.db.pool();
    let entries = list(services, ctx).await?;
    let pins = persistence::search_desk::pins(db).await?;
    let on = entries.iter().filter(|entry| entry.is_on).count();
    let since = ctx.now - TimeDelta::days(KEPT_DAYS);
    let filter = DatasetFilter::default();
    Ok(SearchDesk {
        held: services.index.count(),
        public: datasets::count_visible_to(db, &Reach::PublishedOnly, &filter).await?,
        behind: revisions::current(db).await?.saturating_sub(services.index.cursor()),
        failed_at: services.rebuilding.failed_at(),
        rules: (count_of(on), count_of(entries.len())),
        is_counted: services.settings.search_queries_counted,
        most: search_queries::most(db, since, false, SHOWN).await?,
        unanswered: search_queries::most(db, since, true, SHOWN).await?,
        trial: trial::without_and_with(services, q, language, &entries, &pins).await?,
        pins: pins::pins_seen(services, pins).await?,
    })
}

fn count_of(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Begins a change that every search has to show: it raises the catalogue's revision.
///
/// It does so first, so that whoever changes something meanwhile, on another node too, waits and then reads what was added.
async fn begin(services: &Services) -> Result<Tx> {
    let tx = services.db.begin().await?;
    revisions::raise(&tx, &[]).await?;
    Ok(tx)
}

/// Commits such a change.
async fn finish(services: &Services, tx: Tx) -> Result<()> {
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok(())
}
