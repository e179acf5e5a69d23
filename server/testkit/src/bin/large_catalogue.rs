//! Fills a database for measuring: `large_catalogue DATABASE-URL TEMPLATE DATASETS VERSIONS` with what is public, or
//! `large_catalogue DATABASE-URL TEMPLATE DATASETS PER-BUNDLE INSTANT` with bundles that are due at one instant (RFC 3339).

use persistence::{Database, Settings};
use testkit::large::{Size, multiply};
use testkit::scheduled::{Due, schedule_copies};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (url, template, datasets, number, at) = match arguments.as_slice() {
        [url, template, datasets, versions] => (url, template, datasets, versions, None),
        [url, template, datasets, per_bundle, at] => (url, template, datasets, per_bundle, Some(at)),
        _ => return Err("usage: large_catalogue DATABASE-URL TEMPLATE DATASETS (VERSIONS | PER-BUNDLE INSTANT)".into()),
    };
    let database = Database::connect(&Settings { url: url.clone(), max_connections: 1 }).await?;
    let (datasets, number) = (datasets.parse()?, number.parse()?);
    match at {
        Some(at) => {
            let due = Due { template, datasets, per_bundle: number, at: at.parse()? };
            schedule_copies(&database, due).await?;
        }
        None => multiply(&database, Size { template, datasets, versions: number }).await?,
    }
    Ok(database.close().await?)
}
