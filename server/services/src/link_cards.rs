//! Drawing the pictures that other sites put beside links (docs/adr/0039).

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
    let turn = DRAWN_AT_ONCE.acquire().await.map_err(|e| ServiceError::Internal(e.to_string()))?;
    let drawn = tokio::task::spawn_blocking(move || {
        // The turn ends with the drawing, which goes on where whoever asked for it is gone.
        let _turn = turn;
        images::draw(&as_drawn(card))
    });
    let drawn = drawn.await.map_err(|e| ServiceError::Internal(format!("the drawing stopped: {e}")))?;
    drawn.map_err(|e| ServiceError::Internal(e.to_string()))
}

fn as_drawn(card: LinkCard) -> Card {
    let LinkCard { site_name: site, title, about, figure } = card;
    let course = figure.as_ref().map(|figure| figure.course.clone()).unwrap_or_default();
    let figure = figure.map(|shown| Figure { value: shown.value, unit: shown.unit, period: shown.period });
    Card { site, title, about, figure, course }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;

    #[test]
    fn a_drawing_that_nobody_waits_for_any_more_keeps_its_turn() {
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            // Nothing is drawn before this ends.
            let (go_on, waits) = std::sync::mpsc::channel::<()>();
            let busy = tokio::task::spawn_blocking(move || waits.recv().is_err());
            let mut drawing = Box::pin(draw(LinkCard::default()));
            let is_under_way = std::future::poll_fn(|cx| Poll::Ready(drawing.as_mut().poll(cx).is_pending())).await;
            assert!(is_under_way);
            drop(drawing);
            assert_eq!(DRAWN_AT_ONCE.available_permits(), 1);
            drop(go_on);
            assert!(busy.await.unwrap());
            assert!(DRAWN_AT_ONCE.acquire_many(2).await.is_ok(), "it is drawn, and the turn is over");
        });
    }
}
