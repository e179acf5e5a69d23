//! A world made of a plan through the services, with or without what is hidden in it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Caller as Somebody;
use domain::bundle::{BundleCommand, BundleDetails, BundleKind, Schedule};
use domain::dataset::DatasetMetadata;
use domain::image::ImageTexts;
use domain::people::Team;
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use domain::release::{PreReleaseAccess, ReleaseCommand, ReleaseDate, ReleaseDetails};
use domain::selection::{Place, Selection};
use domain::topic::{Department, Topic};
use domain::version::{Alert, AlertKind, LatestChange, VersionAction, VersionMetadata};
use services::datasets::{self, NewDataset, NewEdition};
use services::files::{self, NewFile, Recall};
use services::filters::{self, NewFilter};
use services::images::{self, NewImage};
use services::releases::{self, NewRelease};
use services::versions::{self, NewVersion, VersionKey};
use services::{Ctx, archiving, bundles};
use testkit::builders;
use testkit::databases::TestDatabase;

use super::plan::{Fate, Plan, What, dataset_id, edition_id};
use crate::support::{Caller, DOT, Site, TABLE, metadata};

/// Whatever is asked is answered, however often; what is measured is for nobody here.
const SETTINGS: [(&str, &str); 2] = [("RATE_LIMIT_ENABLED", "false"), ("METRICS_ALLOW", "none")];
/// A second table that is recalled, whose figures and columns are nowhere else.
const RECALLED: &[u8] = b"Year,Withheld\n2019,7.25\n2020,8.5\n";

/// A world and the names of what has a random id in it.
pub struct World {
    pub site: Site,
    /// Names by id.
    labels: HashMap<String, String>,
    /// Ids by name; of what is not in this world those of the other one.
    ids: HashMap<String, String>,
    /// The latest bundle of each dataset that is not public.
    hidden_bundles: HashMap<usize, String>,
    /// When what is scheduled is due: the same in both worlds.
    due: DateTime<Utc>,
    /// Whether what happens now is left out of the other world.
    acts_in_secret: bool,
    /// Whether this is the world with hidden things.
    with_hidden: bool,
}

impl World {
    /// Makes everything, or everything but what is left out; time passes alike in both.
    pub async fn build(plan: &Plan, with_hidden: bool, database: TestDatabase) -> Self {
        let site = Site::start_as(database, &SETTINGS).await;
        let due = site.now() + TimeDelta::days(400);
        let (labels, ids, hidden_bundles) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut world = Self { site, labels, ids, hidden_bundles, due, acts_in_secret: false, with_hidden };
        world.furnish().await;
        world.share_with_the_outsiders().await;
        for (place, step) in plan.steps.iter().enumerate() {
            world.acts_in_secret = plan.is_left_out(step);
            if with_hidden || !world.acts_in_secret {
                world.take(plan, place, &step.what).await;
            } else if let What::Together { second, .. } = step.what {
                // Whose version it is may know that it is in a bundle, not in which one.
                let keys = [key("kept-figures", 0, 1), key(&dataset_id(second), 0, 1)];
                world.bundle(place.to_string(), &keys, Fate::InProgress, None, "press").await;
            }
            world.site.advance(TimeDelta::seconds(60));
        }
        world.site.run_tasks().await;
        world
    }

    /// What the other world has and this one has not is asked for here by the id that it has there.
    pub fn hear_of(&mut self, other: &Self) {
        for (label, id) in &other.ids {
            if !self.ids.contains_key(label) {
                self.call(id.clone(), label.clone());
            }
        }
    }

    fn call(&mut self, id: String, label: String) {
        self.ids.insert(label.clone(), id.clone());
        self.labels.insert(id, label);
    }

    async fn furnish(&self) {
        let tx = self.site.services.db.begin().await.unwrap();
        for id in ["health", "prices"] {
            let department = Department { id: id.to_owned(), title: id.to_owned(), title_cy: None };
            persistence::topics::save_department(&tx, &department).await.unwrap();
        }
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

    /// A bundle of another department that is shared with another team, so that what outsiders see is not empty; and a version
    /// that none of them sees.
    async fn share_with_the_outsiders(&mut self) {
        let (services, editor) = (self.site.services.clone(), self.acting(Role::Editor));
        for (id, department) in [("own-figures", "health"), ("kept-figures", "prices")] {
            let (kind, metadata) = ("static".to_owned(), about(id, &["trade"]));
            let new = NewDataset { id: id.to_owned(), kind, department: department.to_owned(), metadata };
            datasets::create(&services, &editor, new).await.unwrap();
            let (edition, title) = (edition_id(0), "Edition".to_owned());
            let new = NewEdition { dataset_id: id.to_owned(), edition, title, title_cy: None };
            datasets::create_edition(&services, &editor, new).await.unwrap();
        }
        self.version("kept".to_owned(), "kept-figures", 0, Fate::Approved).await;
        let key = self.version("own".to_owned(), "own-figures", 0, Fate::Approved).await.0;
        self.bundle("own".to_owned(), &[key], Fate::InProgress, None, "other").await;
        let department = Some("health".to_owned());
        let details = ReleaseDetails { title: "Own release".to_owned(), department, ..ReleaseDetails::default() };
        let date = ReleaseDate::At(self.due);
        let release = NewRelease { id: Some("own-release".to_owned()), details, date, bundle_id: None };
        releases::create(&services, &editor, release).await.unwrap();
    }

    fn acting(&self, role: Role) -> Ctx {
        let name = if self.acts_in_secret { format!("secret-{role}") } else { role.to_string() };
        let caller = builders::caller(&name, &[Grant::of(role)]);
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
            What::Held { dataset, edition, version } => {
                let (operator, key) = (self.acting(Role::Operator), key(&dataset_id(*dataset), *edition, *version));
                archiving::hold(&services, &operator, &key, "A secret inquiry").await.unwrap();
                versions::comment(&services, &operator, &key, "A secret remark").await.unwrap();
            }
            What::Archived { dataset, edition, version } => {
                let (operator, key) = (self.acting(Role::Operator), key(&dataset_id(*dataset), *edition, *version));
                versions::take_step(&services, &operator, &key, VersionAction::Archive, None, None).await.unwrap();
            }
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
                let department = Some(plan.department(*dataset).to_owned());
                // Who is given it early is told to nobody outside before it is published; the other department is inside.
                let is_secret = self.with_hidden && plan.department(*dataset) == "economy";
                let given = PreReleaseAccess::new("Holder of a secret position", "A secret office");
                let pre_release_access = if is_secret { vec![given] } else { Vec::new() };
                let title = title.clone();
                let details = ReleaseDetails { title, department, pre_release_access, ..ReleaseDetails::default() };
                let id = format!("announced-{dataset}");
                let bundle_id = self.hidden_bundles.get(dataset).cloned();
                let new = NewRelease { id: Some(id.clone()), details, date: ReleaseDate::At(self.due), bundle_id };
                releases::create(&services, &editor, new).await.unwrap();
                releases::take_step(&services, &editor, &id, None, ReleaseCommand::Announce).await.unwrap();
            }
            What::Together { first, second } => {
                let keys = [*first, *second].map(|dataset| key(&dataset_id(dataset), 0, 1));
                self.bundle(place.to_string(), &keys, Fate::InProgress, None, "press").await;
            }
        }
    }

    async fn prepare(&mut self, place: usize, dataset: usize, edition: usize, fate: Fate) {
        let (key, file) = self.version(place.to_string(), &dataset_id(dataset), edition, fate).await;
        if !matches!(fate, Fate::Created | Fate::Submitted | Fate::Approved) {
            let id = self.bundle(place.to_string(), std::slice::from_ref(&key), fate, Some(&file), "press").await;
            match fate {
                Fate::Published => {}
                Fate::Recalled => self.recall(place, &key).await,
                _ => {
                    self.hidden_bundles.insert(dataset, id);
                }
            }
        }
    }

    /// Recalls the second table of a public version, and its second picture; where they never were, readers are told the same by an
    /// alert.
    async fn recall(&self, place: usize, key: &VersionKey) {
        let (services, approver) = (self.site.services.clone(), self.acting(Role::Approver));
        // It has been found and delivered until now.
        self.site.run_tasks().await;
        if let (true, Some(id)) = (self.with_hidden, self.ids.get(&format!("image-{place}-recalled"))) {
            let recall = Recall { reason: "A secret reason".to_owned(), notice: None };
            images::withdraw(&services, &approver, id, recall).await.unwrap();
        }
        let description = "Some of the figures are being looked at.".to_owned();
        if let (true, Some(id)) = (self.with_hidden, self.ids.get(&format!("file-{place}-recalled"))) {
            let recall = Recall { reason: "A secret reason".to_owned(), notice: Some(description) };
            files::withdraw(&services, &approver, id, recall).await.unwrap();
        } else {
            let alert = Alert::new(AlertKind::Alert, description);
            versions::add_alert(&services, &approver, key, alert).await.unwrap();
        }
    }

    /// The next version of an edition with a file, as far as it goes without a bundle.
    async fn version(&mut self, name: String, dataset: &str, edition: usize, fate: Fate) -> (VersionKey, String) {
        let services = self.site.services.clone();
        let editor = self.acting(Role::Editor);
        let release_date = Some(self.site.now() + TimeDelta::days(1));
        let is_public = matches!(fate, Fate::Published | Fate::Recalled);
        let metadata = if is_public { VersionMetadata::default() } else { secret_metadata() };
        let new = NewVersion {
            dataset_id: dataset.to_owned(),
            edition: edition_id(edition),
            metadata: VersionMetadata { release_date, ..metadata },
        };
        let version = versions::create(&services, &editor, new).await.unwrap();
        let key = VersionKey { dataset_id: dataset.to_owned(), edition: edition_id(edition), version: version.version };
        let file = self.table(format!("file-{name}"), &key, format!("{}.csv", key.dataset_id), TABLE).await;
        if fate == Fate::Recalled && self.with_hidden {
            let filename = format!("{}-recalled.csv", key.dataset_id);
            self.table(format!("file-{name}-recalled"), &key, filename, RECALLED).await;
        }
        if !is_public {
            self.selection(&name, &key).await;
        }
        self.picture(format!("image-{name}"), &key).await;
        if fate == Fate::Recalled && self.with_hidden {
            self.picture(format!("image-{name}-recalled"), &key).await;
        }
        if fate != Fate::Created {
            versions::take_step(&services, &editor, &key, VersionAction::Submit, None, None).await.unwrap();
        }
        if !matches!(fate, Fate::Created | Fate::Submitted) {
            let approver = self.acting(Role::Approver);
            versions::take_step(&services, &approver, &key, VersionAction::Approve, None, None).await.unwrap();
        }
        (key, file)
    }

    /// Puts a picture into a version, which is known by the label.
    async fn picture(&mut self, label: String, key: &VersionKey) {
        let (services, editor) = (self.site.services.clone(), self.acting(Role::Editor));
        let texts = ImageTexts::new(format!("A secret picture of {}", key.dataset_id), None, None);
        let image = NewImage { version: key.clone(), texts, bytes: bytes::Bytes::from_static(DOT) };
        let id = images::add(&services, &editor, image).await.unwrap().id;
        self.call(id, label);
    }

    /// Puts a table into a version; answers the id of the file, which is known by the label.
    async fn table(&mut self, label: String, key: &VersionKey, filename: String, table: &'static [u8]) -> String {
        let (services, editor) = (self.site.services.clone(), self.acting(Role::Editor));
        let bytes = bytes::Bytes::from_static(table);
        let received = files::receive(&services, &editor, futures::stream::iter([Ok(bytes)])).await.unwrap();
        let file = NewFile { version: key.clone(), filename, title: None, licence: None, licence_url: None };
        let id = files::attach(&services, &editor, received, file).await.unwrap().id;
        self.call(id.clone(), label);
        id
    }

    /// Keeps a selection of a version's table, and an output of it.
    async fn selection(&mut self, name: &str, key: &VersionKey) {
        let (services, editor) = (self.site.services.clone(), self.acting(Role::Editor));
        let new = NewFilter { version: key.clone(), filename: None, selection: Selection::default() };
        let (saved, _) = filters::create(&services, &editor, new, &Place::in_address).await.unwrap();
        let output = filters::submit(&services, &editor, &saved).await.unwrap();
        self.call(saved.id, format!("filter-{name}"));
        self.call(output.id, format!("output-{name}"));
    }

    async fn bundle(
        &mut self,
        name: String,
        keys: &[VersionKey],
        fate: Fate,
        file: Option<&str>,
        team: &str,
    ) -> String {
        let services = self.site.services.clone();
        let (editor, approver) = (self.acting(Role::Editor), self.acting(Role::Approver));
        let details = BundleDetails {
            title: format!("Bundle {name}"),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: vec![team.to_owned()],
        };
        let id = bundles::create(&services, &editor, details).await.unwrap().id;
        self.call(id.clone(), format!("bundle-{name}"));
        for key in keys {
            let item = bundles::add_content(&services, &editor, &id, None, key).await;
            // A version whose predecessor is hidden too can be put in, and goes no further.
            let label =
                if *key == keys[0] { format!("item-{name}") } else { format!("item-{name}-{}", key.dataset_id) };
            self.call(item.unwrap().id, label);
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

    /// Those who look: nobody in particular, a previewer of another team, an editor of another department.
    pub async fn viewers(&self) -> Vec<(&'static str, Caller)> {
        let health = Grant { departments: vec!["health".to_owned()], ..Grant::of(Role::Editor) };
        let (editor, _) = self.site.person("editor@example.org", &[health]).await;
        let (previewer, id) = self.site.person("previewer@example.org", &[Grant::of(Role::Previewer)]).await;
        let tx = self.site.services.db.begin().await.unwrap();
        persistence::teams::save(&tx, &Team::new("other", "other", vec![id])).await.unwrap();
        persistence::db::commit(tx).await.unwrap();
        vec![("nobody", self.site.public()), ("previewer", previewer), ("editor", editor)]
    }

    /// The text with ids in place of their labels; what was never made has an id of nothing.
    pub fn filled(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let word = rest[at + 1..].split(|c: char| c != '-' && !c.is_ascii_alphanumeric()).next().unwrap();
            let ends = rest[at + 1 + word.len()..].starts_with('}');
            let kinds = ["bundle-", "file-", "filter-", "image-", "item-", "output-"];
            let is_label = ends && kinds.iter().any(|kind| word.starts_with(kind));
            if is_label {
                out.push_str(self.ids.get(word).map_or(NOTHING, String::as_str));
                rest = &rest[at + word.len() + 2..];
            } else {
                out.push('{');
                rest = &rest[at + 1..];
            }
        }
        out.push_str(rest);
        out
    }

    /// What ids are called in both worlds.
    pub const fn labels(&self) -> &HashMap<String, String> {
        &self.labels
    }

    /// Every bundle is shared with the press; who previews for another team finds none of them,
    /// but the one that is shared with it.
    pub async fn previewers_of_another_team_see_nothing(&self) {
        let caller = builders::caller("previewer", &[Grant::of(Role::Previewer)]);
        let caller = Somebody { teams: vec!["other".to_owned()], ..caller };
        let ctx = Ctx { caller: Some(caller), ..Ctx::public(self.site.now(), "a-test".to_owned()) };
        let services = &self.site.services;
        let listed =
            bundles::list(services, &ctx, &bundles::BundleFilter::default(), domain::page::Paging::WHOLE).await;
        assert_eq!(listed.unwrap().total_count, 1);
        let hidden = |label: &str| label.starts_with("bundle-") && label != "bundle-own";
        for (id, _) in self.labels.iter().filter(|(_, label)| hidden(label)) {
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

/// What is said of a version that is not public.
fn secret_metadata() -> VersionMetadata {
    let description = "A secret correction".to_owned();
    let alert = Alert::new(AlertKind::Correction, description);
    let change = LatestChange { name: "A secret change".to_owned(), ..LatestChange::default() };
    VersionMetadata { alerts: vec![alert], latest_changes: vec![change], ..VersionMetadata::default() }
}

fn key(dataset: &str, edition: usize, version: u32) -> VersionKey {
    VersionKey { dataset_id: dataset.to_owned(), edition: edition_id(edition), version }
}

fn about(title: &str, topics: &[&str]) -> DatasetMetadata {
    let complete: DatasetMetadata = serde_json::from_value(metadata(title)).unwrap();
    DatasetMetadata { topics: topics.iter().map(|&topic| topic.to_owned()).collect(), ..complete }
}
