//! Drawing the pictures that other sites put beside links (docs/adr/0041).

use domain::link_card::{HEIGHT, LinkCard, WIDTH};
use images::{CARD_HEIGHT, CARD_WIDTH, Card, Figure};
use tokio::sync::Semaphore;

use crate::{Result, ServiceError};

// What pages say of the size is true.
const _: () = assert!(WIDTH == CARD_WIDTH && HEIGHT == CARD_HEIGHT);

/// Drawing takes a core for some milliseconds, so that no more than these are drawn side by side.
static DRAWN_AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The picture as PNG. It holds what it is given and nothing else, so whoever gives it asks who may see that.
///
/// # Errors
/// Faults alone.
pub async fn draw(card: LinkCard) -> Result<Vec<u8>> {
    let _turn = DRAWN_AT_ONCE.acquire().await.map_err(|e| ServiceError::Internal(e.to_string()))?;
    let drawn = tokio::task::spawn_blocking(move || images::draw(&as_drawn(card)));
    let drawn = drawn.await.map_err(|e| ServiceError::Internal(format!("the drawing stopped: {e}")))?;
    drawn.map_err(|e| ServiceError::Internal(e.to_string()))
}

fn as_drawn(card: LinkCard) -> Card {
    let LinkCard { site_name: site, title, about, figure } = card;
    let course = figure.as_ref().map(|figure| figure.course.clone()).unwrap_or_default();
    let figure = figure.map(|shown| Figure { value: shown.value, unit: shown.unit, period: shown.period });
    Card { site, title, about, figure, course }
}
