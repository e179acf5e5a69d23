//! A world made of a plan through the services, with or without what is hidden in it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller as Somebody;
use domain::bundle::{BundleCommand, BundleDetails, BundleKind, Schedule};
use domain::dataset::DatasetMetadata;
use domain::people::Team;
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use domain::release::{ReleaseCommand, ReleaseDate, ReleaseDetails};
use domain::topic::{Department, Topic};
use domain::version::{VersionAction, VersionMetadata};
use services::accounts::{self, NewToken};
use services::datasets::{self, NewDataset, NewEdition};
use services::files::{self, NewFile};
use services::releases::{self, NewRelease};
use services::versions::{self, NewVersion, VersionKey};
use services::{Ctx, bundles};
use testkit::builders;
use testkit::databases::TestDatabase;

use super::plan::{Fate, Plan, What, dataset_id, edition_id};
use crate::support::{Caller, Site, TABLE, metadata};

/// A world and the names of what has a random id in it.
pub struct World {
    pub site: Site,
    labels: HashMap<String, String>,
    /// The latest bundle of each dataset that is not public.
    hidden_bundles: HashMap<usize, String>,
    /// When what is scheduled is due: the same in both worlds.
    due: DateTime<Utc>,
}

impl World {
    /// Makes everything, or everything but what is left out; time passes alike in both.
    pub async fn build(plan: &Plan, with_hidden: bool, database: TestDatabase) -> Self {
        let site = Site::start(database).await;
        let due = site.now() + TimeDelta::days(400);
        let mut world = Self { site, labels: HashMap::new(), hidden_bundles: HashMap::new(), due };
        world.furnish().await;
        for (place, step) in plan.steps.iter().enumerate() {
            if with_hidden || !plan.is_left_out(step) {
                world.take(plan, place, &step.what).await;
            }
            world.site.advance(TimeDelta::seconds(60));
        }
        world.site.run_tasks().await;
        world
    }

    async fn furnish(&self) {
        let tx = self.site.services.db.begin().await.unwrap();
        let health = Department { id: "health".into(), title: "Health".into(), title_cy: None };
        persistence::topics::save_department(&tx, &health).await.unwrap();
        for (place, (id, parent)) in [("trade", Some("output")), ("people", None)].into_iter().enumerate() {
            let position = 1 + u32::try_from(place).unwrap();
            let topic = Topic { parent_id: parent.map(str::to_owned), position, ..builders::topic(id) };
            persistence::topics::insert(&tx, &topic).await.unwrap();
        }
        for id in ["press", "other"] {
            let team = Team::new(id, id, Vec::new());
            persistence::teams::save(&tx, &team).await.unwrap();
        }
        persistence::db::commit(tx).await.unwrap();
    }

    fn acting(&self, role: Role) -> Ctx {
        let caller = builders::caller(role.as_str(), &[Grant::of(role)]);
        Ctx { caller: Some(caller), ..Ctx::public(self.site.now(), "a-test".to_owned()) }
    }

    async fn take(&mut self, plan: &Plan, place: usize, what: &What) {
        let services = self.site.services.clone();
        let editor = self.acting(Role::Editor);
        match what {
            What::Dataset { dataset, department, title, topics } => {
                let new = NewDataset {
                    id: dataset_id(*dataset),
                    kind: "static".to_owned(),
                    department: (*department).to_owned(),
                    metadata: about(title, topics),
                };
                datasets::create(&services, &editor, new).await.unwrap();
            }
            What::Edition { dataset, edition } => {
                let new = NewEdition {
                    dataset_id: dataset_id(*dataset),
                    edition: edition_id(*edition),
                    title: format!("Edition {edition}"),
                    title_cy: None,
                };
                datasets::create_edition(&services, &editor, new).await.unwrap();
            }
            What::Draft { dataset, title, topics } => {
                let id = dataset_id(*dataset);
                let before = datasets::find(&services, &editor, &id).await.unwrap();
                datasets::edit(&services, &editor, &id, before.revision, about(title, topics)).await.unwrap();
            }
            What::Version { dataset, edition, fate } => self.prepare(place, *dataset, *edition, *fate).await,
            What::Release { dataset, title } => {
                let details = ReleaseDetails {
                    title: title.clone(),
                    department: Some(plan.department(*dataset).to_owned()),
                    ..ReleaseDetails::default()
                };
                let date = ReleaseDate::At(self.site.now() + TimeDelta::days(30));
                let new = NewRelease { id: Some(format!("release-{dataset}")), details, date, bundle_id: None };
                releases::create(&services, &editor, new).await.unwrap();
            }
            What::Announced { dataset, title } => {
                let details = ReleaseDetails {
                    title: title.clone(),
                    department: Some(plan.department(*dataset).to_owned()),
                    ..ReleaseDetails::default()
                };
                let id = format!("announced-{dataset}");
                let bundle_id = self.hidden_bundles.get(dataset).cloned();
                let date = ReleaseDate::At(self.due);
                let new = NewRelease { id: Some(id.clone()), details, date, bundle_id };
                releases::create(&services, &editor, new).await.unwrap();
                releases::take_step(&services, &editor, &id, None, ReleaseCommand::Announce).await.unwrap();
            }
            What::Together { first, second } => {
                let keys = [*first, *second].map(|dataset| key(dataset, 0, 1));
                self.bundle(place, &keys, Fate::InProgress, None).await;
            }
        }
    }

    async fn prepare(&mut self, place: usize, dataset: usize, edition: usize, fate: Fate) {
        let services = self.site.services.clone();
        let editor = self.acting(Role::Editor);
        let release_date = Some(self.site.now() + TimeDelta::days(1));
        let new = NewVersion {
            dataset_id: dataset_id(dataset),
            edition: edition_id(edition),
            metadata: VersionMetadata { release_date, ..VersionMetadata::default() },
        };
        let version = versions::create(&services, &editor, new).await.unwrap();
        let key = key(dataset, edition, version.version);
        let bytes = bytes::Bytes::from_static(TABLE);
        let received = files::receive(&services, &editor, futures::stream::iter([Ok(bytes)])).await.unwrap();
        let file = NewFile {
            version: key.clone(),
            filename: format!("{}.csv", key.dataset_id),
            title: None,
            licence: None,
            licence_url: None,
        };
        let file = files::attach(&services, &editor, received, file).await.unwrap();
        self.labels.insert(file.id.clone(), format!("file-{place}"));
        if fate == Fate::Created {
            return;
        }
        versions::take_step(&services, &editor, &key, VersionAction::Submit, None, None).await.unwrap();
        if fate == Fate::Submitted {
            return;
        }
        let approver = self.acting(Role::Approver);
        versions::take_step(&services, &approver, &key, VersionAction::Approve, None, None).await.unwrap();
        if fate != Fate::Approved {
            let id = self.bundle(place, &[key], fate, Some(&file.id)).await;
            if fate != Fate::Published {
                self.hidden_bundles.insert(dataset, id);
            }
        }
    }

    async fn bundle(&mut self, place: usize, keys: &[VersionKey], fate: Fate, file: Option<&str>) -> String {
        let services = self.site.services.clone();
        let (editor, approver) = (self.acting(Role::Editor), self.acting(Role::Approver));
        let details = BundleDetails {
            title: format!("Bundle {place}"),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: vec!["press".to_owned()],
        };
        let id = bundles::create(&services, &editor, details).await.unwrap().id;
        self.labels.insert(id.clone(), format!("bundle-{place}"));
        for key in keys {
            let item = bundles::add_content(&services, &editor, &id, None, key).await;
            // A version whose predecessor is hidden too can be put in, and goes no further.
            item.unwrap();
        }
        let step = async |ctx: &Ctx, command| bundles::take_step(&services, ctx, &id, None, command).await;
        if fate == Fate::InProgress
            || step(&editor, BundleCommand::Submit).await.is_err()
            || fate == Fate::ReadyForReview
        {
            return id;
        }
        step(&approver, BundleCommand::Approve).await.unwrap();
        if fate == Fate::BundleApproved {
            return id;
        }
        if fate == Fate::Scheduled {
            let schedule = Schedule { publication_date: self.due, notification_channels: Vec::new() };
            step(&approver, BundleCommand::Schedule(schedule)).await.unwrap();
            return id;
        }
        if let (Fate::Failed, Some(file)) = (fate, file) {
            services.storage.delete(&format!("files/{file}")).await.unwrap();
        }
        step(&self.acting(Role::Operator), BundleCommand::PublishNow { reason: None }).await.unwrap();
        bundles::publish_due(&services).await.unwrap();
        id
    }

    /// Somebody with a token of these rights, or nobody in particular.
    pub async fn viewer(&self, name: &str, grant: Option<Grant>) -> Caller {
        let Some(grant) = grant else { return self.site.public() };
        let ctx = Ctx::system("test", self.site.now());
        let new = NewToken { name: name.to_owned(), grants: vec![grant], approve_own: false, expires_at: None };
        let (_, secret) = accounts::create_token(&self.site.services, &ctx, new).await.unwrap();
        self.site.bearer(secret)
    }

    /// The address with the ids of this world in place of their labels; what does not exist here gets an id of nothing.
    pub fn address(&self, template: &str) -> String {
        let mut address = template.to_owned();
        for (id, label) in &self.labels {
            address = address.replace(&format!("{{{label}}}"), id);
        }
        match (address.find('{'), address.find('}')) {
            (Some(from), Some(to)) => format!("{}{NOTHING}{}", &address[..from], &address[to + 1..]),
            _ => address,
        }
    }

    /// What ids are called in both worlds.
    pub const fn labels(&self) -> &HashMap<String, String> {
        &self.labels
    }

    /// Every bundle is shared with the press; who previews for another team finds none of them.
    pub async fn previewers_of_another_team_see_nothing(&self) {
        let caller = builders::caller("previewer", &[Grant::of(Role::Previewer)]);
        let caller = Somebody { teams: vec!["other".to_owned()], ..caller };
        let ctx = Ctx { caller: Some(caller), ..Ctx::public(self.site.now(), "a-test".to_owned()) };
        let services = &self.site.services;
        let listed =
            bundles::list(services, &ctx, &bundles::BundleFilter::default(), domain::page::Paging::WHOLE).await;
        assert_eq!(listed.unwrap().total_count, 0);
        for (id, _) in self.labels.iter().filter(|(_, label)| label.starts_with("bundle-")) {
            for refused in [
                bundles::find(services, &ctx, id).await.map(|_| ()),
                bundles::preview(services, &ctx, id).await.map(|_| ()),
                bundles::readiness(services, &ctx, id).await.map(|_| ()),
            ] {
                assert_eq!(refused.unwrap_err().refusal(), Some(&Refusal::NotFound));
            }
        }
    }
}

/// An id that nothing has.
pub const NOTHING: &str = "00000000-0000-7000-8000-000000000000";

fn key(dataset: usize, edition: usize, version: u32) -> VersionKey {
    VersionKey { dataset_id: dataset_id(dataset), edition: edition_id(edition), version }
}

fn about(title: &str, topics: &[&str]) -> DatasetMetadata {
    let complete: DatasetMetadata = serde_json::from_value(metadata(title)).unwrap();
    DatasetMetadata { topics: topics.iter().map(|&topic| topic.to_owned()).collect(), ..complete }
}
