//! The five root causes of failed publications that the runbook names ("Bundle Publication Failures"), each brought about and
//! mended in the way it says: through the API, and through the portal.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::{Value, json};
use services::bundles::publish_one;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;
use testkit::receiver::Behaviour;

use super::Around;
use crate::browser::Browser;

/// Who mends a bundle, and by what.
struct Mending<'a> {
    around: &'a Around,
    id: String,
    by_portal: bool,
}

impl<'a> Mending<'a> {
    async fn of(around: &'a Around, by_portal: bool) -> Self {
        for (name, role) in [("editor", Role::Editor), ("approver", Role::Approver), ("operator", Role::Operator)] {
            around.site.account(&format!("{name}@example.org"), &[role]).await;
        }
        Self { around, id: around.scheduled("Autumn", &["cpi"], json!([])).await, by_portal }
    }

    async fn bundle(&self) -> Value {
        self.around.operator.get(&format!("/bundles/{}", self.id)).await.must_be(200).json()
    }

    /// Lets the instant come; nothing is published, and the message tells why.
    async fn fails(&self, why: &str) {
        self.around.publish().await;
        let bundle = self.bundle().await;
        let message = bundle["failure"]["message"].as_str().unwrap_or_default();
        assert!(bundle["state"] == "failed" && message.contains(why), "{bundle}");
        self.around.site.public().get("/datasets/cpi").await.must_be(404);
    }

    /// Schedules it anew and lets the instant come; it is published once.
    async fn is_published(&self) {
        let at = self.around.site.now() + TimeDelta::minutes(2);
        let at = at - TimeDelta::seconds(at.timestamp() % 60);
        let (date, time) = (at.format("%Y-%m-%d").to_string(), at.format("%H:%M").to_string());
        if self.by_portal {
            self.form("approver", "schedule", &[("publication_date", &date), ("publication_time", &time)]).await;
        } else {
            let body = json!({"publication_date": at.to_rfc3339_opts(SecondsFormat::Secs, true)});
            self.around.approver.put_json(&format!("/bundles/{}/schedule", self.id), body).await.must_be(200);
        }
        assert_eq!(self.bundle().await["state"], "scheduled");
        self.around.site.advance(TimeDelta::minutes(2));
        self.around.site.run_tasks().await;
        self.was_published_once().await;
    }

    async fn was_published_once(&self) {
        assert_eq!(self.bundle().await["state"], "published");
        self.around.site.public().get("/files/downloads/cpi/cpi.csv").await.must_be(200);
        let timeline = self.around.operator.get(&format!("/bundles/{}/timeline?limit=100", self.id)).await.json();
        let published = |event: &&Value| event["event_type"] == "published";
        assert_eq!(timeline["items"].as_array().unwrap().iter().filter(published).count(), 1);
    }

    /// Takes the version out of the bundle, if it is there, adds it again and goes through the review once more.
    async fn add_again(&self, is_there: bool) {
        self.step("approver", "request-changes", Some("add it again")).await;
        let contents = format!("/bundles/{}/contents", self.id);
        if is_there {
            let held = self.around.editor.get(&contents).await.must_be(200).json();
            let item = held["items"][0]["id"].as_str().unwrap().to_owned();
            if self.by_portal {
                self.form("editor", "remove-content", &[("item_id", &item)]).await;
            } else {
                self.around.editor.delete(&format!("{contents}/{item}")).await.must_be(204);
            }
        }
        if self.by_portal {
            self.form("editor", "add-content", &[("version", "cpi/time-series/1")]).await;
        } else {
            let item = json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"});
            self.around.editor.post(&contents, item).await.must_be(201);
        }
        self.step("editor", "submit", None).await;
        self.step("approver", "approve", None).await;
    }

    /// Takes a step, with a reason where one is given; the address ends differently in API and portal.
    async fn step(&self, who: &str, step: &str, reason: Option<&str>) {
        if self.by_portal {
            let form = if step == "reset-to-approved" { "reset" } else { step };
            let fields: Vec<(&str, &str)> = reason.into_iter().map(|reason| ("reason", reason)).collect();
            return self.form(who, form, &fields).await;
        }
        let caller = match who {
            "editor" => &self.around.editor,
            "approver" => &self.around.approver,
            _ => &self.around.operator,
        };
        let body = reason.map_or(json!({}), |reason| json!({"reason": reason}));
        caller.put_json(&format!("/bundles/{}/{step}", self.id), body).await.must_be(200);
    }

    async fn form(&self, who: &str, form: &str, fields: &[(&str, &str)]) {
        // Approval has a page of its own, which shows everything that becomes public.
        let part = if form == "approve" { "/approve" } else { "" };
        let page = format!("/admin/bundles/{}{part}", self.id);
        self.post(who, &format!("/rpc/bundles/{form}"), &page, &[&[("id", self.id.as_str())], fields].concat()).await;
    }

    /// Sends a form with the revision that its page shows, ticking what has to be looked at; the page that follows refuses nothing.
    async fn post(&self, who: &str, address: &str, page: &str, fields: &[(&str, &str)]) {
        let mut browser = Browser::signed_in(&self.around.site, &format!("{who}@example.org")).await;
        let seen = browser.get(page).await.must_be(200).text;
        // Other forms of the page carry the revisions of other things.
        let form = seen
            .split_once(&format!("action=\"{address}\""))
            .map_or(seen.as_str(), |(_, rest)| rest.split_once("</form>").map_or(rest, |(form, _)| form));
        let value = |name: &str| {
            form.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next())
        };
        let revision = value("revision").unwrap_or_else(|| panic!("no form for {address}: {seen}"));
        let looked: Vec<(&str, &str)> =
            value("acknowledged").map(|points| ("acknowledged", points)).into_iter().collect();
        let fields = [fields, &[("revision", revision)], looked.as_slice()];
        let after = browser.submit(address, page, &fields.concat()).await.must_be(200).text;
        assert!(!after.contains("role=\"alert\""), "{address}: {after}");
    }
}

async fn unapproved_content(db: TestDatabase, by_portal: bool) {
    let around = Around::start(db, &[]).await;
    let mending = Mending::of(&around, by_portal).await;
    around.site.database.execute("UPDATE versions SET state = 'submitted', revision = revision + 1").await.unwrap();
    mending.fails("not approved").await;
    if by_portal {
        let key = [("dataset_id", "cpi"), ("edition", "time-series"), ("version", "1")];
        let page = "/admin/datasets/cpi/editions/time-series/versions/1";
        mending.post("approver", "/rpc/versions/approve", page, &key).await;
    } else {
        around.approver.put("/datasets/cpi/editions/time-series/versions/1/approve").await.must_be(200);
    }
    mending.step("operator", "reset-to-approved", Some("its version is approved now")).await;
    // What was approved with the bundle is not what is approved now, so that the bundle is looked at once more.
    mending.add_again(true).await;
    mending.is_published().await;
}

async fn missing_content(db: TestDatabase, by_portal: bool) {
    let around = Around::start(db, &[]).await;
    let mending = Mending::of(&around, by_portal).await;
    around.site.database.execute("DELETE FROM bundle_contents").await.unwrap();
    mending.fails("bundle has no content items").await;
    mending.step("operator", "reset-to-approved", Some("its contents were lost")).await;
    mending.add_again(false).await;
    mending.is_published().await;
}

async fn corrupted_state(db: TestDatabase, by_portal: bool) {
    let around = Around::start(db, &[]).await;
    let mending = Mending::of(&around, by_portal).await;
    // Another program says that it is being published, and nobody is at it.
    let lease = (around.site.now() + TimeDelta::minutes(1)).timestamp_micros();
    let lost = format!(
        "UPDATE bundles SET state = 'publishing', started_at = {lease}, lease_node = 'gone', lease_expires_at = {lease}"
    );
    around.site.database.execute(&lost).await.unwrap();
    around.site.advance(TimeDelta::minutes(1));
    mending.step("operator", "reset-to-approved", Some("it hangs")).await;
    assert_eq!(mending.bundle().await["state"], "approved");
    mending.is_published().await;
}

async fn failing_receiver(db: TestDatabase, by_portal: bool) {
    let around = Around::start(db, &[("WAGTAIL_BLOCKING", "true")]).await;
    let mending = Mending::of(&around, by_portal).await;
    around.wagtail.usually(Behaviour::Answer(503, "closed"));
    mending.fails("Wagtail is down").await;
    around.wagtail.usually(Behaviour::Answer(200, "{}"));
    mending.step("operator", "retry", Some("Wagtail is back")).await;
    mending.is_published().await;
}

/// While the receiver stays down, an operator leaves it out for the bundle where the failure is shown; told after all, it stands in the way
/// again.
async fn receiver_left_out(db: TestDatabase) {
    let around = Around::start(db, &[("WAGTAIL_BLOCKING", "true")]).await;
    let mending = Mending::of(&around, true).await;
    around.wagtail.usually(Behaviour::Answer(503, "closed"));
    mending.fails("Wagtail is down").await;
    let mut operator = Browser::signed_in(&around.site, "operator@example.org").await;
    let page = operator.get("/ops/failures").await.must_be(200).text;
    assert!(page.contains("External service failure") && page.contains("Leave out for this bundle: Wagtail"), "{page}");
    let seen =
        Browser::signed_in(&around.site, "editor@example.org").await.get("/ops/failures").await.must_be(200).text;
    assert!(!seen.contains("Leave out for this bundle"), "{seen}");
    let fields = [("id", mending.id.as_str()), ("step", "wagtail"), ("reason", "It is closed today")];
    let refused = operator.submit("/rpc/bundles/skip-step", "/ops/failures", &fields[..2]).await.text;
    assert!(refused.contains("error-summary"), "{refused}");
    let skipped = operator.submit("/rpc/bundles/skip-step", "/ops/failures", &fields).await.text;
    assert!(
        skipped.contains("Wagtail is left out of this bundle.") && skipped.contains("Tell it after all"),
        "{skipped}"
    );
    assert!(!skipped.contains("Leave out for this bundle: Wagtail"), "{skipped}");
    let step =
        skipped.split_once("name=\"step\" value=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
    let told = [("id", mending.id.as_str()), ("step", step)];
    let publication = format!("/admin/bundles/{}/publication", mending.id);
    let again = operator.submit("/rpc/bundles/replay-step", &publication, &told).await.text;
    assert!(
        again.contains("It will be told when the bundle is published.")
            && again.contains("Leave out for this bundle: Wagtail"),
        "{again}"
    );
    let skipped = operator.submit("/rpc/bundles/skip-step", &publication, &fields).await.text;
    assert!(skipped.contains("Tell it after all"), "{skipped}");
    mending.step("operator", "retry", Some("without Wagtail")).await;
    mending.is_published().await;
}

async fn locked_record(db: TestDatabase) {
    let other = db.another().await;
    let around = Around::start(db, &[]).await;
    let mending = Mending::of(&around, false).await;
    let lock = other.database().begin().await.unwrap();
    persistence::bundles::lock(&lock, &mending.id).await.unwrap();
    around.site.advance(TimeDelta::minutes(1));
    let (services, id) = (around.site.services.clone(), mending.id.clone());
    let publishing = tokio::spawn(async move { publish_one(&services, &id).await });
    around.site.public().get("/datasets/cpi").await.must_be(404);
    assert!(!publishing.is_finished());
    // Whoever holds the lock goes away with its connection.
    lock.rollback().await.unwrap();
    other.database().close().await.unwrap();
    publishing.await.unwrap().unwrap();
    around.site.run_tasks().await;
    mending.was_published_once().await;
}

on_both_databases! {
    async fn unapproved_content_is_approved_and_published_through_the_api(db: TestDatabase) {
        unapproved_content(db, false).await;
    }

    async fn unapproved_content_is_approved_and_published_through_the_portal(db: TestDatabase) {
        unapproved_content(db, true).await;
    }

    async fn missing_content_is_added_again_through_the_api(db: TestDatabase) {
        missing_content(db, false).await;
    }

    async fn missing_content_is_added_again_through_the_portal(db: TestDatabase) {
        missing_content(db, true).await;
    }

    async fn a_corrupted_state_is_reset_through_the_api(db: TestDatabase) {
        corrupted_state(db, false).await;
    }

    async fn a_corrupted_state_is_reset_through_the_portal(db: TestDatabase) {
        corrupted_state(db, true).await;
    }

    async fn a_publication_is_tried_again_after_an_outage_through_the_api(db: TestDatabase) {
        failing_receiver(db, false).await;
    }

    async fn a_publication_is_tried_again_after_an_outage_through_the_portal(db: TestDatabase) {
        failing_receiver(db, true).await;
    }

    async fn a_receiver_that_stays_down_is_left_out_through_the_portal(db: TestDatabase) {
        receiver_left_out(db).await;
    }

    async fn a_locked_record_is_published_once_when_the_lock_is_gone(db: TestDatabase) {
        locked_record(db).await;
    }
}
