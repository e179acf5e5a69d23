//! `catalogue doctor`.

use chrono::Datelike;

use services::deliveries;

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// Looks at every part and says how to mend what is wrong.
pub async fn run(config: &Config) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let mut wrong = 0;
    let mut tell = |name: &str, outcome: Result<String, String>| match outcome {
        Ok(detail) => say(&format!("ok     {name}: {detail}")),
        Err(advice) => {
            wrong += 1;
            say(&format!("WRONG  {name}: {advice}"));
        }
    };
    let database = services.db.check().await.map(|()| format!("{} answers", services.db.kind()));
    tell("database", database.map_err(|e| format!("{e}. Check DATABASE_URL.")));
    let storage = services.storage.check().await.map(|()| {
        if services.storage.is_stand_in() {
            "embedded; a running server tells at /healthcheck"
        } else {
            "the bucket answers"
        }
        .to_owned()
    });
    tell("storage", storage.map_err(|e| format!("{e}. Check the S3 settings.")));
    let (revision, _) = persistence::revisions::changed_since(services.db.pool(), 0).await?;
    let cursor = services.index.cursor();
    tell(
        "search index",
        if cursor == revision {
            Ok(format!("at revision {revision}"))
        } else {
            Err(format!("at revision {cursor} of {revision}. A running server catches up; or run `catalogue reindex`."))
        },
    );
    let year = services.clock.now().year();
    tell(
        "clock",
        if year >= 2025 {
            Ok(services.clock.now().to_rfc3339())
        } else {
            Err(format!("says {year}. Set the system's clock."))
        },
    );
    for (sink, _) in deliveries::receivers(&services) {
        let up = deliveries::check(&services, sink).await.map(|()| "nothing speaks against it".to_owned());
        tell(sink.title(), up.map_err(|e| format!("{e}. Publications go on; deliveries wait. Check its settings.")));
    }
    if wrong > 0 { Err(format!("{wrong} part(s) need mending.").into()) } else { Ok(()) }
}
