//! How publications ended, read off the audit trail.

use std::sync::{Arc, Mutex};

use domain::actor::Caller;
use domain::event::Event;
use domain::page::Paging;
use domain::policy::Role;
use persistence::{bundles, events};
use testkit::builders::{self, caller, grant_for};
use testkit::large::plan_of;
use testkit::on_both_databases;

use crate::records::{append, event};

const ENDS: [&str; 2] = ["published", "failed"];

on_both_databases! {
    async fn every_end_of_a_publication_is_found_newest_first_page_by_page(db: TestDatabase) {
        bundles::insert(db.pool(), &builders::bundle("b")).await.unwrap();
        let ended = |id: &str, how: &str, kind: &str, of: &str| Event { event_type: how.into(), ..event(id, kind, of, 1) };
        append(&db, [
            ended("1", "failed", "bundle", "b"),
            ended("2", "reset", "bundle", "b"),
            ended("3", "failed", "bundle", "b"),
            ended("4", "published", "bundle", "gone"),
            ended("5", "published", "version", "gdp/all/1"),
            ended("6", "failed", "file", "f"),
            ended("7", "published", "bundle", "b"),
        ]).await.unwrap();
        let asked = async |caller: &Caller, ends: &[&str], limit: u32, offset: u32| {
            let page = events::ends_of_publications(db.pool(), caller, ends, Paging { limit, offset }).await.unwrap();
            (page.items.into_iter().map(|event| event.id).collect::<Vec<_>>(), page.total_count)
        };
        let told = |ids: &[&str], total: u64| (ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), total);
        let all = Caller::system("test");
        assert_eq!(asked(&all, &ENDS, 20, 0).await, told(&["7", "4", "3", "1"], 4));
        assert_eq!(asked(&all, &ENDS, 2, 1).await, told(&["4", "3"], 4));
        assert_eq!(asked(&all, &ENDS, 2, 9).await, told(&[], 4));
        assert_eq!(asked(&all, &ENDS, 0, 0).await, told(&[], 4));
        assert_eq!(asked(&all, &["failed"], 20, 0).await, told(&["3", "1"], 2));
        assert_eq!(asked(&all, &[], 20, 0).await, told(&[], 0));
        // Of a bundle that is gone, whoever does not see all bundles is told nothing.
        let limited = [grant_for(Role::Editor, &["economy"])];
        assert_eq!(asked(&caller("editor", &limited), &ENDS, 20, 0).await, told(&["7", "3", "1"], 3));
        assert_eq!(asked(&caller("somebody", &limited), &ENDS, 20, 0).await, told(&[], 0));
    }

    async fn the_ends_of_publications_are_found_by_an_index_without_those_of_versions(db: TestDatabase) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        let watched = db.database().observed(move |statement, _| told.lock().unwrap().push(statement.to_owned()));
        let paging = Paging { limit: 20, offset: 0 };
        let all = Caller::system("test");
        let page = events::ends_of_publications(watched.pool(), &all, &ENDS, paging).await.unwrap();
        assert_eq!(page.total_count, 0);
        // Each kind is counted and read.
        let statements = asked.lock().unwrap().clone();
        assert_eq!(statements.len(), 4, "{statements:?}");
        for statement in statements {
            let plan = plan_of(&db.database(), &statement).await.unwrap();
            assert!(plan.iter().any(|step| step.contains("events_of_runs")), "{statement}\n{}", plan.join("\n"));
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{statement}\n{}", plan.join("\n"));
        }
    }
}
