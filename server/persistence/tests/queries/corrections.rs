//! Versions with alerts and corrections: which come, and how the database finds them.

use std::sync::{Arc, Mutex};

use domain::policy::Reach;
use domain::version::{Alert, AlertKind, Version, VersionMetadata};
use persistence::{corrections, versions};
use testkit::builders::at;
use testkit::large::{Size, multiply, plan_of};
use testkit::on_both_databases;

use crate::support::add_public;

on_both_databases! {
    async fn corrections_are_found_by_their_index(db: TestDatabase) {
        add_public(&db, "gdp", "all", 1, at(10)).await;
        multiply(&db.database(), Size { template: "gdp", datasets: 200, versions: 1 }).await.unwrap();
        for (id, published) in [("cpi", at(20)), ("trade", at(30))] {
            let version = add_public(&db, id, "all", 1, published).await;
            let version = versions::list_by_ids(db.pool(), &[&version.id]).await.unwrap().pop().unwrap();
            let alert = Alert { id: "a".into(), date: Some(at(40)), ..Alert::new(AlertKind::Correction, "Rebased.") };
            let metadata = VersionMetadata { alerts: vec![alert], ..version.metadata.clone() };
            assert!(versions::save(db.pool(), &Version { metadata, ..version }).await.unwrap());
        }
        db.execute("ANALYZE").await.unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        let watched = db.database().observed(move |statement, _| told.lock().unwrap().push(statement.to_owned()));
        let found = corrections::list_visible_to(watched.pool(), &Reach::PublishedOnly, 9).await.unwrap();
        assert_eq!(found.iter().map(|version| version.dataset_id.as_str()).collect::<Vec<_>>(), ["trade", "cpi"]);
        let statements = asked.lock().unwrap().clone();
        let plan = plan_of(&db.database(), &statements[0]).await.unwrap();
        assert!(plan.iter().any(|step| step.contains("versions_by_alert")), "{}\n{}", statements[0], plan.join("\n"));
    }
}
