//! The work that follows from commits.

use domain::delivery::Sink;

use crate::deliveries::{self, Outcome};
use crate::{Result, Services};

/// Does the work that is due for every receiver, one receiver after another, once each; the number of tasks done.
///
/// The program works for each receiver by itself (`deliveries::run_due`); this is for those who want it done now.
pub async fn run_due(services: &Services) -> Result<usize> {
    let mut done = 0;
    for sink in Sink::ALL {
        let tried = deliveries::run_due(services, *sink).await?;
        done += tried.iter().filter(|delivered| delivered.outcome == Outcome::Done).count();
    }
    Ok(done)
}
