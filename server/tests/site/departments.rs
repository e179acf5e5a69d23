//! The portal's pages about departments: made, renamed and deleted without scripts, or kept with every reason.

use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const LIST: &str = "/admin/departments";

on_both_databases! {
    async fn a_department_is_made_renamed_and_deleted(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let create = "/rpc/access/create-department";
        let wrong = admin.submit(create, LIST, &[("title", ""), ("id", "Not an id")]).await.must_be(200).text;
        assert!(wrong.contains("error-summary") && wrong.contains("value=\"Not an id\""), "{wrong}");
        let taken = admin.submit(create, LIST, &[("title", "Again"), ("id", "economy")]).await.text;
        assert!(taken.contains("There is a department economy already."), "{taken}");

        let fields = [("title", "Health"), ("title_cy", "Iechyd"), ("id", "health")];
        let page = admin.post(create, LIST, &fields).await.must_be(303).header("location");
        assert_eq!(page, "/admin/departments/health");
        let made = admin.get(&page).await.must_be(200).text;
        for part in ["The department was made.", "value=\"Iechyd\"", "action=\"/rpc/access/delete-department\""] {
            assert!(made.contains(part), "{part}: {made}");
        }
        let names = [("id", "health"), ("revision", "1"), ("title", "Health and care"), ("title_cy", "")];
        let edit = "/rpc/access/edit-department";
        let renamed = admin.submit(edit, &page, &names).await.must_be(200).text;
        assert!(renamed.contains("The department was saved.") && !renamed.contains("Iechyd"), "{renamed}");
        let stale = admin.submit(edit, &page, &names).await.text;
        assert!(stale.contains("This was changed meanwhile"), "{stale}");
        let told = site.public().get("/departments/health").await.must_be(200).json();
        assert_eq!((&told["title"], &told["title_cy"]), (&json!("Health and care"), &json!(null)));
        let found = admin.get(&format!("{LIST}?q=care")).await.must_be(200).text;
        assert!(found.contains("Health and care") && !found.contains(">Economy<"), "{found}");

        let this = [("id", "health"), ("revision", "2")];
        let deleted = admin.submit("/rpc/access/delete-department", &page, &this).await.must_be(200).text;
        assert!(deleted.contains("The department was deleted.") && !deleted.contains("Health and care"), "{deleted}");
        admin.get(&page).await.must_be(404);
        let trail = admin.get("/admin/audit?resource_type=department&resource_id=health").await.must_be(200).text;
        assert!(trail.replace("<!>", "").contains("3 records"), "{trail}");
    }

    async fn a_department_that_is_used_is_kept_with_every_reason(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        editor.post("/v1/releases", json!({"id": "gdp", "title": "GDP", "department": "economy"})).await.must_be(201);
        let grant = Grant { departments: vec!["economy".into()], ..Grant::of(Role::Reviewer) };
        site.person("ann@example.org", std::slice::from_ref(&grant)).await;
        site.service_with("loader", &[grant], false).await;

        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let page = "/admin/departments/economy";
        let reasons = [
            "1 dataset belongs to this department.",
            "1 entry of the release calendar names this department.",
            "Grants of ann@example.org are limited to this department.",
            "Grants of loader are limited to this department.",
        ];
        let shown = admin.get(page).await.must_be(200).text;
        assert!(!shown.contains("action=\"/rpc/access/delete-department\""), "{shown}");
        let refused = admin.submit("/rpc/access/delete-department", page, &[("id", "economy"), ("revision", "1")]).await.text;
        assert!(refused.contains("The department is still in use."), "{refused}");
        for reason in reasons {
            assert!(shown.contains(reason) && refused.contains(reason), "{reason}: {shown}");
        }
        let service = site.service("admin", &[Role::Admin]).await;
        let answer = service.change(Method::DELETE, "/departments/economy", json!(null)).await.must_be(409).json();
        assert_eq!(answer["error"]["details"]["reasons"].as_array().unwrap().len(), reasons.len(), "{answer}");
        let list = admin.get(LIST).await.must_be(200).text;
        assert!(list.contains("href=\"/admin/datasets?department=economy\">1</a>"), "{list}");
    }
}
