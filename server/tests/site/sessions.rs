//! Signing in and out as a browser without scripts does it.

use domain::policy::Role;
use reqwest::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use testkit::on_both_databases;

use crate::support::*;

async fn post_form(site: &Site, path: &str, cookie: &str, fields: &[(&str, &str)], origin: &str) -> reqwest::Response {
    plain_client()
        .post(format!("{}{path}", site.url))
        .header(ACCEPT, "text/html")
        .header("origin", origin)
        .header("referer", format!("{}/account/sign-in", site.url))
        .header(COOKIE, cookie)
        .form(fields)
        .send()
        .await
        .unwrap()
}

fn cookie_of(response: &reqwest::Response) -> String {
    let text = response.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
    text.split(';').next().unwrap().to_owned()
}

async fn page(site: &Site, path: &str, cookie: &str) -> Answer {
    read(
        plain_client()
            .get(format!("{}{path}", site.url))
            .header(ACCEPT, "text/html")
            .header(COOKIE, cookie)
            .send()
            .await
            .unwrap(),
    )
    .await
}

on_both_databases! {
    async fn signing_in_opens_the_portal_and_signing_out_closes_it(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let closed = page(&site, "/admin", "").await.must_be(303);
        assert!(closed.header("location").starts_with("/account/sign-in?next=/admin"));
        let fields = [("email", "Editor@example.org"), ("password", PASSWORD), ("next", "/admin/bundles")];
        let answer = post_form(&site, "/rpc/account/sign-in", "", &fields, &site.url).await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()[LOCATION], "/admin/bundles");
        let set = answer.headers()[SET_COOKIE].to_str().unwrap().to_lowercase();
        assert!(set.contains("httponly") && set.contains("samesite=lax") && set.contains("path=/"), "{set}");
        let cookie = cookie_of(&answer);
        page(&site, "/admin", &cookie).await.must_be(200);
        let out = post_form(&site, "/rpc/account/sign-out", &cookie, &[], &site.url).await;
        assert_eq!(out.status(), 303);
        page(&site, "/admin", &cookie).await.must_be(303);
    }

    async fn a_wrong_password_says_so_keeps_the_address_and_never_the_password(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        for email in ["editor@example.org", "nobody@example.org"] {
            let fields = [("email", email), ("password", "quite the wrong words")];
            let answer = post_form(&site, "/rpc/account/sign-in", "", &fields, &site.url).await;
            assert_eq!(answer.status(), 303);
            let shown = page(&site, "/account/sign-in", &cookie_of(&answer)).await.must_be(200);
            assert!(shown.text.contains("is not right") && shown.text.contains(email) && !shown.text.contains("quite the wrong"));
        }
    }

    async fn forms_from_other_sites_are_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let fields = [("email", "editor@example.org"), ("password", PASSWORD)];
        let answer = post_form(&site, "/rpc/account/sign-in", "a=b", &fields, "https://elsewhere.example").await;
        assert_eq!(answer.status(), 403);
    }

    async fn who_signs_in_gets_a_session_that_nobody_knew_before(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let wrong = [("email", "editor@example.org"), ("password", "quite the wrong words")];
        let right = [("email", "editor@example.org"), ("password", PASSWORD)];
        // One that is there, as somebody could have planted it, and one that was made up.
        let planted = cookie_of(&post_form(&site, "/rpc/account/sign-in", "", &wrong, &site.url).await);
        for before in [planted, "catalogue_session=AAAAAAAAAAAAAAAAAAAAAQ".to_owned()] {
            let answer = post_form(&site, "/rpc/account/sign-in", &before, &right, &site.url).await;
            assert_eq!(answer.headers()[LOCATION], "/admin");
            let after = cookie_of(&answer);
            assert!(after.starts_with("catalogue_session=") && after != before, "{after}");
            page(&site, "/admin", &after).await.must_be(200);
            page(&site, "/admin", &before).await.must_be(303);
        }
    }

    async fn a_session_ends_when_idle(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let fields = [("email", "editor@example.org"), ("password", PASSWORD)];
        let cookie = cookie_of(&post_form(&site, "/rpc/account/sign-in", "", &fields, &site.url).await);
        page(&site, "/admin", &cookie).await.must_be(200);
        site.advance(chrono::TimeDelta::hours(13));
        page(&site, "/admin", &cookie).await.must_be(303);
    }

    async fn guessing_passwords_has_to_wait(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let wrong = [("email", "editor@example.org"), ("password", "quite the wrong words")];
        for _ in 0..6 {
            post_form(&site, "/rpc/account/sign-in", "", &wrong, &site.url).await;
        }
        let right = [("email", "editor@example.org"), ("password", PASSWORD)];
        let answer = post_form(&site, "/rpc/account/sign-in", "", &right, &site.url).await;
        let shown = page(&site, "/account/sign-in", &cookie_of(&answer)).await;
        assert!(shown.text.contains("Too many tries"));
        site.advance(chrono::TimeDelta::seconds(10));
        let answer = post_form(&site, "/rpc/account/sign-in", "", &right, &site.url).await;
        assert_eq!(answer.headers()[LOCATION], "/admin");
    }
}
