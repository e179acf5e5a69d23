//! Hidden = missing: a world with unpublished things, and the same world in which they do not exist, answer an outsider alike.
//!
//! Worlds are made at random, always the same ones, through the services. What an editor of another department or a
//! previewer of another team is told is compared in the same way; what lies within their reach exists in both worlds.

mod addresses;
mod answers;
mod plan;
mod world;

use std::collections::BTreeSet;

use domain::policy::{Grant, Role};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use testkit::databases::TestDatabase;

use self::answers::WAYS;
use self::plan::{Fate, Plan, Step, What, plans};
use self::world::World;

/// Worlds of each seed.
const WORLDS: usize = 1;

/// The plans of a seed: the same at every run, those of many that hide the most sorts of things.
fn drawn(seed: u8, worlds: usize) -> Vec<Plan> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let plans = plans();
    let mut drawn: Vec<Plan> = (0..50).map(|_| plans.new_tree(&mut runner).unwrap().current()).collect();
    drawn.sort_by_key(|plan| std::cmp::Reverse(plan.hidden_kinds().len()));
    drawn.truncate(worlds);
    drawn
}

/// What each viewer is told differently in the two worlds: the viewer, the question and both answers.
async fn differences(plan: &Plan, full: &World, bare: &World) -> Vec<String> {
    let editor = Grant { departments: vec!["health".to_owned()], ..Grant::of(Role::Editor) };
    let viewers = [("nobody", None), ("previewer", Some(Grant::of(Role::Previewer))), ("editor", Some(editor))];
    let mut found = Vec::new();
    for (name, grant) in viewers {
        let (here, there) = (full.viewer(name, grant.clone()).await, bare.viewer(name, grant).await);
        let asked = addresses::of(plan, name);
        if name == "nobody" {
            addresses::every_sort_of_address_is_there(&asked);
        }
        for (place, address) in asked.iter().enumerate() {
            let way = WAYS[(place + plan.steps.len()) % WAYS.len()];
            let (told, expected) =
                tokio::join!(answers::told(full, &here, address, way), answers::told(bare, &there, address, way));
            for (asked, (told, expected)) in
                ["Get".to_owned(), format!("{way:?}")].iter().zip(told.iter().zip(&expected))
            {
                if told != expected {
                    found.push(format!("{name}: {asked} {address}\n{told}\n--- expected\n{expected}"));
                }
            }
        }
    }
    found
}

/// Builds both worlds of each plan and compares every answer.
async fn compare(seed: u8, worlds: usize, database: impl AsyncFn() -> TestDatabase) {
    for plan in drawn(seed, worlds) {
        let (full, bare) = built(&plan, &database).await;
        let found = differences(&plan, &full, &bare).await;
        let asked: Vec<&str> = found.iter().filter_map(|told| told.lines().next()).collect();
        assert!(found.is_empty(), "these tell of hidden things:\n{}\n{}\n{plan:#?}", asked.join("\n"), found[0]);
        full.previewers_of_another_team_see_nothing().await;
    }
}

async fn built(plan: &Plan, database: &impl AsyncFn() -> TestDatabase) -> (World, World) {
    let (one, other) = (database().await, database().await);
    tokio::join!(World::build(plan, true, one), World::build(plan, false, other))
}

/// The comparison itself is put to the test: what is published is told everywhere, and so a leak would be seen there.
#[test]
fn the_comparison_sees_one_thing_that_is_not_hidden() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        let topics = vec!["trade"];
        let dataset = |dataset: usize, title: &str| {
            let title = title.to_owned();
            let what = What::Dataset { dataset, department: "economy", title, topics: topics.clone() };
            let version = What::Version { dataset, edition: 0, fate: Fate::Published };
            [what, What::Edition { dataset, edition: 0 }, version]
        };
        let hidden = |hidden: bool| move |what: What| Step { hidden, what };
        let common = dataset(0, "Rainfall and rents").map(hidden(false));
        // Left out of one world like what is hidden, and published in the other.
        let leaked = dataset(1, "Secret rainfall").map(hidden(true));
        let plan = Plan { datasets: 2, steps: common.into_iter().chain(leaked).collect() };
        let (full, bare) = built(&plan, &TestDatabase::sqlite).await;
        let found = differences(&plan, &full, &bare).await;
        for expected in [
            "nobody: Get /v1/datasets\n",
            "nobody: Get /v1/datasets?limit=1&offset=1\n",
            "nobody: Get /v1/datasets?q=secret\n",
            "nobody: Get /v1/datasets/series-1\n",
            "nobody: Get /v1/search?q=secret\n",
            "nobody: Get /v1/search/suggest?q=secret\n",
            "nobody: Get /v1/topics/trade/content\n",
            "nobody: Get /v1/catalog.ttl\n",
            "nobody: Get /v1/files/downloads/series-1/series-1.csv\n",
            "nobody: Get /\n",
            "nobody: Get /cy\n",
            "nobody: Get /catalogue/series-1\n",
            "nobody: Get /cy/catalogue/series-1\n",
            "nobody: Head ",
            "nobody: Known ",
            "nobody: As(",
            "previewer: Get /v1/datasets\n",
            "editor: Get /v1/datasets\n",
        ] {
            assert!(found.iter().any(|told| told.starts_with(expected)), "the comparison is blind for {expected}");
        }
        let same = differences(&plan, &bare, &bare).await;
        assert_eq!(same, Vec::<String>::new(), "and it sees nothing where there is nothing");
    });
}

#[test]
fn the_worlds_hide_things_of_every_kind() {
    let plans = (1..=4).flat_map(|seed| drawn(seed, WORLDS));
    let hidden: BTreeSet<String> = plans.flat_map(|plan| plan.hidden_kinds()).collect();
    let kinds = [
        "approved",
        "created",
        "dataset",
        "draft",
        "edition",
        "failed",
        "in_progress",
        "ready_for_review",
        "release",
        "scheduled",
        "submitted",
        "together",
    ];
    assert_eq!(hidden.iter().map(String::as_str).collect::<Vec<_>>(), kinds);
}

macro_rules! seeds {
    ($($name:ident: $seed:literal),*) => {$(
        #[test]
        fn $name() {
            testkit::databases::run_with(TestDatabase::sqlite, |_| async {
                compare($seed, WORLDS, TestDatabase::sqlite).await;
            });
        }
    )*};
}

seeds! { sqlite_worlds_one: 1, sqlite_worlds_two: 2, sqlite_worlds_three: 3, sqlite_worlds_four: 4 }

#[test]
fn postgres_worlds() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        compare(5, 1, TestDatabase::postgres).await;
    });
}
