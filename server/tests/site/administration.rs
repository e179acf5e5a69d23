//! The portal's pages of administration: who may open them, and what their forms do without scripts.

use domain::policy::{Grant, Role};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// The pages, and the roles that may open each.
const PAGES: &[(&str, &[Role])] = &[
    ("/admin/users", &[Role::Admin]),
    ("/admin/users/new", &[Role::Admin]),
    ("/admin/teams", &[Role::Admin]),
    ("/admin/departments", &[Role::Admin]),
    ("/admin/roles", &[Role::Admin]),
    ("/admin/service-tokens", &[Role::Admin]),
    ("/admin/webhooks", &[Role::Admin]),
    ("/admin/subscribers", &[Role::Admin, Role::Operator]),
    ("/admin/files", &[Role::Editor, Role::Reviewer, Role::Approver, Role::Operator, Role::Admin]),
    ("/admin/audit", &[Role::Admin, Role::Approver, Role::Operator]),
    ("/admin/settings", &[Role::Admin, Role::Operator]),
    ("/ops", &[Role::Admin, Role::Operator]),
    ("/ops/health", &[Role::Admin, Role::Operator]),
    ("/ops/files", &[Role::Admin, Role::Operator]),
    ("/ops/integrations", &[Role::Admin, Role::Operator]),
    ("/ops/performance", &[Role::Admin, Role::Operator]),
    ("/ops/search-index", &[Role::Admin, Role::Operator]),
    ("/ops/limits", &[Role::Admin, Role::Operator]),
    ("/ops/database", &[Role::Admin, Role::Operator]),
    ("/ops/logs", &[Role::Operator]),
    ("/ops/runbook", &[Role::Admin, Role::Operator]),
];

/// The id at the end of an address.
fn id_of(location: &str) -> String {
    location.rsplit('/').next().unwrap().to_owned()
}

on_both_databases! {
    async fn each_page_opens_to_those_with_the_right_and_the_rail_lists_no_other(db: TestDatabase) {
        let site = Site::start(db).await;
        for (path, _) in PAGES {
            let answer = site.public().get(path).await.must_be(303);
            assert!(answer.header("location").starts_with("/account/sign-in"), "{path}");
        }
        for role in Role::ALL {
            let email = format!("{role}@example.org");
            site.account(&email, &[*role]).await;
            let mut browser = Browser::signed_in(&site, &email).await;
            let start = browser.get("/account").await.must_be(200).text;
            for (path, roles) in PAGES {
                let opens = roles.contains(role);
                let page = browser.get(path).await.must_be(if opens { 200 } else { 403 }).text;
                assert!(page.contains(if opens { "<h1" } else { "You may not see this" }), "{role} {path}");
                if *path != "/admin/users/new" {
                    assert_eq!(start.contains(&format!("href=\"{path}\"")), opens, "{role} {path}");
                }
            }
        }
    }

    async fn an_account_is_made_given_a_role_tested_suspended_and_signed_out(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let people = admin.get("/admin/users").await.must_be(200).text;
        let (_, own) = people.split_once("admin@example.org</span>").unwrap();
        let own = own.split("</tr>").next().unwrap();
        assert!(own.contains("no second factor") && !own.contains(">never<"), "{own}");
        let refused = admin.submit("/rpc/access/create-user", "/admin/users/new", &[("email", "nobody"), ("name", "Ann")]).await;
        assert!(refused.text.contains("error-summary") && refused.text.contains("value=\"Ann\""), "{}", refused.text);

        let fields = [("email", "ann@example.org"), ("name", "Ann Lee"), ("password", PASSWORD)];
        let made = admin.post("/rpc/access/create-user", "/admin/users/new", &fields).await.must_be(303);
        let page = made.header("location");
        let id = id_of(&page);
        assert!(admin.get(&page).await.must_be(200).text.contains("No grants yet"), "{page}");
        let grant = [("kind", "user"), ("id", id.as_str()), ("role", "editor"), ("departments[]", "economy"), ("expires_on", "2026-12-31")];
        let granted = admin.submit("/rpc/access/grant-role", &page, &grant).await.must_be(200).text;
        assert!(granted.contains("Editor was granted.") && granted.contains("31 December 2026"), "{granted}");

        let may = admin.get(&format!("{page}?permission=datasets:write")).await.must_be(200).text;
        assert!(may.contains("Ann Lee may datasets:write") && may.contains("allows it"), "{may}");
        let may_not = admin.get(&format!("{page}?permission=users:manage")).await.must_be(200).text;
        assert!(may_not.contains("Ann Lee may not users:manage"), "{may_not}");

        let mut ann = Browser::signed_in(&site, "ann@example.org").await;
        let before = admin.get(&page).await.text;
        assert!(before.contains("Firefox"), "{before}");
        let mut elsewhere = Browser::signed_in(&site, "ann@example.org").await;
        let session = before.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let one = admin.submit("/rpc/access/end-session", &page, &[("id", &id), ("session", session)]).await.text;
        assert!(one.contains("The session has ended.") && one.contains("last signed in"), "{one}");
        assert_eq!(ann.get("/admin").await.status, 303);
        elsewhere.get("/admin").await.must_be(200);
        let review = site.signed_in("admin@example.org").await.get("/admin/users.csv").await.must_be(200).text;
        assert!(review.contains("Ann Lee,ann@example.org,open,editor,economy,,,2026-12-31T23:59:59Z,"), "{review}");
        site.public().get("/admin/users.csv").await.must_be(401);
        elsewhere.get("/admin/users.csv").await.must_be(403);
        let ended = admin.submit("/rpc/access/end-sessions", &page, &[("id", &id)]).await.text;
        assert!(ended.contains("1 session has ended."), "{ended}");
        assert_eq!(ann.get("/admin").await.status, 303);

        let suspend = [("id", id.as_str()), ("revision", "2"), ("disabled", "true")];
        let suspended = admin.submit("/rpc/access/suspend-user", &page, &suspend).await.text;
        assert!(suspended.contains("Open the account again"), "{suspended}");
        let stale = admin.submit("/rpc/access/suspend-user", &page, &suspend).await.text;
        assert!(stale.contains("This was changed meanwhile"), "{stale}");
        assert_eq!(ann.sign_in("ann@example.org", PASSWORD).await.header("location"), "/account/sign-in");
        admin.get("/admin/users/nobody").await.must_be(404);
    }

    async fn everybody_else_is_signed_out_by_who_means_it(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let mut elsewhere = Browser::signed_in(&site, "admin@example.org").await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let (form, page) = ("/rpc/access/sign-everybody-out", "/admin/users");
        let meant = [("reason", "A laptop was stolen."), ("confirmation", "sign out everybody")];
        operator.submit(form, "/account", &meant).await.must_be(200);
        let slipped = admin.submit(form, page, &[("confirmation", "yes")]).await.must_be(200).text;
        assert!(slipped.contains("so that nobody is signed out by a slip") && slipped.contains("error-summary"), "{slipped}");
        operator.get("/account").await.must_be(200);
        let done = admin.submit(form, page, &meant).await.must_be(200).text;
        assert!(done.contains("2 sessions have ended."), "{done}");
        let taken = elsewhere.get("/account").await.must_be(303).header("location");
        assert!(taken.starts_with("/account/sign-in"), "another session of theirs may be the stolen one: {taken}");
        assert!(operator.get("/account").await.must_be(303).header("location").starts_with("/account/sign-in"));
        let trail = admin.get("/admin/audit?action=everybody_signed_out").await.must_be(200).text;
        assert!(trail.contains("signed everybody else out") && trail.contains("A laptop was stolen."), "{trail}");
    }

    async fn secrets_of_tokens_and_webhooks_are_shown_once(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let tokens = "/admin/service-tokens";
        let made = admin.submit("/rpc/access/create-token", tokens, &[("name", "Loader"), ("role", "editor")]).await.text;
        let at = made.find("cat_").unwrap();
        let secret: String = made[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        site.bearer(secret.clone()).get("/bundles").await.must_be(200);
        let again = admin.get(tokens).await.must_be(200).text;
        assert!(again.contains("Loader") && !again.contains(&secret), "{again}");
        assert!(again.contains("/admin/audit?resource_type=service_token"), "{again}");

        let fields = [("url", "https://example.org/hook"), ("events[]", "bundle.published"), ("enabled", "on")];
        let made = admin.post("/rpc/webhooks/create", "/admin/webhooks", &fields).await.must_be(303);
        let page = made.header("location");
        assert!(admin.get(&page).await.must_be(200).text.contains("whsec_"), "{page}");
        assert!(!admin.get(&page).await.must_be(200).text.contains("whsec_"), "{page}");
        let id = id_of(&page);
        let rotated = admin.submit("/rpc/webhooks/rotate-secret", &page, &[("id", &id)]).await.text;
        assert!(rotated.contains("whsec_") && rotated.contains("the secret before"), "{rotated}");
        let off = [("id", id.as_str()), ("revision", "2"), ("url", "https://example.org/hook"), ("events[]", "bundle.failed"), ("enabled", "off")];
        assert!(admin.submit("/rpc/webhooks/edit", &page, &off).await.text.contains("The webhook was saved."));
    }

    async fn nobody_raises_their_own_rights_and_a_limited_grant_opens_nothing_here(db: TestDatabase) {
        let site = Site::start(db).await;
        let limited = Grant { departments: vec!["economy".into()], ..Grant::of(Role::Admin) };
        site.person("limited@example.org", &[limited]).await;
        let mut browser = Browser::signed_in(&site, "limited@example.org").await;
        browser.get("/admin/users").await.must_be(403);
        let (_, own) = site.person("admin@example.org", &[Grant::of(Role::Admin)]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let page = format!("/admin/users/{own}");
        let grant = [("kind", "user"), ("id", own.as_str()), ("role", "approver")];
        let refused = admin.submit("/rpc/access/grant-role", &page, &grant).await.text;
        assert!(refused.contains("Nobody raises their own rights"), "{refused}");
    }

    async fn the_trail_is_searched_shows_before_and_after_and_proves_its_chain(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let made = admin.post("/rpc/access/create-team", "/admin/teams", &[("name", "Prices desk")]).await.must_be(303);
        let page = made.header("location");
        let renamed = [("id", "prices-desk"), ("revision", "1"), ("name", "Desk of prices")];
        admin.submit("/rpc/access/edit-team", &page, &renamed).await.must_be(200);
        let found = admin.get("/admin/audit?resource_type=team&resource_id=prices-desk").await.must_be(200).text;
        // Between pieces of text stands a mark for scripts.
        let found = found.replace("<!>", "");
        assert!(found.contains("<del>Prices desk</del><ins>Desk of prices</ins>"), "{found}");
        assert!(found.contains("2 records") && found.contains("format=csv&amp;resource_type=team"), "{found}");
        // Who reads the log gets on from a record to its lines.
        assert!(!found.contains("/ops/logs?trace="), "{found}");
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let of_team = operator.get("/admin/audit?resource_type=team").await.must_be(200).text;
        assert!(of_team.contains("/ops/logs?trace="), "{of_team}");
        // What it was called before is found, too.
        let before = admin.get("/admin/audit?q=prices+desk").await.must_be(200).text.replace("<!>", "");
        assert!(before.contains("2 records"), "{before}");
        let none = admin.get("/admin/audit?action=created&to=2001-01-01").await.must_be(200).text;
        assert!(none.contains("No record fits"), "{none}");
        let wrong = admin.get("/admin/audit?from=never").await.must_be(200).text;
        assert!(wrong.contains("Give a date"), "{wrong}");
        let proven = admin.get("/admin/audit?verify=yes").await.must_be(200).text;
        assert!(proven.contains("The chain is whole"), "{proven}");
        // A question is kept under a name, and the check of the chain with none.
        let (asked, name) = ("resource_type=team&verify=yes", "What teams met");
        let kept = [("list", "audit"), ("query", asked), ("name", name)];
        let kept = admin.post("/rpc/saved-views/save", &format!("/admin/audit?{asked}"), &kept).await.must_be(303);
        assert_eq!(kept.header("location"), "/admin/audit?resource_type=team");
        let shown = admin.get("/admin/audit").await.must_be(200).text;
        assert!(shown.contains("href=\"/admin/audit?resource_type=team\">What teams met</a>"), "{shown}");
        let file = site.signed_in("admin@example.org").await.get("/v1/audit?format=csv&resource_type=team").await.must_be(200);
        assert!(file.header("content-disposition").contains(".csv") && file.text.contains("prices-desk"), "{file:?}");
    }

    async fn what_is_missing_is_named_as_people_call_it(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let banner = [("text", "Late"), ("kind", "warning"), ("revision", "0"), ("reason", "A move")];
        let refused = admin.submit("/rpc/office/set-banner", "/admin/settings", &banner).await.text;
        assert!(refused.contains("Give the Welsh text, too") && !refused.contains("text cy"), "{refused}");
        let token = [("name", "Mine"), ("role", "admin")];
        let refused = admin.submit("/rpc/account/create-token", "/account/tokens", &token).await.text;
        assert!(refused.contains("Give the last day of the token") && !refused.contains("ends on."), "{refused}");
        // An account that nobody can get into says so, and what to do.
        let person = [("email", "ann@example.org"), ("name", "Ann Lee")];
        let made = admin.submit("/rpc/access/create-user", "/admin/users/new", &person).await.text;
        assert!(made.contains("with no way in yet: it has no password.") && made.contains("Invite the person here"), "{made}");
        let person = [("email", "bob@example.org"), ("name", "Bob Lee"), ("password", PASSWORD)];
        let made = admin.submit("/rpc/access/create-user", "/admin/users/new", &person).await.text;
        assert!(made.contains("The account was made.") && !made.contains("no way in"), "{made}");
    }

    async fn a_name_of_which_no_id_can_be_made_is_told_apart_from_none(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let team = admin.submit("/rpc/access/create-team", "/admin/teams", &[("name", "日本語")]).await.text;
        let release = editor.submit("/rpc/releases/create", "/admin/releases/new", &[("title", "日本語")]).await.text;
        for refused in [&team, &release] {
            assert!(refused.contains("No id can be made of this name") && refused.contains("error-summary"), "{refused}");
            assert!(!refused.contains("Give the") && !refused.contains("This is needed."), "{refused}");
        }
        let fields = [("name", "日本語"), ("id", "japanese")];
        let made = admin.post("/rpc/access/create-team", "/admin/teams", &fields).await.must_be(303);
        assert_eq!(made.header("location"), "/admin/teams/japanese");
        let fields = [("title", "日本語"), ("id", "japanese")];
        let made = editor.post("/rpc/releases/create", "/admin/releases/new", &fields).await.must_be(303);
        assert_eq!(made.header("location"), "/admin/releases/japanese");
    }

    async fn a_problem_of_a_grant_stands_beside_its_field(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let (_, id) = site.person("ann@example.org", &[]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let wrong = [("role", "editor"), ("datasets", "no-such"), ("departments[]", "no-such"), ("expires_on", "2001-01-01")];
        let page = format!("/admin/users/{id}");
        let forms = [
            ("access/grant-role", page.as_str(), vec![("kind", "user"), ("id", id.as_str())]),
            ("access/create-user", "/admin/users/new", vec![("email", "new@example.org"), ("name", "New")]),
            ("access/create-token", "/admin/service-tokens", vec![("name", "Loader"), ("ends_on", "2001-01-01")]),
        ];
        for (endpoint, page, mut fields) in forms {
            let prefix = endpoint.replace('/', "-");
            let ends = fields.iter().any(|(name, _)| *name == "ends_on");
            fields.extend(wrong);
            let refused = admin.submit(&format!("/rpc/{endpoint}"), page, &fields).await.must_be(200).text;
            for (field, said) in [("expires_on", "Give an end in the future"), ("datasets", "There is no dataset no-such")] {
                let error = refused.split(&format!("id=\"{prefix}-{field}-error\"")).nth(1).unwrap_or_default();
                assert!(error.get(..200).unwrap_or(error).contains(said), "{endpoint} {field}: {refused}");
            }
            assert!(refused.contains(&format!("href=\"#{prefix}-departments\"")), "{endpoint}: {refused}");
            assert_eq!(refused.contains(&format!("id=\"{prefix}-ends_on-error\"")), ends, "{endpoint}");
        }
    }

    async fn the_trail_is_searched_by_names(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let fields = [("email", "ann@example.org"), ("name", "Ann Lee"), ("password", PASSWORD)];
        let ann = id_of(&admin.post("/rpc/access/create-user", "/admin/users/new", &fields).await.must_be(303).header("location"));
        for name in ["Prices desk", "The prices-desk of old"] {
            admin.post("/rpc/access/create-team", "/admin/teams", &[("name", name)]).await.must_be(303);
        }
        let mut ask = async |query: &str| admin.get(&format!("/admin/audit?{query}")).await.must_be(200).text.replace("<!>", "");
        let about = ask("resource_id=ann+lee").await;
        assert!(about.contains(&format!("Which one: Ann Lee ({ann})")) && !about.contains("No record fits"), "{about}");
        assert!(about.contains(&format!("format=csv&amp;resource_id={ann}")), "{about}");
        let team = ask("resource_id=prices+desk&resource_type=team").await;
        assert!(team.contains("Prices desk (prices-desk)") && !team.contains("No record fits"), "{team}");
        let meant = ask("resource_id=prices-desk&resource_type=team").await;
        assert!(meant.contains("format=csv&amp;resource_type=team&amp;resource_id=prices-desk\""), "an id means one thing: {meant}");
        let service = ask("actor=kind").await;
        assert!(service.contains("No record fits"), "what is kept beside the name is not the name: {service}");
        let by = ask("actor=admin@example").await;
        assert!(by.contains("Who: ") && !by.contains("No record fits"), "{by}");
        let nobody = ask("actor=nobody+of+this+name").await;
        assert!(nobody.contains("it was taken as an id") && nobody.contains("No record fits"), "{nobody}");
        for kind in domain::event::RESOURCE_TYPES {
            assert!(nobody.contains(&format!("<option value=\"{kind}\"")), "{kind}: {nobody}");
        }
    }

    async fn what_takes_something_away_asks_first_without_scripts(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let (_, id) = site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
        Browser::signed_in(&site, "ann@example.org").await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        admin.submit("/rpc/access/create-token", "/admin/service-tokens", &[("name", "Loader"), ("role", "editor")]).await;
        admin.submit("/rpc/access/create-team", "/admin/teams", &[("name", "Prices desk")]).await;
        let hook = [("url", "https://example.org/hook"), ("events[]", "bundle.published"), ("enabled", "on")];
        let hook = admin.post("/rpc/webhooks/create", "/admin/webhooks", &hook).await.must_be(303).header("location");
        let user = format!("/admin/users/{id}");
        for (page, endpoints) in [
            (user.as_str(), &["access/withdraw-grant", "access/end-sessions", "access/suspend-user"][..]),
            ("/admin/service-tokens", &["access/revoke-token"]),
            ("/admin/teams/prices-desk", &["access/delete-team"]),
            (&hook, &["webhooks/delete", "webhooks/rotate-secret"]),
            ("/account", &["account/end-all-sessions"]),
        ] {
            let text = admin.get(page).await.must_be(200).text;
            for endpoint in endpoints {
                let before = text.split(&format!("action=\"/rpc/{endpoint}\"")).next().unwrap();
                assert!(before.len() < text.len(), "{page} has no {endpoint}");
                let (opened, closed) = (before.matches("<details").count(), before.matches("</details>").count());
                assert!(opened > closed, "{endpoint} on {page} is one press");
            }
        }
    }
}
