//! What holds for pages of the portal whatever is on them.

use super::*;

/// Where headings jump over a level, or a column has no heading.
fn faults_of(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut level = 0;
    for part in text.split("<h").skip(1) {
        let Some(next) = part.chars().next().and_then(|c| c.to_digit(10)) else { continue };
        if next > level + 1 {
            faults.push(format!("h{level} is followed by h{next}: {}", part.get(..120).unwrap_or(part)));
        }
        level = next;
    }
    for part in text.split("<th ").skip(1).filter(|part| part.starts_with("scope=\"col\"")) {
        let said = part.split_once('>').map_or("", |(_, rest)| rest.split("</th>").next().unwrap_or_default());
        if said.replace("<!>", "").trim().is_empty() {
            faults.push("a column without a heading".to_owned());
        }
    }
    faults
}

on_both_databases! {
    async fn every_part_of_a_page_says_why_its_next_step_is_barred(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let versions = "/v1/datasets/gdp/editions/time-series/versions";
        desk.editor.post(versions, json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        let person = desk.person("editor").await;
        for tab in ["", "?tab=details", "?tab=data", "?tab=files", "?tab=all"] {
            let text = person.get(&format!("{VERSION}{tab}")).await.must_be(200).text;
            has(&text, &["aria-describedby=\"why-not\"", "Why this cannot be submitted yet"]);
            assert_eq!(text.matches("id=\"why-not\"").count(), 1, "{tab}: {text}");
        }
        let bundle = desk.begin("Bundle").await;
        desk.add(&bundle, "gdp").await;
        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        for who in ["editor", "approver"] {
            let text = desk.person(who).await.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
            let points = text.matches("aria-describedby=\"why-not\"").count();
            assert_eq!(points, text.matches("id=\"why-not\"").count(), "{who}: {text}");
        }
    }

    async fn headings_of_pages_and_tables_are_whole(db: TestDatabase) {
        let desk = Desk::start(db).await;
        desk.site.account("admin@example.org", &[Role::Admin, Role::Editor, Role::Approver, Role::Operator]).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        next_table(&desk.editor, &desk.approver, "gdp", LATER).await;
        desk.editor.post("/v1/datasets", json!({"id": "bare", "title": "Bare", "department": "economy"})).await.must_be(201);
        let bundle = desk.begin("Bundle").await;
        desk.add(&bundle, "gdp").await;
        let mut admin = desk.browser("admin").await;
        admin.submit("/rpc/access/create-token", "/admin/service-tokens", &[("name", "Loader"), ("role", "editor")]).await;
        let csv = "id,department,title\nimported,economy,Imported\n";
        let told = admin.submit("/rpc/imports/carry-out", "/admin/imports", &[("csv", csv)]).await.must_be(200).text;
        let import = told.split("href=\"/admin/imports/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (_, user) = desk.site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
        let bundle = format!("/admin/bundles/{bundle}");
        let part = |part: &str| format!("{bundle}{part}");
        let version = "/admin/datasets/gdp/editions/time-series/versions/1";
        let mut pages: Vec<String> = [
            "/admin", "/admin/bundles", "/admin/bundles?view=board", "/admin/bundles?view=calendar", "/admin/bundles?view=week", "/admin/bundles/new", "/admin/review",
            "/admin/datasets", "/admin/files", "/admin/datasets/gdp", "/admin/datasets/gdp/editions/time-series", "/admin/datasets/bare", "/admin/releases", "/admin/topics", "/admin/corrections",
            "/admin/archive", "/admin/imports", "/admin/queue", "/admin/users", "/admin/users/new", "/admin/teams", "/admin/roles", "/admin/service-tokens",
            "/admin/departments", "/admin/departments/economy",
            "/admin/webhooks", "/admin/subscribers", "/admin/audit", "/admin/settings", "/admin/help", "/ops", "/ops/health", "/ops/queue", "/ops/files",
            "/ops/publications", "/ops/failures", "/ops/integrations", "/ops/performance", "/ops/search-index", "/ops/limits",
            "/ops/database", "/ops/logs", "/ops/runbook", "/account", "/account/notifications", "/account/tokens", "/account/activity",
            "/admin/notifications", version,
        ].map(str::to_owned).to_vec();
        pages.extend(["", "/approve", "/preview", "/schedule", "/publication", "/timeline", "/timeline?q=nowhere", "/contents/add"].map(part));
        pages.extend(["?tab=details", "?tab=data", "?tab=files", "?tab=all"].map(|tab| format!("{VERSION}{tab}")));
        pages.push(format!("/admin/users/{user}"));
        pages.push(format!("/admin/imports/{import}"));
        let mut faults = Vec::new();
        for page in pages {
            let answer = admin.get(&page).await;
            assert_eq!(answer.status, 200, "{page}");
            faults.extend(faults_of(&answer.text).into_iter().map(|fault| format!("{page}: {fault}")));
        }
        assert!(faults.is_empty(), "{faults:#?}");
        let mut editor = desk.browser("editor").await;
        let upload = "/admin/datasets/gdp/editions/time-series/versions";
        desk.editor.post(&format!("/v1{}", upload.trim_start_matches("/admin")), json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        let text = editor.get(&format!("{upload}/3")).await.must_be(200).text;
        let named = text.split("type=\"file\"").skip(1).find_map(|part| part.split("aria-labelledby=\"").nth(1)).unwrap_or_default();
        let id = named.split('"').next().unwrap();
        assert!(!id.is_empty() && text.contains(&format!("id=\"{id}\" class=\"uploader__title\">Choose files")), "{text}");
    }
}
