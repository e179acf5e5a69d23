//! Passkeys as second factors, by an authenticator that is made of software.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64_simd::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::account::Passkey;
use domain::policy::{Grant, Role};
use domain::refusal::Refusal;
use persistence::passkeys::StoredPasskey;
use reqwest::Method;
use serde_json::{Value, json};
use services::accounts::{self, PasskeyAsked};
use services::{Ctx, ServiceError, ids};
use sha2::{Digest, Sha256};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::accounts::events_of;
use crate::browser::Browser;
use crate::second_factor::{EMAIL, set_up};
use crate::support::*;

const STEP: &str = "/account/second-step?next=/admin";
const BEGIN: &str = "/rpc/account/passkeys/begin";
const FINISH: &str = "/rpc/account/passkeys/finish";
const ASK: &str = "/rpc/account/passkeys/ask";
const SHOW: &str = "/rpc/account/passkeys/show";

/// Keeps a passkey of somebody that nothing can be shown by; its id.
pub async fn stored(site: &Site, user_id: &str, name: &str) -> String {
    let id = ids::new_id(site.now());
    let passkey = Passkey {
        id: id.clone(),
        user_id: user_id.to_owned(),
        name: name.to_owned(),
        created_at: site.now(),
        last_used_at: None,
    };
    let new = StoredPasskey { passkey, credential: "{}".to_owned() };
    persistence::passkeys::insert(site.services.db.pool(), &new, &format!("hash of {id}")).await.unwrap();
    id
}

/// What signs for a person.
struct Key {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    /// How often it has signed; none where it does not count.
    counter: Option<u32>,
}

impl Key {
    fn new(name: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { pair, id: Sha256::digest(name).to_vec(), counter: None }
    }

    fn counting(name: &str) -> Self {
        Self { counter: Some(1), ..Self::new(name) }
    }

    /// The beginning of what it says of itself: for which site, that somebody was there and showed who they are, and how often it signed.
    fn says(&self, options: &Value, flags: u8) -> Vec<u8> {
        let site = options["rp"]["id"].as_str().or(options["rpId"].as_str()).unwrap();
        let mut said = Sha256::digest(site).to_vec();
        said.push(flags);
        said.extend(self.counter.unwrap_or(0).to_be_bytes());
        said
    }

    /// What a browser at this origin answers while it is added.
    fn make(&self, options: &Value, origin: &str) -> Value {
        let mut said = self.says(options, 0x45);
        said.extend([0; 16]);
        said.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        said.extend(&self.id);
        let point = self.pair.public_key().as_ref();
        said.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        said.extend(&point[1..33]);
        said.extend([0x22, 0x58, 0x20]);
        said.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(said.len()).unwrap());
        object.extend(said);
        let client = client_data("webauthn.create", options, origin);
        let response =
            json!({"attestationObject": text(&object), "clientDataJSON": text(&client), "transports": ["usb"]});
        json!({"id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": response})
    }

    /// What a browser at this origin answers at sign-in.
    fn show(&mut self, options: &Value, origin: &str) -> Value {
        self.counter = self.counter.map(|counter| counter + 1);
        let said = self.says(options, 0x05);
        let client = client_data("webauthn.get", options, origin);
        let signed = [&said[..], &Sha256::digest(&client)[..]].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "authenticatorData": text(&said), "clientDataJSON": text(&client), "signature": text(signature.as_ref()),
            "userHandle": null,
        });
        json!({"id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": response})
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = options["challenge"].as_str().unwrap().trim_end_matches('=');
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false}).to_string().into_bytes()
}

/// A site at an address with a name, with an editor.
async fn begin(db: TestDatabase) -> Site {
    let site = Site::start_with(db, |url| vec![("PUBLIC_URL", named(url))]).await;
    site.account(EMAIL, &[Role::Editor]).await;
    site
}

fn named(url: &str) -> String {
    url.replace("127.0.0.1", "localhost")
}

async fn id_of(site: &Site) -> String {
    let found = persistence::accounts::find_user_by_email(site.services.db.pool(), EMAIL).await.unwrap();
    found.unwrap().0.id
}

/// Adds a passkey in a browser; the page that follows.
async fn add(site: &Site, browser: &mut Browser, key: &Key, name: &str) -> Answer {
    let asked = browser.post_json(BEGIN, "/account", &json!({"name": name, "password": PASSWORD})).await.must_be(200);
    let options = asked.json()["publicKey"].clone();
    assert!(options["extensions"].is_null(), "browsers refuse what contradicts itself: {options}");
    let credential = key.make(&options, &named(&site.url));
    let made = browser.post_json(FINISH, "/account", &json!({"credential": credential})).await.must_be(200).json();
    browser.get(made["next"].as_str().unwrap()).await.must_be(200)
}

/// Takes the first step; the second is asked for.
async fn first_step(site: &Site) -> Browser {
    let mut browser = Browser::new(site);
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.header("location"), STEP);
    browser
}

/// What a browser is asked for at the second step.
async fn asked(browser: &mut Browser) -> Value {
    browser.post_json(ASK, STEP, &json!({})).await.must_be(200).json()["publicKey"].clone()
}

async fn show(browser: &mut Browser, credential: Value) -> Answer {
    browser.post_json(SHOW, STEP, &json!({"credential": credential, "next": "/admin"})).await
}

/// The person as they ask services themselves.
async fn own_ctx(site: &Site) -> Ctx {
    let mut ctx = Ctx::public(site.now(), "a-test".to_owned());
    ctx.caller = accounts::by_user_id(&site.services, &ctx, &id_of(site).await).await.unwrap();
    ctx
}

fn options(asked: &PasskeyAsked) -> &Value {
    &asked.options["publicKey"]
}

#[track_caller]
fn code_of<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> String {
    match outcome.unwrap_err() {
        ServiceError::Refused(Refusal::Blocked { blockers, .. }) => blockers[0].code.clone(),
        ServiceError::Refused(Refusal::Invalid { problems }) => problems[0].code.clone(),
        other => panic!("{other:?}"),
    }
}

on_both_databases! {
    async fn one_is_added_with_the_password_and_shown_in_place_of_a_code(db: TestDatabase) {
        let site = begin(db).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let wrong = json!({"name": "Blue key", "password": "not the right words"});
        let refused = owner.post_json(BEGIN, "/account", &wrong).await.must_be(422);
        assert!(refused.text.contains("This is not your password"), "{}", refused.text);
        owner.post_json(BEGIN, "/account", &json!({"name": " ", "password": PASSWORD})).await.must_be(422);
        let mut key = Key::counting("blue");
        let page = add(&site, &mut owner, &key, "Blue key").await.text;
        assert!(page.contains("Your passkey was added") && page.matches("<li><code>").count() == 10, "{page}");
        let code = page.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let account = owner.get("/account").await.must_be(200).text;
        assert!(account.contains("Blue key") && account.contains("10 recovery codes are left"), "{account}");

        let mut browser = first_step(&site).await;
        browser.get("/admin").await.must_be(303);
        let page = browser.get(STEP).await.must_be(200).text;
        assert!(page.contains("id=\"show-passkey\"") && page.contains("autocomplete=\"one-time-code\""), "{page}");
        let half_way = browser.session();
        let options = asked(&mut browser).await;
        assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("preferred")));
        assert!(options["hints"].is_null(), "{options}");
        let shown = show(&mut browser, key.show(&options, &named(&site.url))).await.must_be(200).json();
        assert_eq!(shown["next"], "/admin");
        browser.get("/admin").await.must_be(200);
        assert_ne!(browser.session(), half_way);
        assert!(!owner.get("/account").await.text.contains("Not yet"), "it was used");

        // Whoever does not have it with them gives a recovery code.
        let mut lost = first_step(&site).await;
        let fields = [("code", code.as_str()), ("next", "/admin")];
        assert_eq!(lost.post("/rpc/account/second-step", STEP, &fields).await.header("location"), "/admin");
        let expected = ["created", "signed_in", "passkey_added", "signed_in", "recovery_code_used", "signed_in"];
        assert_eq!(events_of(&site, EMAIL).await, expected);
        let listed = site.environment().get(&format!("/v1/users/{}/passkeys", id_of(&site).await)).await.must_be(200);
        assert!(listed.json()["items"][0]["name"] == "Blue key" && !listed.text.contains("cred"), "{}", listed.text);
    }

    async fn beside_an_app_either_is_taken_and_there_are_no_further_recovery_codes(db: TestDatabase) {
        let site = begin(db).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        set_up(&site, &mut owner).await;
        let mut key = Key::new("phone");
        let page = add(&site, &mut owner, &key, "Phone").await.text;
        assert!(page.contains("Your passkey was added") && page.contains("10 recovery codes are left"), "{page}");
        let mut browser = first_step(&site).await;
        let options = asked(&mut browser).await;
        show(&mut browser, key.show(&options, &named(&site.url))).await.must_be(200);
        // One that was added cannot be added again, by anybody.
        site.account("other@example.org", &[Role::Editor]).await;
        let mut other = Browser::signed_in(&site, "other@example.org").await;
        let asked = other.post_json(BEGIN, "/account", &json!({"name": "Mine", "password": PASSWORD})).await.must_be(200);
        let credential = key.make(&asked.json()["publicKey"], &named(&site.url));
        let refused = other.post_json(FINISH, "/account", &json!({"credential": credential})).await.must_be(409);
        assert!(refused.text.contains("was added before"), "{}", refused.text);

        let removed = owner.submit("/rpc/account/remove-second-factor", "/account", &[("password", PASSWORD)]).await;
        assert!(removed.text.contains("a passkey") && removed.text.contains("10 recovery codes are left"), "{}", removed.text);
        first_step(&site).await;
    }

    async fn what_was_asked_of_another_site_or_otherwise_or_before_is_refused(db: TestDatabase) {
        let site = begin(db).await;
        let (ctx, origin) = (own_ctx(&site).await, named(&site.url));
        let (services, id) = (&site.services, id_of(&site).await);
        let mut key = Key::new("phone");
        let begun = accounts::begin_passkey(services, &ctx, "Phone", PASSWORD).await.unwrap();
        let other = accounts::begin_passkey(services, &ctx, "Phone", PASSWORD).await.unwrap();
        let finish = async |asked: &PasskeyAsked, credential: Value| {
            accounts::finish_passkey(services, &ctx, Some(&asked.kept), credential).await
        };
        // Another question was answered; with that its own is used up, too.
        assert_eq!(code_of(finish(&begun, key.make(options(&other), &origin)).await), "passkey_unfit");
        assert_eq!(code_of(finish(&begun, key.make(options(&begun), &origin)).await), "passkey_too_late");
        assert_eq!(code_of(finish(&other, key.make(options(&other), "https://phish.example")).await), "passkey_unfit");
        let nothing = accounts::finish_passkey(services, &ctx, None, json!({})).await;
        assert_eq!(code_of(nothing), "passkey_too_late");
        let late = accounts::begin_passkey(services, &ctx, "Phone", PASSWORD).await.unwrap();
        let mut later = ctx.clone();
        later.now += TimeDelta::minutes(6);
        let outcome = accounts::finish_passkey(services, &later, Some(&late.kept), key.make(options(&late), &origin)).await;
        assert_eq!(code_of(outcome), "passkey_too_late");
        let right = accounts::begin_passkey(services, &ctx, "Phone", PASSWORD).await.unwrap();
        assert_eq!(finish(&right, key.make(options(&right), &origin)).await.unwrap().len(), 10);

        // The same at the second step; nobody has a session there.
        let public = Ctx::public(site.now(), "a-test".to_owned());
        let ask = async || accounts::ask_for_passkey(services, &public, &id).await.unwrap();
        let step = async |asked: &PasskeyAsked, credential: Value| {
            accounts::passkey_step(services, &public, &id, Some(&asked.kept), credential, None).await
        };
        let (first, second) = (ask().await, ask().await);
        assert_eq!(code_of(step(&first, key.show(options(&second), &origin)).await), "passkey_unfit");
        assert_eq!(code_of(step(&second, key.show(options(&second), "http://localhost:1")).await), "passkey_unfit");
        let (third, mut stranger) = (ask().await, Key::new("phone"));
        assert_eq!(code_of(step(&third, stranger.show(options(&third), &origin)).await), "passkey_unfit");
        // What was asked of somebody is answered by nobody else.
        let other = site.person("other@example.org", &[Grant::of(Role::Editor)]).await.1;
        let right = ask().await;
        let credential = key.show(options(&right), &origin);
        let outcome = accounts::passkey_step(services, &public, &other, Some(&right.kept), credential.clone(), None).await;
        assert_eq!(code_of(outcome), "passkey_too_late");
        step(&right, credential.clone()).await.unwrap();
        assert_eq!(code_of(step(&right, credential).await), "passkey_too_late");
        let events = events_of(&site, EMAIL).await;
        assert_eq!(events.iter().filter(|event| *event == "sign_in_failed").count(), 3, "{events:?}");
    }

    async fn one_that_counts_back_is_refused_and_recorded(db: TestDatabase) {
        let site = begin(db).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (mut key, origin) = (Key::counting("blue"), named(&site.url));
        add(&site, &mut owner, &key, "Blue key").await;
        let mut browser = first_step(&site).await;
        let options = asked(&mut browser).await;
        show(&mut browser, key.show(&options, &origin)).await.must_be(200);
        // A copy that was made before it was used.
        key.counter = Some(1);
        let mut thief = first_step(&site).await;
        let options = asked(&mut thief).await;
        show(&mut thief, key.show(&options, &origin)).await.must_be(409);
        thief.get("/admin").await.must_be(303);
        let events = events_of(&site, EMAIL).await;
        assert_eq!(events[events.len() - 2..], ["passkey_counted_back", "sign_in_failed"], "{events:?}");
        // One that was asked of before is no way round that.
        let (services, id) = (&site.services, id_of(&site).await);
        let public = Ctx::public(site.now(), "a-test".to_owned());
        let before = accounts::ask_for_passkey(services, &public, &id).await.unwrap();
        let beside = accounts::ask_for_passkey(services, &public, &id).await.unwrap();
        key.counter = Some(8);
        let credential = key.show(self::options(&beside), &origin);
        accounts::passkey_step(services, &public, &id, Some(&beside.kept), credential, None).await.unwrap();
        key.counter = Some(7);
        let credential = key.show(self::options(&before), &origin);
        assert_eq!(code_of(accounts::passkey_step(services, &public, &id, Some(&before.kept), credential, None).await), "passkey_unfit");
    }

    async fn one_that_was_removed_meanwhile_or_whose_person_was_suspended_lets_nobody_in(db: TestDatabase) {
        let site = begin(db).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (mut first, mut second, origin) = (Key::new("phone"), Key::new("blue"), named(&site.url));
        add(&site, &mut owner, &first, "Phone").await;
        add(&site, &mut owner, &second, "Blue key").await;
        let id = id_of(&site).await;
        let listed = site.environment().get(&format!("/v1/users/{id}/passkeys")).await.must_be(200).json();
        let phone = listed["items"].as_array().unwrap().iter().find(|one| one["name"] == "Phone").unwrap()["id"].clone();
        let mut browser = first_step(&site).await;
        let options = asked(&mut browser).await;
        let form = "/rpc/account/remove-passkey";
        let page = owner.submit(form, "/account", &[("passkey", phone.as_str().unwrap()), ("password", "not the right words")]).await;
        assert!(page.text.contains("This is not your password") && page.text.contains("Phone"), "{}", page.text);
        let page = owner.submit(form, "/account", &[("passkey", phone.as_str().unwrap()), ("password", PASSWORD)]).await;
        assert!(page.text.contains("That passkey was removed") && !page.text.contains(">Phone<"), "{}", page.text);
        show(&mut browser, first.show(&options, &origin)).await.must_be(409);
        browser.get("/admin").await.must_be(303);

        let options = asked(&mut browser).await;
        let manager = site.service("admin", &[Role::Admin]).await;
        manager.change(Method::PATCH, &format!("/users/{id}"), json!({"disabled": true})).await.must_be(200);
        let refused = show(&mut browser, second.show(&options, &origin)).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
        browser.get("/admin").await.must_be(303);
    }

    async fn with_the_last_one_recovery_codes_end_and_an_administrator_takes_all_away(db: TestDatabase) {
        let site = begin(db).await;
        let (mut owner, id) = (Browser::signed_in(&site, EMAIL).await, id_of(&site).await);
        let codes = async || persistence::second_factors::codes_left(site.services.db.pool(), &id).await.unwrap();
        add(&site, &mut owner, &Key::new("phone"), "Phone").await;
        add(&site, &mut owner, &Key::new("blue"), "Blue key").await;
        let root = site.environment();
        let listed = root.get(&format!("/v1/users/{id}/passkeys")).await.must_be(200).json();
        let ids: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        root.delete(&format!("/v1/users/{id}/passkeys/{}", ids[0])).await.must_be(204);
        root.delete(&format!("/v1/users/{id}/passkeys/{}", ids[0])).await.must_be(404);
        assert_eq!(codes().await, 10);
        first_step(&site).await;
        owner.submit("/rpc/account/remove-passkey", "/account", &[("passkey", ids[1]), ("password", PASSWORD)]).await;
        assert_eq!(codes().await, 0);
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        add(&site, &mut owner, &Key::new("key"), "Key").await;
        let admin = Ctx::system("test", site.now());
        accounts::reset_second_factor(&site.services, &admin, &id).await.unwrap();
        assert_eq!(codes().await, 0);
        assert!(accounts::reset_second_factor(&site.services, &admin, &id).await.is_err(), "nothing is left");
        Browser::signed_in(&site, EMAIL).await;
    }

    async fn it_is_what_a_role_asks_for(db: TestDatabase) {
        let required = |url: &str| vec![("PUBLIC_URL", named(url)), ("SECOND_FACTOR_REQUIRED_FOR", "editor".to_owned())];
        let site = Site::start_with(db, required).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut browser = Browser::signed_in(&site, EMAIL).await;
        assert_eq!(browser.get("/admin").await.must_be(303).header("location"), "/account");
        add(&site, &mut browser, &Key::new("phone"), "Phone").await;
        browser.get("/admin").await.must_be(200);
        let admin = Ctx::system("test", site.now());
        accounts::reset_second_factor(&site.services, &admin, &id_of(&site).await).await.unwrap();
        browser.get("/admin").await.must_be(303);
    }

    async fn at_an_address_without_a_name_none_is_offered(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut editor = Browser::signed_in(&site, EMAIL).await;
        assert!(!editor.get("/account").await.must_be(200).text.contains("asskey"));
        let refused = editor.post_json(BEGIN, "/account", &json!({"name": "Phone", "password": PASSWORD})).await.must_be(409);
        assert!(refused.text.contains("domain name"), "{}", refused.text);
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        assert!(operator.get("/account").await.must_be(200).text.contains("Passkeys are not offered"));
        // A form of another site carries nobody's cookie here.
        let forged = site.public().request(Method::POST, BEGIN).header("cookie", editor.cookie());
        let forged = forged.header("sec-fetch-site", "cross-site").json(&json!({"name": "x", "password": PASSWORD}));
        site.public().send(forged).await.must_be(403);
    }
}
