//! The portal's lists: views that are kept under a name, and bundles that are moved several at once.

use domain::bundle::reschedule::MoveFields;
use domain::bundle::share::Sharing;
use domain::dataset::desk::DatasetChange;
use domain::people::Team;
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use domain::several::{FAILED_AT, NOT_TRIED};
use serde_json::json;
use services::Ctx;
use services::bundles::Said;
use testkit::builders;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// Scheduled bundles of these datasets, each alone in one of its name; their ids.
async fn scheduled(site: &Site, names: &[&str], at: &str) -> Vec<String> {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let mut ids = Vec::new();
    for name in names {
        approved_version(&editor, &approver, name, name).await;
        let bundle = approved_bundle(&editor, &approver, name, &[(name, "1")]).await;
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        ids.push(bundle);
    }
    ids
}

async fn instant(site: &Site, bundle: &str) -> String {
    let approver = site.service("reader", &[Role::Approver]).await;
    let found = approver.get(&format!("/bundles/{bundle}")).await.must_be(200).json();
    found["publication_date"].as_str().unwrap_or_default().to_owned()
}

on_both_databases! {
    async fn a_view_is_kept_shared_with_a_team_and_given_up(db: TestDatabase) {
        let site = Site::start(db).await;
        let mut ids = Vec::new();
        for name in ["ann", "ben", "eve"] {
            let grants = [Role::Editor, Role::Approver].map(domain::policy::Grant::of);
            let (_, id) = site.person(&format!("{name}@example.org"), &grants).await;
            ids.push(id);
        }
        let ctx = services::Ctx::system("test", site.now());
        let team = Team::new("prices", "Prices desk", ids[..2].to_vec());
        services::accounts::save_team(&site.services, &ctx, &team).await.unwrap();
        let mut ann = Browser::signed_in(&site, "ann@example.org").await;
        let page = "/admin/bundles?state=approved&q=&page=1";
        let fields = [("list", "bundles"), ("query", "state=approved&q=&page=1"), ("name", "To be scheduled"), ("team", "prices")];
        let kept = ann.post("/rpc/saved-views/save", page, &fields).await.must_be(303);
        assert_eq!(kept.header("location"), "/admin/bundles?state=approved");
        let shown = ann.get("/admin/bundles?state=approved").await.must_be(200).text;
        assert!(shown.contains("href=\"/admin/bundles?state=approved\" aria-current=\"page\">To be scheduled</a>"), "{shown}");
        assert!(shown.contains("The view To be scheduled was saved.") && shown.contains("seen by Prices desk"), "{shown}");
        let twice = ann.submit("/rpc/saved-views/save", page, &fields).await.text;
        assert!(twice.contains("You have a view of this name") && twice.contains("value=\"To be scheduled\""), "{twice}");
        let strange = [("list", "datasets"), ("name", "Mine"), ("team", "nobodys"), ("query", "")];
        assert!(ann.submit("/rpc/saved-views/save", "/admin/datasets", &strange).await.text.contains("Choose one of your teams."));
        for (list, address) in [("datasets", "/admin/datasets?q=gdp"), ("versions", "/admin/review?show=open")] {
            let query = address.split('?').nth(1).unwrap();
            let kept = ann.post("/rpc/saved-views/save", address, &[("list", list), ("query", query), ("name", "Mine")]).await.must_be(303);
            assert_eq!(kept.header("location"), address);
            assert!(ann.get(address).await.must_be(200).text.contains(">Mine</a>"), "{list}");
        }

        let mut ben = Browser::signed_in(&site, "ben@example.org").await;
        let seen = ben.get("/admin/bundles").await.must_be(200).text;
        assert!(seen.contains(">To be scheduled</a>") && !seen.contains("saved-views/delete"), "{seen}");
        assert!(!ben.get("/admin/datasets").await.text.contains(">Mine</a>"));
        let id = shown.split("action=\"/rpc/saved-views/delete\"").nth(1).and_then(|rest| rest.split("name=\"id\" value=\"").nth(1));
        let id = id.and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let refused = ben.submit("/rpc/saved-views/delete", "/admin/bundles", &[("id", &id)]).await.text;
        assert!(refused.contains("Not found.") && refused.contains(">To be scheduled</a>"), "{refused}");
        let mut eve = Browser::signed_in(&site, "eve@example.org").await;
        assert!(!eve.get("/admin/bundles").await.must_be(200).text.contains("To be scheduled"));
        let gone = ann.submit("/rpc/saved-views/delete", "/admin/bundles", &[("id", &id)]).await.text;
        assert!(gone.contains("was deleted.") && !gone.contains(">To be scheduled</a>"), "{gone}");
        assert!(!ben.get("/admin/bundles").await.text.contains("To be scheduled"));
    }

    async fn bundles_are_moved_several_at_once_and_each_by_itself(db: TestDatabase) {
        let site = Site::start(db).await;
        let ids = scheduled(&site, &["gdp", "cpi", "trade"], "2027-03-24T09:30:00Z").await;
        site.account("approver@example.org", &[Role::Approver]).await;
        let mut browser = Browser::signed_in(&site, "approver@example.org").await;
        let table = browser.get("/admin/bundles").await.must_be(200).text;
        assert!(table.contains("Move those that are ticked") && table.contains(&format!("name=\"chosen\" value=\"{}\"", ids[0])), "{table}");
        assert!(browser.get("/admin/bundles/reschedule").await.must_be(200).text.contains("No bundle was chosen"));
        let many = vec!["chosen=any"; 51].join("&");
        let refused = browser.get(&format!("/admin/bundles/reschedule?{many}")).await.must_be(422).text;
        assert!(refused.contains("Choose between 1 and 50 bundles."), "none is left out unsaid: {refused}");
        let chosen = ids.iter().map(|id| format!("chosen={id}")).collect::<Vec<_>>().join("&");
        let first = browser.get(&format!("/admin/bundles/reschedule?{chosen}")).await.must_be(200).text;
        assert!(first.contains("24 March 2027, 9:30am") && first.contains("Nothing yet") && !first.contains("To confirm"), "{first}");
        let unread = browser.get(&format!("/admin/bundles/reschedule?{chosen}&how=by&days=soon")).await.must_be(200).text;
        assert!(unread.contains("Give a whole number"), "{unread}");
        let past = browser.get(&format!("/admin/bundles/reschedule?{chosen}&how=to&publication_date=2020-01-01&publication_time=09:30")).await.must_be(200).text;
        assert!(past.contains("Choose an instant in the future.") && past.contains("Stays as it is"), "{past}");

        let page = format!("/admin/bundles/reschedule?{chosen}&how=by&days=7");
        let plan = browser.get(&page).await.must_be(200).text;
        assert_eq!(plan.matches("Moves to 31 March 2027, 9:30am").count(), 3, "{plan}");
        assert_eq!(instant(&site, &ids[0]).await, "2027-03-24T09:30:00Z", "looking changes nothing");
        let sent: Vec<String> =
            plan.split("name=\"chosen[]\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(sent.len(), 3);
        // One of them is changed after it was looked at.
        let other = site.service("other", &[Role::Approver]).await;
        other.put_json(&format!("/bundles/{}/schedule", ids[2]), json!({"publication_date": "2027-04-01T08:30:00Z"})).await.must_be(200);
        let mut fields: Vec<(&str, &str)> = sent.iter().map(|one| ("chosen[]", one.as_str())).collect();
        fields.extend([("expected", "3"), ("how", "by"), ("days", "7"), ("release_reason", "Kept."), ("confirmation", "move 2")]);
        let refused = browser.submit("/rpc/bundles/reschedule", &page, &fields).await.must_be(200).text;
        assert!(refused.contains("so that no bundle moves by a slip") && refused.contains("Kept."), "{refused}");
        assert!(refused.contains("Say why the bundles move, so that your colleagues know."), "{refused}");
        *fields.last_mut().unwrap() = ("confirmation", "Move 3");
        fields.push(("reason", "The strike goes on."));
        let done = browser.submit("/rpc/bundles/reschedule", &page, &fields).await.must_be(200).text;
        assert!(done.contains("2 of 3 bundles were moved."), "{done}");
        assert_eq!(done.matches("Now 31 March 2027, 9:30am").count(), 2, "{done}");
        assert!(done.contains("Stays as it is") && done.contains("Somebody else changed this"), "{done}");
        for (id, at) in ids.iter().zip(["2027-03-31T08:30:00Z", "2027-03-31T08:30:00Z", "2027-04-01T08:30:00Z"]) {
            assert_eq!(instant(&site, id).await, at);
        }
        let told = other.get(&format!("/bundles/{}/timeline?limit=100", ids[0])).await.must_be(200).text;
        assert!(told.contains("rescheduled") && told.contains("The strike goes on."), "{told}");

        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        assert!(!editor.get("/admin/bundles").await.must_be(200).text.contains("Move those that are ticked"));
        editor.get(&page).await.must_be(403);
    }

    async fn bundles_are_shared_several_at_once_and_taken_as_a_file(db: TestDatabase) {
        let site = Site::start(db).await;
        let ctx = services::Ctx::system("test", site.now());
        let (_, member) = site.person("ben@example.org", &[domain::policy::Grant::of(Role::Previewer)]).await;
        services::accounts::save_team(&site.services, &ctx, &Team::new("press", "Press desk", vec![member])).await.unwrap();
        let maker = site.service("maker", &[Role::Editor]).await;
        let mut ids = Vec::new();
        for title in ["Spring", "Summer"] {
            let made = maker.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json();
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let table = editor.get("/admin/bundles").await.must_be(200).text;
        assert!(table.contains("Share those that are ticked") && table.contains("formaction=\"/admin/bundles/share\""), "{table}");
        let page = format!("/admin/bundles/share?chosen={}&chosen={}", ids[0], ids[1]);
        let plan = editor.get(&page).await.must_be(200).text;
        assert!(plan.contains("no team") && plan.contains("Change 2 bundles"), "{plan}");
        let sent: Vec<String> =
            plan.split("name=\"chosen[]\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        let mut fields: Vec<(&str, &str)> = sent.iter().map(|one| ("chosen[]", one.as_str())).collect();
        fields.extend([("change", "with"), ("team", "")]);
        let refused = editor.submit("/rpc/bundles/share-several", &page, &fields).await.must_be(200).text;
        assert!(refused.contains("Choose a team."), "{refused}");
        *fields.last_mut().unwrap() = ("team", "press");
        let done = editor.submit("/rpc/bundles/share-several", &page, &fields).await.must_be(200).text;
        assert!(done.contains("2 of 2 bundles were changed.") && done.matches("Press desk").count() >= 2, "{done}");
        // What was looked at is no longer what is there.
        let late = editor.submit("/rpc/bundles/share-several", &page, &[("chosen[]", sent[0].as_str()), ("change", "without"), ("team", "press")]).await.must_be(200).text;
        assert!(late.contains("0 of 1 bundles were changed.") && late.contains("Somebody else changed this"), "{late}");

        let file = editor.get("/admin/bundles.csv?q=Spring").await.must_be(200);
        assert!(file.header("content-disposition").contains("bundles-"), "{file:?}");
        assert!(file.text.contains("Spring,scheduled,created,") && file.text.contains(",press,") && !file.text.contains("Summer"), "{}", file.text);
        let taken = site.environment().get("/audit?resource_type=bundles&action=exported").await.must_be(200).text;
        assert!(taken.contains("\"q\":\"Spring\""), "{taken}");
        site.public().get("/admin/bundles.csv").await.must_be(303);
        let mut ben = Browser::signed_in(&site, "ben@example.org").await;
        ben.get(&page).await.must_be(403);

        // The team is told of the instant of what is shared with it.
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&maker, &approver, "gdp", "GDP").await;
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        maker.post(&format!("/bundles/{}/contents", ids[0]), item).await.must_be(201);
        maker.put(&format!("/bundles/{}/submit", ids[0])).await.must_be(200);
        approver.put(&format!("/bundles/{}/approve", ids[0])).await.must_be(200);
        assert!(!ben.get("/admin/notifications").await.must_be(200).text.contains("was scheduled"));
        let at = json!({"publication_date": "2027-03-24T09:30:00Z"});
        approver.put_json(&format!("/bundles/{}/schedule", ids[0]), at).await.must_be(200);
        let told = ben.get("/admin/notifications").await.must_be(200).text;
        assert!(told.contains("was scheduled") && told.contains("Spring"), "{told}");
    }

    async fn what_was_shared_before_a_fault_is_told_beside_it_and_nothing_is_tried_after_it(db: TestDatabase) {
        let site = Site::start(db).await;
        for (id, name) in [("press", "Press desk"), ("prices", "Prices desk")] {
            let team = Team::new(id, name, Vec::new());
            services::accounts::save_team(&site.services, &Ctx::system("test", site.now()), &team).await.unwrap();
        }
        let maker = site.service("maker", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&maker, &approver, "gdp", "GDP").await;
        let mut chosen = Vec::new();
        for title in ["Of others", "Sound", "Damaged", "After it"] {
            let new = json!({"title": title, "type": "manual", "preview_teams": ["press"]});
            let made = maker.post("/bundles", new).await.must_be(201).json();
            chosen.push((made["id"].as_str().unwrap().to_owned(), 1));
        }
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        maker.post(&format!("/bundles/{}/contents", chosen[0].0), item).await.must_be(201);
        // As no code of ours writes it, so that it cannot be read.
        let damage = format!("UPDATE bundles SET last_edited_by = 'nobody' WHERE id = '{}'", chosen[2].0);
        site.database.execute(&damage).await.unwrap();

        let grants = [builders::grant_for(Role::Editor, &["health"]), Grant::of(Role::Previewer)];
        let editor = domain::actor::Caller { teams: vec!["press".to_owned()], ..builders::caller("eve", &grants) };
        let ctx = Ctx { caller: Some(editor), ..Ctx::public(site.now(), "a-test".to_owned()) };
        let told = services::bundles::share(&site.services, &ctx, &chosen, Sharing::With, "prices").await.unwrap();
        assert!(matches!(told.refused_right, Some(Refusal::Forbidden { .. })), "{told:?}");
        let plan = told.done;
        assert_eq!(plan.bundles.iter().map(|shared| shared.refused.len()).collect::<Vec<_>>(), [1, 0, 1, 1], "{plan:?}");
        assert_eq!(plan.bundles[1].teams, ["Press desk", "Prices desk"]);
        assert_eq!((plan.bundles[2].refused[0].as_str(), plan.bundles[3].refused[0].as_str()), (FAILED_AT, NOT_TRIED));
        for (place, teams) in [(1, json!(["press", "prices"])), (3, json!(["press"]))] {
            let bundle = maker.get(&format!("/bundles/{}", chosen[place].0)).await.must_be(200).json();
            assert_eq!(bundle["preview_teams"], teams);
        }
    }

    async fn a_fault_ends_whatever_is_done_to_several_things(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let mut bundles = Vec::new();
        for id in ["gdp", "cpi"] {
            approved_version(&editor, &approver, id, id).await;
            bundles.push((approved_bundle(&editor, &approver, id, &[(id, "1")]).await, 1));
        }
        for table in ["datasets", "versions", "bundles"] {
            let of = if table == "versions" { "dataset_id" } else { "id" };
            let id = if table == "bundles" { bundles[0].0.as_str() } else { "gdp" };
            let damage = format!("UPDATE {table} SET last_edited_by = 'nobody' WHERE {of} = '{id}'");
            site.database.execute(&damage).await.unwrap();
        }
        let (services, ctx) = (&site.services, Ctx::system("test", site.now()));
        let told = vec![vec![FAILED_AT.to_owned()], vec![NOT_TRIED.to_owned()]];

        let shift = MoveFields { how: "by".to_owned(), days: "1".to_owned(), ..MoveFields::default() };
        let moved = services::bundles::reschedule(services, &ctx, &bundles, shift, Said::default()).await.unwrap().done;
        assert_eq!(moved.bundles.into_iter().map(|one| one.refused).collect::<Vec<_>>(), told);

        let datasets = ["gdp", "cpi"].map(|id| (id.to_owned(), 1));
        let (what, value) = (DatasetChange::NextRelease, "May 2027");
        let changed = services::datasets::change_several(services, &ctx, &datasets, what, value).await.unwrap().done;
        assert_eq!(changed.datasets.into_iter().map(|one| one.refused).collect::<Vec<_>>(), told);

        let versions = ["gdp", "cpi"].map(|id| (format!("{id}/time-series/1"), 1));
        let decided = services::versions::approve_several(services, &ctx, &versions, true).await.unwrap().done;
        assert_eq!(decided.into_iter().map(|one| one.refused).collect::<Vec<_>>(), told);
    }

    async fn all_files_are_listed_with_who_sent_them(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("ann@example.org", &[Role::Editor]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let file = approved_version(&editor, &approver, "gdp", "Output").await;
        let sha256 = editor.get(&format!("/files/{file}")).await.must_be(200).json()["sha256"].as_str().unwrap().to_owned();
        let mut ann = Browser::signed_in(&site, "ann@example.org").await;
        let page = ann.get("/admin/files?by=edit").await.must_be(200).text.replace("<!>", "");
        for part in ["gdp.csv", sha256.as_str(), "by editor", "/admin/datasets/gdp/editions/time-series/versions/1?tab=files"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let none = ann.get("/admin/files?state=failed").await.must_be(200).text;
        assert!(none.contains("No file fits"), "{none}");
    }

    async fn datasets_are_narrowed_taken_away_and_changed_several_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        begin_dataset(&editor, "cpi", "Prices").await;
        begin_dataset(&editor, "trade", "Trade").await;
        site.department("health").await;
        let economy = domain::policy::Grant { departments: vec!["economy".into()], ..domain::policy::Grant::of(Role::Editor) };
        site.person("desk@example.org", &[economy]).await;
        site.person("both@example.org", &[domain::policy::Grant::of(Role::Editor)]).await;
        let mut desk = Browser::signed_in(&site, "desk@example.org").await;

        let narrowed = desk.get("/admin/datasets?q=GD&state=approved&issue=no_next_release&sort=changed").await.must_be(200).text;
        assert!(narrowed.contains("1 found") && narrowed.contains("time-series, version 1"), "{narrowed}");
        assert!(narrowed.contains("No next release (1)") && narrowed.contains("href=\"/admin/datasets?sort=changed\">Clear</a>"), "{narrowed}");
        assert!(!desk.get("/admin/datasets?state=none").await.must_be(200).text.contains("href=\"/admin/datasets/gdp\""));

        // Which columns there are stands in the address, as a form or a link says it, and goes on with other filters.
        for address in ["/admin/datasets?q=GD&columns=issues&columns=changed", "/admin/datasets?q=GD&columns=changed,issues"] {
            let chosen = desk.get(address).await.must_be(200).text;
            let headings: Vec<String> = chosen.split("<th scope=\"col\"").skip(1).filter_map(|rest| rest.split_once('>')).map(|(_, rest)| rest.split("</th>").next().unwrap_or_default().replace("<!>", "")).collect();
            assert_eq!(headings, ["Choose", "Dataset", "Issues", "Last changed"], "{address}");
            assert!(chosen.contains("name=\"columns\" value=\"issues,changed\"") && chosen.contains("href=\"/admin/datasets?columns=issues,changed\">Clear</a>"), "{chosen}");
        }

        let page = "/admin/datasets?issue=no_next_release";
        let shown = desk.get(page).await.must_be(200).text;
        let sent: Vec<String> =
            shown.split("name=\"chosen[]\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(sent, ["gdp 1", "cpi 1", "trade 1"]);
        let of = |more: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
            let ticked = sent.iter().map(|one| ("chosen[]".to_owned(), one.clone()));
            ticked.chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
        };
        let unsaid = of(&[("change", "")]);
        let unsaid: Vec<(&str, &str)> = unsaid.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let refused = desk.submit("/rpc/datasets/change-several", page, &unsaid).await.must_be(200).text;
        assert!(refused.contains("Choose what is to be changed."), "{refused}");
        assert!(refused.contains("value=\"gdp 1\" checked"), "what was ticked stays so: {refused}");

        // One of them is changed after it was looked at.
        let mut other = Browser::signed_in(&site, "both@example.org").await;
        let one = [("chosen[]", "trade 1"), ("change", "next_release"), ("next_release", "May 2027")];
        other.submit("/rpc/datasets/change-several", page, &one).await.must_be(200);
        let fields = of(&[("change", "next_release"), ("next_release", "2027-01-15")]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let done = desk.submit("/rpc/datasets/change-several", page, &fields).await.must_be(200).text;
        assert!(done.contains("2 of 3 datasets were changed.") && done.contains("Somebody else changed this"), "{done}");
        let history = site.environment().get("/audit?resource_type=dataset&resource_id=cpi&action=edited").await.must_be(200).text;
        assert!(history.contains("2027-01-15"), "{history}");

        // A department that is out of the caller's reach, and one whose dataset is in a bundle.
        let taken = [("chosen[]", "cpi 2"), ("change", "department"), ("department", "health")];
        let refused = desk.submit("/rpc/datasets/change-several", page, &taken).await.must_be(200).text;
        assert!(refused.contains("0 of 1 datasets were changed."), "{refused}");
        let bundle = approved_bundle(&editor, &approver, "Spring", &[("gdp", "1")]).await;
        let both = [("chosen[]", "cpi 2"), ("chosen[]", "gdp 2"), ("change", "department"), ("department", "health")];
        let moved = other.submit("/rpc/datasets/change-several", page, &both).await.must_be(200).text;
        assert!(moved.contains("1 of 2 datasets were changed.") && moved.contains("in a bundle that is not public yet"), "{moved}");

        let file = desk.get("/admin/datasets.csv?q=gdp").await.must_be(200);
        assert!(file.header("content-disposition").contains("datasets-"), "{file:?}");
        assert!(file.text.contains("\r\ngdp,GDP,economy,created,1,time-series,1,approved,2027-01-15,,"), "{}", file.text);
        let taken = site.environment().get("/audit?resource_type=datasets&action=exported").await.must_be(200).text;
        assert!(taken.contains("\"q\":\"gdp\""), "{taken}");
        site.public().get("/admin/datasets.csv").await.must_be(303);

        // A right that was refused among others is on record, and what is public is not given away by its editors.
        let refused = site.environment().get("/audit?action=refused").await.must_be(200).text;
        assert!(refused.contains("/rpc/datasets/change-several") && refused.contains("datasets:write"), "{refused}");
        let operator = site.service("operator", &[Role::Operator]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let public = [("chosen[]", "gdp 2"), ("change", "department"), ("department", "health")];
        let refused = other.submit("/rpc/datasets/change-several", page, &public).await.must_be(200).text;
        assert!(refused.contains("0 of 1 datasets were changed.") && refused.contains("datasets:correct"), "{refused}");
    }
}
