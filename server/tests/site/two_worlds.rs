//! Hidden = missing: a world with unpublished things, and the same world in which they do not exist, answer an outsider alike.
//!
//! Worlds are made at random, always the same ones, through the services. What an editor of another department or a
//! previewer of another team is told is compared in the same way; what lies within their reach exists in both worlds.

mod answers;
mod plan;
mod world;

use std::collections::BTreeSet;

use domain::policy::{Grant, Role};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use testkit::databases::TestDatabase;

use self::plan::{Plan, plans};
use self::world::World;

/// Worlds of each seed.
const WORLDS: usize = 6;

/// The plans of a seed: the same at every run.
fn drawn(seed: u8, worlds: usize) -> Vec<Plan> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let plans = plans();
    (0..worlds).map(|_| plans.new_tree(&mut runner).unwrap().current()).collect()
}

/// Builds both worlds of each plan and compares every answer.
async fn compare(seed: u8, worlds: usize, database: impl AsyncFn() -> TestDatabase) {
    for plan in drawn(seed, worlds) {
        let full = World::build(&plan, true, database().await).await;
        let bare = World::build(&plan, false, database().await).await;
        let editor = Grant { departments: vec!["health".to_owned()], ..Grant::of(Role::Editor) };
        let viewers = [("nobody", None), ("previewer", Some(Grant::of(Role::Previewer))), ("editor", Some(editor))];
        for (name, grant) in viewers {
            let (here, there) = (full.viewer(name, grant.clone()).await, bare.viewer(name, grant).await);
            for address in plan.addresses(name) {
                let told = answers::essence(&full, &here, &address).await;
                let expected = answers::essence(&bare, &there, &address).await;
                assert_eq!(told, expected, "{name} learns of hidden things at {address}\n{plan:#?}");
            }
        }
        full.previewers_of_another_team_see_nothing().await;
    }
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
        compare(5, 2, TestDatabase::postgres).await;
    });
}
