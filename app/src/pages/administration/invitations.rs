//! Invitations: those that are open, and what one account's page says of its own.

use chrono::{DateTime, Utc};
use domain::administration::UserPage as Data;
use domain::invitation::{Invitation, Invited};
use leptos::prelude::*;

use crate::components::form::hidden;
use crate::components::portal::{Confirmed, moment, panel, table};

/// The invitations that were not taken up yet; nothing where there are none.
pub(super) fn open_invitations(invitations: &[Invited], now: DateTime<Utc>) -> AnyView {
    if invitations.is_empty() {
        return ().into_any();
    }
    let headings = [("Invited", false), ("State", false), ("By", false), ("Ends", false), ("", false)];
    let rows = invitations.iter().map(|invited| row(invited, now)).collect();
    let list = table("Open invitations", "invitations-table", &headings, rows);
    view! { <div class="panels">{panel("Open invitations", true, None, list)}</div> }.into_any()
}

fn row(invited: &Invited, now: DateTime<Utc>) -> AnyView {
    let invitation = &invited.invitation;
    let href = format!("/admin/users/{}", invitation.user_id);
    let (name, email, by) = (invited.name.clone(), invited.email.clone(), invitation.invited_by.clone());
    let about = name.clone();
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a><span class="table__sub">{email}</span></th>
            <td>{state_tag(invitation, now)}</td>
            <td>{by}<span class="table__sub">{moment(invitation.invited_at, "")}</span></td>
            <td>{moment(invitation.expires_at, "")}</td>
            <td>{steps(invitation, &about)}</td>
        </tr>
    }
    .into_any()
}

/// Where an invitation stands, with its own shape.
fn state_tag(invitation: &Invitation, now: DateTime<Utc>) -> AnyView {
    let class = match (invitation.is_live(now), invitation.sent_at) {
        (false, _) => "tag state--archived",
        (true, Some(_)) => "tag state--published",
        (true, None) => "tag state--scheduled",
    };
    view! { <span class=class>{invitation.standing(now)}</span> }.into_any()
}

/// Inviting again and taking the invitation back.
fn steps(invitation: &Invitation, about: &str) -> AnyView {
    let again = Confirmed {
        words: "Invite again",
        about,
        note: "Makes a new link for seven days; the one before ends at once.",
        action: "/rpc/access/invite",
        fields: hidden("id", &invitation.user_id),
    };
    let withdraw = Confirmed {
        words: "Withdraw",
        about,
        note: "The link ends at once. The account stays, with no way into it until the person is invited again.",
        action: "/rpc/access/withdraw-invitation",
        fields: hidden("id", &invitation.user_id),
    };
    view! { {again.view()}{withdraw.view()} }.into_any()
}

/// What an account's page says of its invitation; nothing where the person has a password.
pub(super) fn invitation_panel(data: &Data) -> AnyView {
    let content = match &data.invitation {
        Some(invitation) => view! {
            <p>{state_tag(invitation, data.now)}" by "{invitation.invited_by.clone()}", "{moment(invitation.invited_at, "")}</p>
            <p>"The link ends "{moment(invitation.expires_at, "")}"."</p>
            {steps(invitation, "")}
        }
        .into_any(),
        None if data.may_be_invited => view! {
            <p>"The person has no password yet."</p>
            <form method="post" action="/rpc/access/invite">
                {hidden("id", &data.user.id)}
                <button class="button button--secondary">"Invite"</button>
            </form>
        }
        .into_any(),
        None => return ().into_any(),
    };
    panel("Invitation", false, None, content)
}
