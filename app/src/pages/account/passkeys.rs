//! The part of the account page about passkeys; `public/passkeys.js` adds one, since only scripts can ask a device for it.

use domain::account::{OwnAccount, Passkey};
use domain::policy::Role;
use leptos::prelude::*;
use rpc::Visit;

use super::security::recovery_codes;
use crate::components::form::{Form, hidden};
use crate::components::portal::{moment, panel, table};

/// The passkeys of somebody, and adding one where the site's address lets it offer them.
pub(super) fn passkeys(account: &OwnAccount, visit: &Visit) -> Option<AnyView> {
    let is_empty = account.passkeys.is_empty();
    if is_empty && !account.offers_passkeys {
        return not_offered(visit);
    }
    let rows = account.passkeys.iter().map(|passkey| row(passkey, visit)).collect();
    let headings = [("Name", false), ("Added", false), ("Last used", false), ("Passkey", false)];
    let list = (!is_empty).then(|| table("Your passkeys", "passkeys-caption", &headings, rows));
    // Beside an app its part of the page tells of them.
    let codes = (!is_empty && account.second_factor.is_none()).then(|| {
        view! { <p>"You are asked for a passkey or a recovery code when you sign in."</p>{recovery_codes(account, visit)} }
    });
    let content = view! {
        <p>"A key that you plug in, or the lock of this device or of your phone, shows that it is you. It works on this site alone, so that nobody can trick you out of it."</p>
        {list}
        {codes}
        {account.offers_passkeys.then(|| add(visit))}
    };
    Some(panel("Passkeys", !is_empty, None, content.into_any()))
}

/// Why none are offered, for those who can change that.
fn not_offered(visit: &Visit) -> Option<AnyView> {
    let runs_it = |role: Role| matches!(role, Role::Operator | Role::Admin);
    let is_theirs = visit.caller.as_ref().is_some_and(|caller| caller.grants.iter().any(|grant| runs_it(grant.role)));
    let why = "Passkeys are not offered: browsers know them only where PUBLIC_URL has a domain name and begins with https://.";
    is_theirs.then(|| panel("Passkeys", false, None, view! { <p>{why}</p> }.into_any()))
}

fn row(passkey: &Passkey, visit: &Visit) -> AnyView {
    let name = passkey.name.clone();
    let unused = || view! { <span class="muted">"Not yet"</span> }.into_any();
    let used = passkey.last_used_at.map_or_else(unused, |at| moment(at, ""));
    let form = Form::of(visit, "account/remove-passkey").where_is("passkey", &passkey.id);
    let about = format!(": {name}");
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{moment(passkey.created_at, "")}</td>
            <td>{used}</td>
            <td>
                <details class="details details--confirm" open=form.was_refused()>
                    <summary>"Remove"<span class="visually-hidden">{about.clone()}</span></summary>
                    <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                        {hidden("passkey", &passkey.id)}
                        {form.field("password", "Password").kind("password").autocomplete("current-password").input()}
                        <button class="button button--warning button--small">"Remove"<span class="visually-hidden">{about}</span></button>
                    </form>
                </details>
            </td>
        </tr>
    }
    .into_any()
}

/// What adds one; hidden until the script finds that this browser can. The form sends nothing by itself.
fn add(visit: &Visit) -> AnyView {
    let form = Form::of(visit, "account/add-passkey");
    view! {
        <p class="small muted" id="no-passkeys">"To add one, use a browser that knows passkeys, with scripts switched on."</p>
        <form class="stack" method="dialog" id="add-passkey" novalidate=true hidden>
            {form.field("name", "Name").hint("What you call it, such as Blue key or My phone.").autocomplete("off").input()}
            {form.field("password", "Password").kind("password").autocomplete("current-password").input()}
            <button class="button button--secondary">"Add a passkey"</button>
            <p class="small" id="passkey-said" role="status"></p>
        </form>
        <script r#type="module" src="/assets/passkeys.js"></script>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn account(passkeys: usize, offers_passkeys: bool) -> OwnAccount {
        let passkey = |number: usize| Passkey {
            id: format!("p{number}"),
            user_id: "ann".to_owned(),
            name: format!("Key {number}"),
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
        };
        OwnAccount {
            email: "ann@example.org".to_owned(),
            has_password: true,
            second_factor: None,
            passkeys: (0..passkeys).map(passkey).collect(),
            offers_passkeys,
            codes_left: 10,
            sessions: Vec::new(),
            devices: Vec::new(),
            ended: Vec::new(),
        }
    }

    #[test]
    fn what_adds_one_is_hidden_until_a_script_finds_that_it_works_and_sends_no_password_by_itself() {
        let html = |account: &OwnAccount| passkeys(account, &Visit::default()).map(|view| view.to_html());
        let none = html(&account(0, true)).unwrap();
        let form = none.split("<form").nth(1).unwrap().split('>').next().unwrap();
        for part in ["id=\"add-passkey\"", "method=\"dialog\"", " hidden"] {
            assert!(form.contains(part), "{part}: {none}");
        }
        assert!(none.contains("/assets/passkeys.js") && !none.contains("recovery code"), "{none}");
        let two = html(&account(2, true)).unwrap();
        assert!(two.contains("Key 0") && two.contains("Key 1") && two.contains("10 recovery codes are left"), "{two}");
        assert_eq!(two.matches("action=\"/rpc/account/remove-passkey\"").count(), 2);
        // At an address where browsers know none, those that there are can still be removed.
        let elsewhere = html(&account(1, false)).unwrap();
        assert!(elsewhere.contains("Key 0") && !elsewhere.contains("add-passkey"), "{elsewhere}");
        assert!(html(&account(0, false)).is_none(), "who cannot change that is told nothing");
    }
}
