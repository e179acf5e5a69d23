//! Departments: what belongs to each.

use domain::dataset::Dataset;
use domain::release::{Release, ReleaseDetails};
use persistence::{departments, releases, topics};
use testkit::builders;
use testkit::on_both_databases;

use crate::support::add_dataset;

on_both_databases! {
    async fn a_department_knows_how_much_belongs_to_it(db: TestDatabase) {
        for id in ["cpi", "gdp"] {
            add_dataset(&db, &builders::dataset(id)).await;
        }
        add_dataset(&db, &Dataset { department: "health".to_owned(), ..builders::dataset("births") }).await;
        topics::save_department(db.pool(), &builders::department("idle")).await.unwrap();
        let details = ReleaseDetails { title: "Births".to_owned(), department: Some("health".to_owned()), ..ReleaseDetails::default() };
        releases::insert(db.pool(), &Release { details, ..builders::release("births") }).await.unwrap();
        for (id, held) in [("economy", (2, 0)), ("health", (1, 1)), ("idle", (0, 0)), ("nothing", (0, 0))] {
            assert_eq!(departments::held_by(db.pool(), id).await.unwrap(), held, "{id}");
        }
        let counts = departments::dataset_counts(db.pool()).await.unwrap();
        assert_eq!((counts.get("economy"), counts.get("health"), counts.get("idle")), (Some(&2), Some(&1), None));
    }
}
