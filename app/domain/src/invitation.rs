//! Invitations: an account was made for somebody, who chooses a password by a link that works once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long the link of an invitation works, in days.
pub const INVITATION_DAYS: i64 = 7;

/// An invitation that was not taken up yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The account that it is to.
    pub user_id: String,
    /// The name of whoever invited.
    pub invited_by: String,
    /// When.
    pub invited_at: DateTime<Utc>,
    /// When the letter left; `None` where none was sent, or not yet.
    pub sent_at: Option<DateTime<Utc>>,
    /// When its link ends.
    pub expires_at: DateTime<Utc>,
}

impl Invitation {
    /// A new invitation, not sent yet.
    #[must_use]
    pub fn new(user_id: &str, invited_by: &str, now: DateTime<Utc>) -> Self {
        Self {
            user_id: user_id.to_owned(),
            invited_by: invited_by.to_owned(),
            invited_at: now,
            sent_at: None,
            expires_at: now + TimeDelta::days(INVITATION_DAYS),
        }
    }

    /// Whether its link works still.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn standing(&self, now: DateTime<Utc>) -> &'static str {
        match (self.is_live(now), self.sent_at) {
            (false, _) => "Ended",
            (true, Some(_)) => "Sent",
            (true, None) => "Waits",
        }
    }
}

/// An invitation in a list, with whom it is to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The invitation.
    pub invitation: Invitation,
}

/// What somebody is told who follows the link of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The person's name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// Whether a role of theirs asks for a second factor.
    pub needs_second_factor: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_works_for_seven_days() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
        let waits = Invitation::new("ann", "Ada", now);
        assert_eq!(waits.standing(now), "Waits");
        let sent = Invitation { sent_at: Some(now), ..waits };
        let last = now + TimeDelta::days(7) - TimeDelta::seconds(1);
        assert_eq!((sent.standing(last), sent.is_live(last)), ("Sent", true));
        let after = now + TimeDelta::days(7);
        assert_eq!((sent.standing(after), sent.is_live(after)), ("Ended", false));
    }
}
