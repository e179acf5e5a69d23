//! Whom the alert of an incident reaches, in words for who opens one.

/// A way by which alerts of incidents go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertWay {
    /// What it is, and how many it reaches, such as `2 webhooks`.
    pub name: String,
    /// Whether it could be reached when it was last tried; what was never tried is taken for it.
    pub is_up: bool,
}

impl AlertWay {
    /// So many of a kind; the kind is told in the singular.
    #[must_use]
    pub fn of(number: usize, kind: &str, is_up: bool) -> Self {
        let name = match number {
            1 => format!("1 {kind}"),
            _ if kind.ends_with("ss") => format!("{number} {kind}es"),
            _ => format!("{number} {kind}s"),
        };
        Self { name, is_up }
    }
}

/// Who is told of an incident by these ways, who is not, and what to do where nobody is.
#[must_use]
pub fn told_words(ways: &[AlertWay]) -> String {
    const IN_PORTAL: &str = "Operators find it in the portal, among their notifications.";
    let named = |is_up: bool| {
        let names: Vec<&str> = ways.iter().filter(|way| way.is_up == is_up).map(|way| way.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let owed = |names: &str| {
        format!("{names} could not be reached when last tried: that alert is owed and tried again, see Integrations.")
    };
    match (named(true), named(false)) {
        (None, None) => format!(
            "Nobody can be told: no way of alerting is set up. Name addresses in NOTIFICATION_EMAILS and a mail server in SMTP_URL, set \
             SLACK_WEBHOOK_URL, or add a webhook that is told of incidents. {IN_PORTAL}"
        ),
        (None, Some(down)) => format!("Nobody can be told just now: {} {IN_PORTAL}", owed(&down)),
        (Some(up), None) => format!("Its alert goes to {up}. {IN_PORTAL}"),
        (Some(up), Some(down)) => format!("Its alert goes to {up}. But {} {IN_PORTAL}", owed(&down)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_is_named_and_who_is_not_too() {
        assert!(told_words(&[]).starts_with("Nobody can be told: no way of alerting is set up."));
        let down = AlertWay::of(1, "webhook", false);
        assert!(
            told_words(std::slice::from_ref(&down))
                .starts_with("Nobody can be told just now: 1 webhook could not be reached")
        );
        let up = AlertWay::of(2, "e-mail address", true);
        assert!(told_words(std::slice::from_ref(&up)).starts_with("Its alert goes to 2 e-mail addresses. Operators"));
        let slack = AlertWay { name: "Slack".into(), is_up: true };
        assert!(told_words(&[up, slack, down]).starts_with(
            "Its alert goes to 2 e-mail addresses, Slack. But 1 webhook could not be reached when last tried: that alert is owed"
        ));
    }
}
