//! Looking through the audit trail.

use domain::event::Event;
use domain::page::Paging;
use domain::policy::Reach;
use persistence::events::{self, BundleOfRecords, EventFilter};
use testkit::builders::{self, actor, at, limited};
use testkit::on_both_databases;

use crate::records::{append, event};
use crate::support::add_dataset;

on_both_databases! {
    async fn each_filter_keeps_what_it_names(db: TestDatabase) {
        let title = |title: &str| Some(serde_json::json!({ "title": title }));
        let edited = Event { before: title("Old Name"), after: title("New Name"), ..event("2", "version", "gdp/ts/1", 2) };
        append(&db, [
            event("1", "bundle", "b1", 1),
            Event { actor: actor("editor"), event_type: "edited".into(), ..edited },
            Event { bundle_id: Some("b1".into()), event_type: "previewed".into(), ..event("3", "file", "f1", 3) },
            Event { reason: Some("Wrong Figure".into()), ..event("4", "bundle", "b2", 4) },
        ]).await.unwrap();
        let bundle = |versions: &[&str]| vec![BundleOfRecords { id: "b1".into(), versions: versions.iter().map(|v| (*v).to_owned()).collect() }];
        for (filter, told) in [
            (EventFilter::default(), vec!["4", "3", "2", "1"]),
            (EventFilter { oldest_first: true, ..EventFilter::default() }, vec!["1", "2", "3", "4"]),
            (EventFilter { actors: vec![actor("editor").id], ..EventFilter::default() }, vec!["2"]),
            (EventFilter { event_types: vec!["previewed".into(), "edited".into()], ..EventFilter::default() }, vec!["3", "2"]),
            (EventFilter { resource_types: vec!["bundle".into()], ..EventFilter::default() }, vec!["4", "1"]),
            (EventFilter { resource_ids: vec!["f1".into()], ..EventFilter::default() }, vec!["3"]),
            (EventFilter { bundles: bundle(&[]), ..EventFilter::default() }, vec!["3", "1"]),
            (EventFilter { bundles: bundle(&["gdp/ts/1"]), ..EventFilter::default() }, vec!["3", "2", "1"]),
            (EventFilter { from: Some(at(2)), to: Some(at(3)), ..EventFilter::default() }, vec!["3", "2"]),
            (EventFilter { text: Some("wrong fig".into()), ..EventFilter::default() }, vec!["4"]),
            (EventFilter { text: Some("old name".into()), ..EventFilter::default() }, vec!["2"]),
            (EventFilter { text: Some("new name".into()), ..EventFilter::default() }, vec!["2"]),
            (EventFilter { text: Some("100%".into()), ..EventFilter::default() }, vec![]),
        ] {
            let page = events::list(db.pool(), &filter, Paging::default()).await.unwrap();
            let ids: Vec<&str> = page.items.iter().map(|record| record.event.id.as_str()).collect();
            assert_eq!(ids, told, "{filter:?}");
            assert_eq!(page.total_count, told.len() as u64);

            // The same in steps of one, up to a number.
            let (mut last, mut stepped) = (None, Vec::new());
            loop {
                let batch = events::batch(db.pool(), &filter, last, 4, 1).await.unwrap();
                let Some(record) = batch.into_iter().next() else { break };
                last = Some(record.sequence);
                stepped.push(record.event.id);
            }
            assert_eq!(stepped, told, "{filter:?}");
            assert!(events::batch(db.pool(), &filter, None, 0, 9).await.unwrap().is_empty());
        }
        let second = events::list(db.pool(), &EventFilter::default(), Paging { limit: 1, offset: 1 }).await.unwrap();
        assert_eq!((second.total_count, second.items[0].event.clone()), (4, Event { bundle_id: Some("b1".into()), event_type: "previewed".into(), ..event("3", "file", "f1", 3) }));
        add_dataset(&db, &builders::dataset("gdp")).await;
        for (reach, told) in [
            (Reach::All, vec!["2"]),
            (limited(&["economy"], &[]), vec!["2"]),
            (limited(&[], &["gdp"]), vec!["2"]),
            (limited(&["health"], &["gd", "gdp/ts"]), vec![]),
            (Reach::PublishedOnly, vec![]),
        ] {
            let filter = EventFilter { versions_within: Some(reach), ..EventFilter::default() };
            let page = events::list(db.pool(), &filter, Paging::default()).await.unwrap();
            assert_eq!(page.items.iter().map(|record| record.event.id.as_str()).collect::<Vec<_>>(), told, "{filter:?}");
        }
        assert_eq!(events::newest(db.pool()).await.unwrap(), 4);
        let seen = events::previews_of(db.pool(), "b1").await.unwrap();
        assert_eq!(seen.iter().map(|record| record.sequence).collect::<Vec<_>>(), [3]);
    }
}
