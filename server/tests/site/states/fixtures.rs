//! Bundles and versions put straight into a state, and people who act on them.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::TimeDelta;
use domain::actor::Caller;
use domain::bundle::{Bundle, BundleStage, BundleState, Failure, Mark, Schedule};
use domain::dataset::Dataset;
use domain::file::FileSight;
use domain::policy::{Grant, Role};
use domain::version::{Version, VersionState};
use persistence::{bundles, contents, datasets, editions, files, versions};
use services::Ctx;
use services::versions::VersionKey;
use testkit::builders::{self, actor};

use crate::support::Site;

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn fresh(what: &str) -> String {
    format!("{what}-{}", COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A context of somebody with this role; `None` is nobody.
pub fn asks(site: &Site, name: &str, role: Option<Role>) -> Ctx {
    let caller = role.map(|role| builders::caller(name, &[Grant::of(role)]));
    Ctx { caller, ..Ctx::public(site.now(), "a-test".to_owned()) }
}

/// A context of a previewer of the team `press`.
pub fn asks_for_press(site: &Site) -> Ctx {
    let previewer = Caller { teams: vec!["press".to_owned()], ..builders::caller("p", &[Grant::of(Role::Previewer)]) };
    Ctx { caller: Some(previewer), ..Ctx::public(site.now(), "a-test".to_owned()) }
}

/// A version in a state, of a dataset and edition of its own, with a ready file.
pub async fn version_in(site: &Site, state: VersionState) -> (Version, VersionKey) {
    let id = fresh("dataset");
    let tx = site.services.db.begin().await.unwrap();
    let mut metadata = builders::metadata(&id);
    metadata.topics = vec!["output".to_owned()];
    datasets::insert(&tx, &Dataset { draft: Some(metadata), ..builders::dataset(&id) }).await.unwrap();
    editions::insert(&tx, &builders::edition(&id, "all"), &actor("editor"), site.now()).await.unwrap();
    let version = Version { state, last_edited_by: actor("editor"), ..builders::version(&id, "all", 1) };
    versions::insert(&tx, &version).await.unwrap();
    files::insert(&tx, &builders::file(&version, "data.csv"), &FileSight::default()).await.unwrap();
    persistence::db::commit(tx).await.unwrap();
    (version, VersionKey { dataset_id: id, edition: "all".to_owned(), version: 1 })
}

/// A bundle in a state, shared with `press`, made by `editor` and approved by `signatory`; it holds one approved
/// version, except that a new one holds nothing. A bundle being published is stuck: nobody holds its lease.
pub async fn bundle_in(site: &Site, stage: BundleStage) -> (Bundle, Option<String>) {
    let held = match stage {
        BundleStage::Created => None,
        BundleStage::Published => Some(version_in(site, VersionState::Published).await.0),
        _ => Some(version_in(site, VersionState::Approved).await.0),
    };
    let id = fresh("bundle");
    let item_count = u32::from(held.is_some());
    let mut bundle = Bundle { state: state_of(site, stage), item_count, ..builders::bundle(&id) };
    bundle.details.preview_teams = vec!["press".to_owned()];
    let tx = site.services.db.begin().await.unwrap();
    bundles::insert(&tx, &bundle).await.unwrap();
    let item = match held {
        Some(version) => {
            let item = format!("item-of-{id}");
            contents::add(&tx, &item, &bundle, &version, site.now()).await.unwrap();
            Some(item)
        }
        None => None,
    };
    persistence::db::commit(tx).await.unwrap();
    (bundle, item)
}

fn state_of(site: &Site, stage: BundleStage) -> BundleState {
    let approval = Mark { by: actor("signatory"), at: site.now() };
    let schedule = Schedule { publication_date: site.now() + TimeDelta::hours(1), notification_channels: Vec::new() };
    let failure =
        Failure { code: "VALIDATION_ERROR".into(), message: "x".into(), blockers: Vec::new(), at: site.now() };
    match stage {
        BundleStage::Created => BundleState::Created,
        BundleStage::InProgress => BundleState::InProgress,
        BundleStage::ReadyForReview => BundleState::ReadyForReview { submitted: approval },
        BundleStage::Approved => BundleState::Approved { approval, kept_channels: Vec::new() },
        BundleStage::Scheduled => BundleState::Scheduled { approval, schedule },
        BundleStage::Publishing => {
            BundleState::Publishing { approval, schedule: Some(schedule), started_at: site.now(), told: None }
        }
        BundleStage::Published => BundleState::Published {
            approval,
            schedule: Some(schedule),
            started_at: site.now(),
            published_at: site.now(),
        },
        BundleStage::Failed => BundleState::Failed { approval, schedule: Some(schedule), failure },
    }
}

/// The bundle as it stands now; `None` where it is gone.
pub async fn bundle_now(site: &Site, id: &str) -> Option<Bundle> {
    bundles::find_visible_to(site.services.db.pool(), &Caller::system("test"), id).await.unwrap()
}

/// The version as it stands now.
pub async fn version_now(site: &Site, key: &VersionKey) -> Version {
    let all = domain::policy::Reach::All;
    let db = site.services.db.pool();
    versions::find_visible_to(db, &all, &key.dataset_id, &key.edition, key.version).await.unwrap().unwrap()
}

/// Makes the team that bundles are shared with.
pub async fn with_press(site: Site) -> Site {
    let team = domain::people::Team::new("press", "Press", Vec::new());
    let tx = site.services.db.begin().await.unwrap();
    persistence::teams::save(&tx, &team).await.unwrap();
    persistence::db::commit(tx).await.unwrap();
    site
}
