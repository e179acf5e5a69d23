//! The parts of the account page about signing in: password, authenticator app, recovery codes, sessions and remembered devices;
//! passkeys are in `passkeys`.

use domain::account::{OwnAccount, RememberedDevice, SecondFactorSight, SessionSight};
use leptos::prelude::*;
use rpc::Visit;

use super::frame::new_password;
use super::passkeys::passkeys;
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, moment, panel, table};

/// Everything about signing in.
#[must_use]
pub fn security(account: &OwnAccount, visit: &Visit) -> AnyView {
    if !account.has_password {
        let elsewhere = view! { <p>"You sign in elsewhere; password and second factor are kept there."</p> };
        let how = panel("Signing in", false, None, elsewhere.into_any());
        return view! { {how}{sessions(account)} }.into_any();
    }
    let second_factor = match &account.second_factor {
        Some(factor) => present(factor, account, visit),
        None => absent(visit),
    };
    view! { {password(account, visit)}{second_factor}{passkeys(account, visit)}{sessions(account)} }.into_any()
}

fn password(account: &OwnAccount, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "account/change-password");
    let email = account.email.clone();
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            <input type="hidden" name="email" autocomplete="username" value=email/>
            {form.field("password", "Present password").kind("password").autocomplete("current-password").input()}
            {new_password(&form, "New password")}
            <p class="small muted">"Your other sessions end, and remembered devices are forgotten."</p>
            <button class="button">"Change the password"</button>
        </form>
    };
    panel("Password", false, None, content.into_any())
}

fn absent(visit: &Visit) -> AnyView {
    let form = Form::of(visit, "account/begin-second-factor");
    let content = view! {
        <form class="stack" method="post" action=form.action()>
            <p>"Besides the password you are asked for a code that an authenticator app on your phone shows. Then a stolen password is not enough."</p>
            <button class="button button--secondary">"Set up a second factor"</button>
        </form>
    };
    panel("Second factor", false, None, content.into_any())
}

fn present(factor: &SecondFactorSight, account: &OwnAccount, visit: &Visit) -> AnyView {
    let remove = Form::of(visit, "account/remove-second-factor");
    let content = view! {
        <p>"You are asked for a code when you sign in, since "{moment(factor.since, "")}"."</p>
        {recovery_codes(account, visit)}
        <details class="details" open=remove.was_refused()>
            <summary>"Remove the second factor"</summary>
            <form class="stack" method="post" action=remove.action() novalidate=true>
                {remove.field("password", "Password").kind("password").autocomplete("current-password").input()}
                <button class="button button--warning">"Remove the second factor"</button>
            </form>
        </details>
    };
    panel("Second factor", false, None, content.into_any())
}

/// How many recovery codes are left, and making new ones.
pub(super) fn recovery_codes(account: &OwnAccount, visit: &Visit) -> AnyView {
    let renew = Form::of(visit, "account/renew-recovery-codes");
    let left = match account.codes_left {
        1 => "1 recovery code is left.".to_owned(),
        n => format!("{n} recovery codes are left."),
    };
    view! {
        <p>{left}</p>
        <details class="details" open=renew.was_refused()>
            <summary>"Make new recovery codes"</summary>
            <form class="stack" method="post" action=renew.action() novalidate=true>
                {renew.field("password", "Password").kind("password").autocomplete("current-password").input()}
                <button class="button button--secondary">"Make new codes"</button>
            </form>
        </details>
    }
    .into_any()
}

fn sessions(account: &OwnAccount) -> AnyView {
    let rows = account.sessions.iter().map(session).collect();
    let headings =
        [("Browser", false), ("Address", false), ("Signed in", false), ("Last seen", false), ("Session", false)];
    let list = table("Where you are signed in", "sessions-caption", &headings, rows);
    let everywhere = Confirmed {
        words: "Sign out everywhere",
        about: "",
        note: "Here, too: you sign in again afterwards. Remembered devices are forgotten and your API tokens are revoked.",
        action: "/rpc/account/end-all-sessions",
        fields: ().into_any(),
    };
    let content = view! {
        {list}
        {devices(account)}
        {everywhere.view()}
    };
    panel("Where you are signed in", true, None, content.into_any())
}

/// The devices on which no code is asked for, where there are any.
fn devices(account: &OwnAccount) -> Option<AnyView> {
    if account.devices.is_empty() {
        return None;
    }
    let rows = account.devices.iter().map(device).collect();
    let headings =
        [("Browser", false), ("Remembered", false), ("Until", false), ("Last used", false), ("Device", false)];
    let list = table("Devices that are remembered", "devices-caption", &headings, rows);
    let content = view! {
        <h3>"Devices that are remembered"</h3>
        <p>"Whoever signs in there with your password is not asked for a code."</p>
        {list}
    };
    Some(content.into_any())
}

fn device(device: &RememberedDevice) -> AnyView {
    let name = device.browser.clone();
    let unused = || view! { <span class="muted">"Not yet"</span> }.into_any();
    let used = device.last_used_at.map_or_else(unused, |at| moment(at, ""));
    let which = format!("{name}, remembered {}", domain::uk_time::date_time(device.created_at));
    let forget = Confirmed {
        words: "Forget this device",
        about: &which,
        note: "A code is asked for there again at the next sign-in.",
        action: "/rpc/account/forget-device",
        fields: hidden("device", &device.id),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{moment(device.created_at, "")}</td>
            <td>{moment(device.expires_at, "")}</td>
            <td>{used}</td>
            <td>{forget.view()}</td>
        </tr>
    }
    .into_any()
}

fn session(session: &SessionSight) -> AnyView {
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| moment(at, ""));
    let name = session.browser.clone();
    let end = if session.current {
        view! { <span class="table__sub">"This session"</span> }.into_any()
    } else {
        let which = format!("{name}, {}", session.address);
        let end = Confirmed {
            words: "End this session",
            about: &which,
            note: "Whoever uses it is signed out at once.",
            action: "/rpc/account/end-session",
            fields: hidden("session", &session.handle),
        };
        end.view()
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{session.address.clone()}</td>
            <td>{when(session.created_at)}</td>
            <td>{when(session.last_seen_at)}</td>
            <td>{end}</td>
        </tr>
    }
    .into_any()
}
