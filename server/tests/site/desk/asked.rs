//! Asking somebody for their review.

use super::*;

on_both_databases! {
    async fn somebody_is_asked_to_review_a_bundle_and_told_while_it_waits(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = desk.begin("January").await;
        desk.add(&bundle, "gdp").await;
        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        let (_, reviewer) = desk.site.person("rhys@example.org", &[Grant::of(Role::Reviewer)]).await;
        let (_, writer) = desk.site.person("wyn@example.org", &[Grant::of(Role::Editor)]).await;
        let (queue, form) = ("/admin/review", "/rpc/reviews/ask");
        let mut approver = desk.browser("approver").await;
        let shown = approver.get(queue).await.must_be(200).text;
        has(&shown, &["Who is to review them", "rhys@example.org", "Choose January"]);
        assert!(!shown.contains("wyn@example.org"), "{shown}");
        let ask = |to: &str| [("chosen[]".to_owned(), bundle.clone()), ("to".to_owned(), to.to_owned())];
        let send = async |browser: &mut Browser, fields: &[(String, String)]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.submit(form, queue, &fields).await
        };
        has(&send(&mut approver, &ask(&reviewer)[1..]).await.text, &["Tick the bundles that are to be reviewed."]);
        has(&send(&mut approver, &ask("")).await.text, &["Choose somebody who reviews bundles."]);
        has(&send(&mut approver, &ask(&writer)).await.text, &["may not review every one of these bundles."]);
        send(&mut desk.browser("editor").await, &ask(&reviewer)).await.must_be(403);
        let mut rhys = Browser::signed_in(&desk.site, "rhys@example.org").await;
        assert!(!rhys.get("/admin/notifications").await.must_be(200).text.contains("You are asked"));

        has(&send(&mut approver, &ask(&reviewer)).await.must_be(200).text, &["rhys@example.org was asked."]);
        has(&rhys.get("/admin/notifications").await.must_be(200).text, &["You are asked to review a bundle", "January"]);
        has(&rhys.get("/admin/review?claim=mine").await.must_be(200).text, &["January", "Give it up"]);
        let history = approver.get(&format!("/admin/bundles/{bundle}/timeline")).await.must_be(200).text;
        has(&history, &["asked somebody to review it, rhys@example.org"]);
        desk.approver.put(&format!("/bundles/{bundle}/approve")).await.must_be(200);
        let after = rhys.get("/admin/notifications").await.must_be(200).text;
        assert!(!after.contains("You are asked"), "what waits no more is gone: {after}");
    }
}
