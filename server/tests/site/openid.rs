//! Signing in through a real OpenID provider, and its tokens on the API.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::TimeDelta;
use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::accounts::events_of;
use crate::browser::Browser;
use crate::support::*;

/// A provider in a process of its own, which ends with the test.
struct Provider {
    issuer: String,
    child: Child,
}

impl Provider {
    /// Starts the provider for a site at this address, on the tests' clock.
    fn start(site: &str) -> Self {
        let folder = Path::new("../end2end");
        assert!(folder.join("node_modules/oidc-provider").exists(), "run scripts/setup.sh first");
        let settings = json!({
            "now": 1_795_000_000_000_i64,
            "redirect": format!("{site}/account/oidc/callback"),
            "signedOut": format!("{site}/"),
            "people": {
                "nia": {"name": "Nia Rees", "email": "nia@example.org", "email_verified": true, "groups": ["stats-editors", "choir"]},
                "mal": {"name": "Mallory", "email": "nia@example.org", "email_verified": false, "groups": []},
            },
        });
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .env("PROVIDER_SETTINGS", settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.map_while(Result::ok).find(|line| line.starts_with('{')).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        Self { issuer: told["issuer"].as_str().unwrap().to_owned(), child }
    }

    /// Asks one of the addresses that only tests have.
    async fn test(&self, path: &str, body: Value) -> String {
        let answer = plain_client().post(format!("{}/test/{path}", self.issuer)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.text().await.unwrap()
    }

    /// A token of the provider that says this, besides what every good one says.
    async fn token(&self, alg: &str, change: Value) -> String {
        let mut claims = json!({
            "iss": self.issuer, "aud": "catalogue", "sub": "nia", "name": "Nia Rees",
            "exp": 1_795_000_600, "groups": ["stats-editors"],
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.test("sign", json!({"alg": alg, "header": {"typ": "at+jwt"}, "claims": claims})).await
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn site_with_provider(db: TestDatabase) -> (Site, Provider) {
    let mut provider = None;
    let site = Site::start_with(db, |url| {
        let started = provider.insert(Provider::start(url));
        vec![
            ("OIDC_ISSUER_URL", started.issuer.clone()),
            ("OIDC_CLIENT_ID", "catalogue".to_owned()),
            ("OIDC_CLIENT_SECRET", "a-secret-of-the-catalogue".to_owned()),
            ("OIDC_SCOPES", "email profile groups".to_owned()),
            ("OIDC_ROLE_MAP", "stats-editors=editor, ops=operator".to_owned()),
            ("OIDC_NAME", "the staff directory".to_owned()),
            // Of whoever signs in there it is asked there.
            ("SECOND_FACTOR_REQUIRED_FOR", "operator".to_owned()),
        ]
    });
    let site = site.await;
    (site, provider.unwrap())
}

/// Signs somebody in at the provider, whose pages are plain forms; the address to which it sends the browser back.
async fn at_provider(browser: &mut Browser, provider: &Provider, login: &str) -> String {
    sent_there(browser, provider, "/account/oidc/start?next=/admin/bundles", login).await
}

/// The same from an address that leads to the provider.
async fn sent_there(browser: &mut Browser, provider: &Provider, start: &str, login: &str) -> String {
    let (mut address, mut page) = browser.follow(start, "/account/oidc/callback").await;
    for _ in 0..3 {
        if address.contains("/account/oidc/callback") {
            return address;
        }
        assert!(address.starts_with(&provider.issuer), "{address}");
        let consent = page.text.contains("value=\"consent\"");
        let fields: &[(&str, &str)] = if consent {
            &[("prompt", "consent")]
        } else {
            &[("prompt", "login"), ("login", login), ("password", "any")]
        };
        let answer = browser.post(&address, &address.clone(), fields).await.must_be(303);
        (address, page) = browser.follow(&answer.header("location"), "/account/oidc/callback").await;
    }
    panic!("the provider asks and asks: {}", page.text);
}

/// Signs somebody in through the provider; where the site leads them.
async fn sign_in(browser: &mut Browser, provider: &Provider, login: &str) -> String {
    let back = at_provider(browser, provider, login).await;
    browser.get(&back).await.must_be(303).header("location")
}

async fn bearer(site: &Site, token: &str) -> Answer {
    let public = site.public();
    public.send(public.request(Method::GET, "/bundles").bearer_auth(token)).await
}

on_both_databases! {
    async fn people_sign_in_with_the_rights_of_their_groups_and_out_again(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        let mut browser = Browser::new(&site);
        let page = browser.get("/account/sign-in?next=/admin/bundles").await.must_be(200);
        assert!(page.text.contains("Sign in with the staff directory"));
        assert_eq!(sign_in(&mut browser, &provider, "nia").await, "/admin/bundles");
        browser.get("/admin/bundles").await.must_be(200);
        let account = browser.get("/account").await.must_be(200);
        assert!(account.text.contains("Nia Rees") && account.text.contains("<dt>Editor</dt>"));
        assert!(!account.text.contains("account/change-password"));
        assert_eq!(events_of(&site, "nia@example.org").await, ["created", "signed_in"]);

        // Who reviews rights sees where they come from, and invites nobody whom the provider lets in.
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let review = admin.get("/admin/users.csv").await.must_be(200).text;
        let line = review.lines().find(|line| line.contains("nia@example.org")).unwrap();
        assert!(line.starts_with("Nia Rees,nia@example.org,open,editor,,,provider group,"), "{review}");
        let (id, page) = (line.rsplit(',').next().unwrap(), "/admin/users");
        assert!(!admin.get(&format!("{page}/{id}")).await.must_be(200).text.contains("/rpc/access/invite"));
        let refused = admin.submit("/rpc/access/invite", page, &[("id", id)]).await.text;
        assert!(refused.contains("needs no invitation"), "{refused}");
        // So does who asks what they may do, by the rules that let them.
        let may = async |permission: &str| {
            let question = json!({"subject": {"kind": "user", "id": id}, "permission": permission});
            site.environment().post("/policies/check", question).await.must_be(200).json()
        };
        let verdict = may("datasets:write").await;
        assert_eq!((&verdict["allowed"], &verdict["granted_by"][0]["of_groups"]), (&json!(true), &json!(true)), "{verdict}");
        assert!(verdict["granted_by"][0]["links"]["self"].is_null(), "{verdict}");
        assert_eq!(may("bundles:publish").await["allowed"], false);

        // What the groups grant is taken anew at each sign-in.
        provider.test("people", json!({"nia": {"name": "Nia Rees", "email": "nia@example.org", "email_verified": true, "groups": ["ops"]}})).await;
        let mut again = Browser::new(&site);
        sign_in(&mut again, &provider, "nia").await;
        let account = again.get("/account").await.must_be(200);
        assert!(account.text.contains("<dt>Operator</dt>") && !account.text.contains("<dt>Editor</dt>"));
        assert_eq!((&may("bundles:publish").await["allowed"], &may("datasets:write").await["allowed"]), (&json!(true), &json!(false)));

        let out = browser.post("/rpc/account/sign-out", "/account", &[]).await.must_be(303);
        assert_eq!(out.header("location"), "/account/oidc/sign-out");
        browser.get("/admin").await.must_be(303);
        let on = browser.get("/account/oidc/sign-out").await.must_be(200);
        let url = on.header("refresh").split_once("url=").unwrap().1.to_owned();
        assert!(url.starts_with(&format!("{}/session/end?", provider.issuer)) && url.contains("id_token_hint="));
        let page = browser.get(&url).await.must_be(200);
        let xsrf = page.text.split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let confirm = format!("{}/session/end/confirm", provider.issuer);
        let there = browser.post(&confirm, &url, &[("xsrf", &xsrf), ("logout", "yes")]).await.must_be(303);
        assert!(there.header("location").starts_with(&format!("{}/", site.url)));
        // Signed out there, too: the provider asks who it is.
        let (address, page) = browser.follow("/account/oidc/start", "/account/oidc/callback").await;
        assert!(address.starts_with(&provider.issuer) && page.text.contains("name=\"login\""));
    }

    async fn only_a_verified_address_leads_to_an_account_that_is_here(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        site.account("nia@example.org", &[Role::Approver]).await;
        let mut mallory = Browser::new(&site);
        sign_in(&mut mallory, &provider, "mal").await;
        let account = mallory.get("/account").await.must_be(200);
        assert!(account.text.contains("Mallory") && !account.text.contains("<dt>Approver</dt>"));

        let mut nia = Browser::new(&site);
        sign_in(&mut nia, &provider, "nia").await;
        let account = nia.get("/account").await.must_be(200);
        assert!(account.text.contains("<dt>Approver</dt>") && account.text.contains("<dt>Editor</dt>"));
        assert_eq!(events_of(&site, "nia@example.org").await, ["created", "linked", "signed_in"]);
        // The second factor of the account is asked for this way, too.
        let page = nia.submit("/rpc/account/begin-second-factor", "/account", &[]).await.must_be(200);
        let key = page.text.split("<code id=\"second-factor-key\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
        let secret = totp_rs::Secret::try_from_base32(&key).unwrap();
        let code = totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(1_795_000_000).to_string();
        nia.post("/rpc/account/confirm-second-factor", "/account/second-factor", &[("code", &code)]).await;
        let mut again = Browser::new(&site);
        assert_eq!(sign_in(&mut again, &provider, "nia").await, "/account/second-step?next=/admin/bundles");
        again.get("/admin").await.must_be(303);
        // A device stands in for it after a password alone, so none is remembered here.
        assert!(!again.get("/account/second-step").await.must_be(200).text.contains("remember_device"));
        let later = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&key).unwrap());
        let later = later.build_noncompliant().generate(1_795_000_030).to_string();
        let fields = [("code", later.as_str()), ("next", "/admin"), ("remember_device", "on")];
        let taken = again.post("/rpc/account/second-step", "/account/second-step", &fields).await;
        assert_eq!(taken.header("location"), "/admin");
        assert!(!taken.header("set-cookie").contains("catalogue_device"), "{}", taken.header("set-cookie"));
    }

    async fn a_sign_in_holds_once_and_only_in_the_browser_that_began_it(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        let mut browser = Browser::new(&site);
        let back = at_provider(&mut browser, &provider, "nia").await;
        let mut other = Browser::new(&site);
        assert_eq!(other.get(&back).await.header("location"), "/account/sign-in");
        assert!(other.get("/account/sign-in").await.text.contains("was not begun in this browser"));
        let forged = back.replace("state=", "state=x");
        assert_eq!(browser.get(&forged).await.header("location"), "/account/sign-in");
        // The wrong answer has used it up.
        assert_eq!(browser.get(&back).await.header("location"), "/account/sign-in");
        browser.get("/admin").await.must_be(303);
        assert_eq!(sign_in(&mut browser, &provider, "nia").await, "/admin/bundles");
        // What was refused there is told.
        let (address, _) = other.follow("/account/oidc/start", "/interaction/").await;
        let state = other.get("/account/oidc/start").await.header("location");
        let state = state.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        assert!(address.contains("/interaction/"));
        other.get(&format!("/account/oidc/callback?error=access_denied&state={state}")).await.must_be(303);
        assert!(other.get("/account/sign-in").await.text.contains("stopped or refused there"));
    }

    async fn an_answer_of_another_provider_or_to_another_question_signs_nobody_in(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        let mut browser = Browser::new(&site);
        // Whoever answers may say who it is, and has to be the one that was asked.
        for (issuer, is_taken) in [("https://elsewhere.example", false), (provider.issuer.as_str(), true)] {
            let mut back = reqwest::Url::parse(&at_provider(&mut browser, &provider, "nia").await).unwrap();
            let rest: Vec<(String, String)> = back.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
            back.query_pairs_mut().clear().extend_pairs(rest).append_pair("iss", issuer);
            let led = browser.get(back.as_str()).await.must_be(303).header("location");
            assert_eq!(led, if is_taken { "/admin/bundles" } else { "/account/sign-in" }, "{issuer}");
            if !is_taken {
                assert!(browser.get("/account/sign-in").await.text.contains("stopped or refused there"));
                browser.get("/admin").await.must_be(303);
            }
        }
        // The token answers the question that was asked, and the code serves who asked it.
        let openid = &site.services.accounts.provider.as_ref().unwrap().openid;
        for (same_nonce, same_verifier) in [(false, true), (true, false), (true, true)] {
            let begun = openid.begin(site.now()).await.unwrap();
            let back = sent_there(&mut browser, &provider, &begun.url, "nia").await;
            let back = reqwest::Url::parse(&back).unwrap();
            let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
            let other = |text: &str| text.chars().rev().collect::<String>();
            let nonce = if same_nonce { begun.nonce.clone() } else { other(&begun.nonce) };
            let verifier = if same_verifier { begun.verifier.clone() } else { other(&begun.verifier) };
            let finished = openid.finish(site.now(), code, nonce, verifier).await;
            match finished {
                Ok(finished) => assert!(same_nonce && same_verifier, "{finished:?}"),
                Err(integrations::openid::OpenidError::Refused(why)) => assert!(!(same_nonce && same_verifier), "{why}"),
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn whoever_is_suspended_here_stays_out_whatever_the_provider_says(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        let mut nia = Browser::new(&site);
        assert_eq!(sign_in(&mut nia, &provider, "nia").await, "/admin/bundles");
        let found = persistence::accounts::find_user_by_email(site.services.db.pool(), "nia@example.org").await;
        let page = format!("/users/{}", found.unwrap().unwrap().0.id);
        site.environment().change(Method::PATCH, &page, json!({"disabled": true})).await.must_be(200);
        nia.get("/admin").await.must_be(303);
        let mut again = Browser::new(&site);
        assert_eq!(sign_in(&mut again, &provider, "nia").await, "/account/sign-in");
        assert!(again.get("/account/sign-in").await.text.contains("may not sign in"));
        bearer(&site, &provider.token("RS256", json!({})).await).await.must_be(401);
        let events = events_of(&site, "nia@example.org").await;
        assert_eq!(events.last().unwrap(), "sign_in_failed", "{events:?}");
    }

    async fn new_keys_of_the_provider_are_found_and_a_provider_that_is_down_is_told(db: TestDatabase) {
        let (site, mut provider) = site_with_provider(db).await;
        let mut browser = Browser::new(&site);
        sign_in(&mut browser, &provider, "nia").await;
        bearer(&site, &provider.token("RS256", json!({})).await).await.must_be(200);
        provider.test("keys", json!({})).await;
        let token = provider.token("RS256", json!({})).await;
        // Not more than one look in half a minute.
        bearer(&site, &token).await.must_be(401);
        site.advance(TimeDelta::seconds(31));
        let mut again = Browser::new(&site);
        assert_eq!(sign_in(&mut again, &provider, "nia").await, "/admin/bundles");
        bearer(&site, &token).await.must_be(200);

        provider.child.kill().unwrap();
        provider.child.wait().unwrap();
        site.advance(TimeDelta::hours(2));
        // Known keys go on to hold; nobody can sign in there, and the page says so.
        let mut browser = Browser::new(&site);
        let back = browser.get("/account/oidc/start").await.must_be(303).header("location");
        if back != "/account/sign-in" {
            let answer = browser.get(&format!("/account/oidc/callback?code=x&state={}", back.split("state=").nth(1).unwrap().split('&').next().unwrap())).await;
            assert_eq!(answer.header("location"), "/account/sign-in");
        }
        assert!(browser.get("/account/sign-in").await.text.contains("the staff directory does not answer"));
        site.account("local@example.org", &[Role::Editor]).await;
        assert_eq!(browser.sign_in("local@example.org", PASSWORD).await.header("location"), "/admin");
    }

    async fn a_site_starts_while_its_provider_is_down(db: TestDatabase) {
        let site = Site::start_with(db, |_| {
            vec![("OIDC_ISSUER_URL", "http://127.0.0.1:9/".to_owned()), ("OIDC_CLIENT_ID", "catalogue".to_owned())]
        });
        let site = site.await;
        let mut browser = Browser::new(&site);
        assert_eq!(browser.get("/account/oidc/start").await.must_be(303).header("location"), "/account/sign-in");
        assert!(browser.get("/account/sign-in").await.text.contains("single sign-on does not answer"));
        let answer = bearer(&site, "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.e30").await.must_be(503);
        assert_eq!(answer.code(), "DEPENDENCY_UNAVAILABLE");
    }

    async fn tokens_of_the_provider_work_on_the_api_and_forged_ones_do_not(db: TestDatabase) {
        let (site, provider) = site_with_provider(db).await;
        for alg in ["RS256", "ES256", "PS256"] {
            bearer(&site, &provider.token(alg, json!({})).await).await.must_be(200);
        }
        // The same person, whichever way they come: four eyes see one pair.
        let public = site.public();
        let token = provider.token("RS256", json!({})).await;
        let create = public.request(Method::POST, "/bundles").bearer_auth(&token).json(&json!({"title": "GDP", "type": "manual"}));
        let bundle = public.send(create).await.must_be(201).json();
        assert_eq!((&bundle["created_by"]["name"], &bundle["created_by"]["kind"]), (&json!("Nia Rees"), &json!("user")));
        let mut browser = Browser::new(&site);
        sign_in(&mut browser, &provider, "nia").await;
        let known = persistence::identities::find(site.services.db.pool(), &provider.issuer, "nia").await.unwrap().unwrap();
        assert_eq!(bundle["created_by"]["id"], json!(known.user_id));

        // The trail tells through which token: by its own id, or else by a fingerprint, and never by the token itself.
        let via = async |bundle: &Value| {
            let id = bundle["id"].as_str().unwrap();
            let told = persistence::events::of_resource(site.services.db.pool(), "bundle", id, domain::page::Paging::WHOLE);
            told.await.unwrap().items[0].via.as_ref().unwrap().to_string()
        };
        assert_eq!(via(&bundle).await, format!("jwt:{}", services::ctx::fingerprint(&token)));
        let named = provider.token("RS256", json!({"jti": "urn:uuid:7"})).await;
        let create = public.request(Method::POST, "/bundles").bearer_auth(&named).json(&json!({"title": "Trade", "type": "manual"}));
        let trade = public.send(create).await.must_be(201).json();
        assert_eq!(via(&trade).await, "jwt:urn:uuid:7");
        // Nor does such a token lead to what is a person's own.
        let own = public.request(Method::POST, "/rpc/account/begin-second-factor").bearer_auth(&token).header("origin", &site.url);
        let own = own.header("accept", "text/html").form(&[("nothing", "")]);
        assert!(public.send(own).await.header("location").starts_with("/account/sign-in"));

        // Rights come from the groups of the token itself.
        bearer(&site, &provider.token("RS256", json!({"groups": []})).await).await.must_be(403);
        let good = provider.token("RS256", json!({})).await;
        let (head, tail) = good.rsplit_once('.').unwrap();
        let none = format!("eyJhbGciOiJub25lIn0.{}.", head.split('.').nth(1).unwrap());
        let cut = format!("{head}.{}", &tail[..tail.len() - 6]);
        let foreign = provider.test("sign", json!({"alg": "RS256", "header": {"kid": "another"}, "claims": {"sub": "nia"}})).await;
        let logout = provider.test("sign", json!({"alg": "RS256", "header": {"typ": "logout+jwt"}, "claims": {
            "iss": provider.issuer, "aud": "catalogue", "sub": "nia", "exp": 1_795_000_600, "groups": ["stats-editors"],
        }})).await;
        let mut forged = vec![none, cut, foreign, logout, "a.b.c".to_owned(), "..".to_owned()];
        for change in [
            json!({"aud": "another"}),
            json!({"iss": "http://127.0.0.1:9"}),
            json!({"exp": 1_795_000_000 - 61}),
            json!({"exp": null}),
            json!({"nbf": 1_795_000_000 + 61}),
            json!({"sub": ""}),
        ] {
            forged.push(provider.token("RS256", change).await);
        }
        for token in forged {
            let answer = bearer(&site, &token).await.must_be(401);
            assert_eq!(answer.code(), "UNAUTHORIZED", "{token}");
        }
        bearer(&site, &provider.token("RS256", json!({"exp": 1_795_000_000 - 59})).await).await.must_be(200);
        bearer(&site, &provider.token("RS256", json!({"nbf": 1_795_000_000 + 59})).await).await.must_be(200);

        // A program's own token, as the provider hands it out.
        let form = [("grant_type", "client_credentials"), ("resource", "urn:catalogue")];
        let answer = plain_client().post(format!("{}/token", provider.issuer)).basic_auth("robot", Some("a-secret-of-the-robot")).form(&form);
        let answer: Value = answer.send().await.unwrap().json().await.unwrap();
        bearer(&site, answer["access_token"].as_str().unwrap()).await.must_be(403);
    }
}
