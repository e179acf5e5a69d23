//! Invitations.

use chrono::{DateTime, Utc};
use domain::invitation::Invited;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Links, segment, user_path};

/// An invitation that was not taken up yet, without its link.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationBody {
    /// The id of the account that it is to.
    #[schema(format = "uuid")]
    id: String,
    /// The address to sign in with.
    #[schema(example = "bob.jones@example.org")]
    email: String,
    /// The name shown to colleagues.
    #[schema(example = "Bob Jones")]
    name: String,
    /// The name of whoever invited last.
    #[schema(example = "Ann Lee")]
    invited_by: String,
    invited_at: DateTime<Utc>,
    /// When the letter left; not there while it waits, or where no mail is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    /// When its link ends.
    expires_at: DateTime<Utc>,
    /// Whether its link works still.
    live: bool,
    links: Links,
}

impl InvitationBody {
    /// The invitation as it stands at `now`.
    #[must_use]
    pub fn new(invited: &Invited, now: DateTime<Utc>) -> Self {
        let invitation = &invited.invitation;
        Self {
            id: invitation.user_id.clone(),
            email: invited.email.clone(),
            name: invited.name.clone(),
            invited_by: invitation.invited_by.clone(),
            invited_at: invitation.invited_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
            live: invitation.is_live(now),
            links: Links::from([
                ("self", invitation_path(&invitation.user_id)),
                ("user", user_path(&invitation.user_id)),
            ]),
        }
    }
}

/// An invitation that was just made; where no mail is sent, with its link, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewInvitationBody {
    /// What to hand over to the person; not there where a letter takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri", example = "https://catalogue.example.org/account/first-time/the-secret-of-the-link")]
    link: Option<String>,
    #[serde(flatten)]
    body: InvitationBody,
}

impl NewInvitationBody {
    /// The invitation as it stands at `now`, and its link.
    #[must_use]
    pub fn new(invited: &Invited, link: Option<String>, now: DateTime<Utc>) -> Self {
        Self { link, body: InvitationBody::new(invited, now) }
    }
}

/// The address of an invitation.
#[must_use]
pub fn invitation_path(id: &str) -> String {
    format!("/v1/invitations/{}", segment(id))
}

#[cfg(test)]
mod tests {
    use domain::invitation::Invitation;

    use super::*;

    #[test]
    fn only_one_that_was_just_made_holds_its_link() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let invitation = Invitation::new("u", "Ann", now);
        let invited = Invited { name: "Bob".to_owned(), email: "bob@example.org".to_owned(), invitation };
        let made = |link: Option<&str>| {
            serde_json::to_value(NewInvitationBody::new(&invited, link.map(str::to_owned), now)).unwrap()
        };
        let with_link = made(Some("https://a.example/first"));
        assert_eq!((&with_link["link"], &with_link["id"]), (&"https://a.example/first".into(), &"u".into()));
        assert!(made(None).get("link").is_none());
        let ended = InvitationBody::new(&invited, invited.invitation.expires_at);
        let read = serde_json::to_value(ended).unwrap();
        assert_eq!((&read["live"], &read["links"]["self"]), (&false.into(), &"/v1/invitations/u".into()));
        assert!(read.get("link").is_none() && read.get("sent_at").is_none());
    }
}
