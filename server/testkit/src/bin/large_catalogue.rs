//! Fills a database for measuring: `large_catalogue DATABASE-URL TEMPLATE DATASETS VERSIONS`.

use persistence::{Database, Settings};
use testkit::large::{Size, multiply};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, template, datasets, versions] = arguments.as_slice() else {
        return Err("usage: large_catalogue DATABASE-URL TEMPLATE DATASETS VERSIONS".into());
    };
    let database = Database::connect(&Settings { url: url.clone(), max_connections: 1 }).await?;
    let size = Size { template, datasets: datasets.parse()?, versions: versions.parse()? };
    multiply(&database, size).await?;
    Ok(database.close().await?)
}
