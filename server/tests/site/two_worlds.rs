//! Hidden = missing: a world with unpublished things, and the same world in which they do not exist, answer an outsider alike.
//!
//! Worlds are made at random through the services, the same ones at every run unless `TWO_WORLDS_SEED` asks for others, each
//! number for its own; then both plans are tried on both databases, for which a usual run has no time. `TWO_WORLDS_FURTHER` has one world more
//! tried beside those of every run: `scripts/test.sh` gives the number of the day, and CI none, so that it depends on no clock. What an editor of
//! another department or a previewer of another team is told is compared in the same way; what lies within their reach exists in both worlds.

mod answers;
mod plan;
pub mod questions;
mod things;
mod values;
mod world;

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use testkit::databases::TestDatabase;

use self::answers::WAYS;
use self::answers::Way;
use self::plan::{Fate, Plan, Step, What, plans};
use self::questions::Question;
use self::world::World;

/// The seed of a usual run.
const SEED: u64 = 0x0101_0101_0101_0101;

/// The number that whoever runs the tests asks for by this variable.
#[expect(clippy::disallowed_methods, reason = "the tests are configured like they are run: by the environment")]
fn number_of(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no whole number")))
}

/// The seed of all worlds of this run, where somebody asks for others.
fn wanted_seed() -> Option<u64> {
    number_of("TWO_WORLDS_SEED")
}

/// The plans that a database meets.
fn turns(own: usize) -> Vec<usize> {
    if wanted_seed().is_some() { vec![own, 1 - own] } else { vec![own] }
}

/// Two plans, the same for the same seed: of many the one that hides the most sorts of things, and the one that hides the most of the rest.
fn drawn(seed: u64) -> [Plan; 2] {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(4));
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let plans = plans();
    let drawn: Vec<Plan> = (0..200).map(|_| plans.new_tree(&mut runner).unwrap().current()).collect();
    let hides = |plan: &Plan, but: &BTreeSet<String>| plan.hidden_kinds().difference(but).count();
    let richest = |but: &BTreeSet<String>| {
        drawn
            .iter()
            .max_by_key(|plan| (hides(plan, but), plan.edited_in_secret(), hides(plan, &BTreeSet::new())))
            .unwrap()
    };
    let first = richest(&BTreeSet::new());
    [first.clone(), richest(&first.hidden_kinds()).clone()]
}

/// The questions of a plan to a viewer, those of one turn, with the way in which each is asked once more.
type Asked = fn(&Plan, &str, usize) -> Vec<(Question, Option<Way>)>;

/// What each viewer is told differently in the two worlds: the viewer, the question and both answers.
async fn differences(plan: &Plan, full: &World, bare: &World, turn: usize, asked: &[Asked]) -> Vec<String> {
    let (here, there) = (full.viewers().await, bare.viewers().await);
    let mut found = Vec::new();
    // Whatever may change something comes after everything that is read.
    for asked in asked {
        for ((name, one), (_, other)) in here.iter().zip(&there) {
            for (question, way) in asked(plan, name, turn) {
                let (told, expected) =
                    tokio::join!(answers::told(full, one, &question, way), answers::told(bare, other, &question, way));
                let length = told.len().max(expected.len());
                for place in 0..length {
                    let (told, expected) = (told.get(place), expected.get(place));
                    if told != expected {
                        let asked = told.or(expected).map_or("", |(asked, _)| asked);
                        let [told, expected] = [told, expected].map(|told| told.map_or("", |(_, told)| told));
                        let Question { address, body, headers, .. } = &question;
                        let body = body.as_ref().map_or("", |(_, body)| body);
                        found.push(format!(
                            "{name}: {asked} {address} {body} {headers:?}\n{told}\n--- expected\n{expected}"
                        ));
                    }
                }
            }
        }
    }
    found
}

/// What is read: about each thing by nobody, and about some of them by the others.
fn reading(plan: &Plan, name: &str, turn: usize) -> Vec<(Question, Option<Way>)> {
    let asked = match name {
        "nobody" => questions::reads(plan, false, turn, usize::MAX),
        "previewer" => questions::reads(plan, true, turn, 3),
        _ => questions::reads(plan, true, turn, 5),
    };
    // Every second question is asked in another way too.
    let way = |place: usize| (place % 2 == turn % 2).then(|| WAYS[(place / 2 + turn) % WAYS.len()]);
    asked.into_iter().enumerate().map(|(place, question)| (question, way(place))).collect()
}

/// What may change something.
fn changing(plan: &Plan, name: &str, turn: usize) -> Vec<(Question, Option<Way>)> {
    let some = if name == "editor" { 4 } else { 1 };
    let asked = questions::functions(plan, turn, some).into_iter().chain(questions::changes(plan, turn, some));
    asked.map(|question| (question, None)).collect()
}

/// Builds both worlds of a plan and compares every answer.
async fn compare(seed: u64, turn: usize, database: impl AsyncFn() -> TestDatabase) {
    let plan = &drawn(seed)[turn];
    let (full, bare) = built(plan, &database).await;
    let found = differences(plan, &full, &bare, turn, &[reading, changing]).await;
    let asked: Vec<&str> = found.iter().filter_map(|told| told.lines().next()).collect();
    let again = format!("TWO_WORLDS_SEED={seed} makes these worlds again, plan {turn}");
    assert!(found.is_empty(), "these tell of hidden things:\n{}\n{}\n{plan:#?}\n{again}", asked.join("\n"), found[0]);
    full.previewers_of_another_team_see_nothing().await;
}

async fn built(plan: &Plan, database: &impl AsyncFn() -> TestDatabase) -> (World, World) {
    let (one, other) = (database().await, database().await);
    let (full, mut bare) = tokio::join!(World::build(plan, true, one), World::build(plan, false, other));
    bare.hear_of(&full);
    (full, bare)
}

/// The comparison itself is put to the test: what is published is told everywhere, and so a leak would be seen there.
#[test]
fn the_comparison_sees_one_thing_that_is_not_hidden() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        let dataset = |dataset: usize, title: &str| {
            let (title, topics) = (title.to_owned(), vec!["trade"]);
            let what = What::Dataset { dataset, department: "economy", title, topics };
            let version = What::Version { dataset, edition: 0, fate: Fate::Published };
            [what, What::Edition { dataset, edition: 0 }, version]
        };
        let step = |hidden: bool| move |what: What| Step { hidden, what };
        // The second is left out of one world like what is hidden, and published in the other.
        let common = dataset(0, "Rainfall and rents").map(step(false));
        let leaked = dataset(1, "Secret rainfall").map(step(true));
        let plan = Plan { datasets: 2, steps: common.into_iter().chain(leaked).collect() };
        let (full, bare) = built(&plan, &TestDatabase::sqlite).await;
        let lists = |plan: &Plan, name: &str, turn: usize| {
            let asked = reading(plan, name, turn).into_iter();
            asked.filter(|(question, _)| name == "nobody" || question.address.starts_with("/v1/datasets")).collect()
        };
        let found = differences(&plan, &full, &bare, 0, &[lists]).await;
        for expected in [
            "nobody: GET /v1/datasets ",
            "nobody: GET /v1/datasets?limit=1&offset=1 ",
            "nobody: GET /v1/datasets?q=secret ",
            "nobody: GET /v1/datasets?sort=-last_updated&limit=2 ",
            "nobody: GET /v1/datasets/series-1 ",
            "nobody: GET /v1/search?q=secret ",
            "nobody: GET /v1/search/suggest?q=secret ",
            "nobody: GET /v1/topics/trade/content ",
            "nobody: GET /v1/catalog.ttl ",
            "nobody: GET /v1/files/downloads/series-1/series-1.csv ",
            "nobody: GET / ",
            "nobody: GET /cy ",
            "nobody: GET /catalogue/series-1 ",
            "nobody: GET /cy/catalogue/series-1 ",
            "nobody: Head ",
            "nobody: Part ",
            "nobody: As(",
            "previewer: GET /v1/datasets ",
            "editor: GET /v1/datasets ",
        ] {
            assert!(found.iter().any(|told| told.starts_with(expected)), "the comparison is blind for {expected}");
        }
    });
}

/// What is asked about recalled tables and pictures, of everything that may show them: all but the log of publications, which tells for
/// ever what became public.
fn about_recalled(plan: &Plan, name: &str, turn: usize) -> Vec<(Question, Option<Way>)> {
    if name != "nobody" {
        return Vec::new();
    }
    let parts = ["series-", "{file-", "{image-", "search", "catalog", "corrections", "topics/trade"];
    let tells = |address: &str| {
        let shows = ["/", "/cy"].contains(&address) || parts.iter().any(|part| address.contains(part));
        shows && !address.contains("publication-log")
    };
    let version = "series-0/editions/edition-0/versions/2";
    let named = [
        "/files/downloads/series-0/series-0-recalled.csv".to_owned(),
        "/v1/files/downloads/series-0/series-0-recalled.csv?edition=edition-0&version=2".to_owned(),
        "/v1/files/downloads/series-1/series-1-recalled.csv".to_owned(),
        format!("/v1/datasets/{version}/data?file=series-0-recalled.csv"),
        format!("/v1/datasets/{version}/dimensions?file=series-0-recalled.csv"),
        format!("/v1/datasets/{version}/changes?from=1&file=series-0-recalled.csv"),
        format!("/catalogue/{version}/explore?file=series-0-recalled.csv"),
        format!("/embed/{version}?file=series-0-recalled.csv"),
        "/v1/search?q=withheld".to_owned(),
        "/search?q=withheld".to_owned(),
    ];
    let asked = reading(plan, name, turn).into_iter().filter(|(question, _)| tells(&question.address));
    asked.chain(named.into_iter().map(|address| (Question::get(address), None))).collect()
}

#[test]
fn what_was_recalled_is_told_like_what_never_was() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        let begun = |dataset: usize| {
            let title = "Rainfall and rents".to_owned();
            let what = What::Dataset { dataset, department: "economy", title, topics: vec!["trade"] };
            [what, What::Edition { dataset, edition: 0 }]
        };
        let version = |dataset: usize, fate: Fate| What::Version { dataset, edition: 0, fate };
        let first = [version(0, Fate::Published), version(0, Fate::Recalled)];
        let second = [version(1, Fate::Recalled), What::Archived { dataset: 1, edition: 0, version: 1 }];
        let all = begun(0).into_iter().chain(first).chain(begun(1)).chain(second);
        let plan = Plan { datasets: 2, steps: all.map(|what| Step { hidden: false, what }).collect() };
        let (full, bare) = built(&plan, &TestDatabase::sqlite).await;
        let found = differences(&plan, &full, &bare, 0, &[about_recalled]).await;
        assert!(found.is_empty(), "{} answers tell of what was recalled, such as\n{}", found.len(), found[0]);
    });
}

#[test]
fn the_worlds_hide_things_of_every_kind() {
    let hidden: BTreeSet<String> = drawn(SEED).iter().flat_map(Plan::hidden_kinds).collect();
    let kinds = [
        "alert",
        "approved",
        "created",
        "dataset",
        "draft",
        "draft of what is public",
        "edition",
        "failed",
        "filter",
        "held",
        "image",
        "in_progress",
        "ready_for_review",
        "release",
        "scheduled",
        "submitted",
        "together",
    ];
    assert_eq!(hidden.iter().map(String::as_str).collect::<Vec<_>>(), kinds);
}

#[test]
fn sqlite_worlds() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        for turn in turns(0) {
            compare(wanted_seed().unwrap_or(SEED), turn, TestDatabase::sqlite).await;
        }
    });
}

#[test]
fn postgres_worlds() {
    testkit::databases::run_with(TestDatabase::sqlite, |_| async {
        for turn in turns(1) {
            compare(wanted_seed().unwrap_or(SEED), turn, TestDatabase::postgres).await;
        }
    });
}

#[test]
fn further_worlds() {
    let Some(seed) = number_of("TWO_WORLDS_FURTHER") else { return };
    testkit::databases::run_with(TestDatabase::sqlite, |_| async move {
        // The databases take turns, by the day where the day gives the number.
        if seed.is_multiple_of(2) {
            compare(seed, 0, TestDatabase::sqlite).await;
        } else {
            compare(seed, 1, TestDatabase::postgres).await;
        }
    });
}
