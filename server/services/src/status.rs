//! How the site is, as everybody may know: the health of its parts, the incidents that the public was told of, and what the
//! publication log and the calendar say.

use domain::page::Paging;
use domain::release::{CalendarQuery, CalendarView, ReleaseState};
use domain::status::{Punctuality, SiteHealth, StatusPage, days};

use crate::publication_log::{self, LogFilter};
use crate::{Ctx, Result, Services, incidents, releases};

/// Publications that are counted.
const COUNTED: Paging = Paging { limit: 100, offset: 0 };
/// Publications that are shown.
const SHOWN: usize = 5;

/// The public page about how the site is; `health` is what was found by looking at its parts.
///
/// # Errors
/// Where the database fails.
pub async fn page(services: &Services, ctx: &Ctx, health: SiteHealth) -> Result<StatusPage> {
    let mut publications = publication_log::list(services, &LogFilter::default(), COUNTED).await?.items;
    let punctuality = Punctuality::of(&publications);
    publications.truncate(SHOWN);
    let confirmed = CalendarQuery {
        view: CalendarView::Upcoming,
        state: Some(ReleaseState::Confirmed),
        month: None,
        topic: None,
        q: String::new(),
        offset: 0,
        limit: 1,
    };
    let next = releases::calendar(services, ctx, &confirmed).await?.items.into_iter().next();
    let incidents = incidents::told_of(services, ctx).await?;
    let days = days(&incidents, ctx.now);
    Ok(StatusPage { health, publications, punctuality, next, incidents, days, now: ctx.now })
}
