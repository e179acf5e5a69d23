//! How people may sign in: mail, an OpenID provider, and the key that seals secrets.

use domain::policy::Role;
use integrations::mail::Mailer;
use integrations::{Secret, openid};

use super::reader::{self, Reader};

/// What is configured about accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The mail server and the sender of its letters.
    pub mail: Option<Mail>,
    /// The OpenID provider.
    pub provider: Option<Provider>,
    /// What the key that seals secrets is made of; a file in `DATA_DIR` where none is given.
    pub secret_key: Option<Secret>,
    /// The roles whose holders need a second factor.
    pub second_factor_roles: Vec<Role>,
    /// For how many days a device can be remembered at the second step; 0 where none can.
    pub remember_device_days: u32,
}

/// A mail server and the sender of its letters.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its address, credentials included.
    pub url: Secret,
    /// The sender.
    pub from: String,
}

/// An OpenID provider and what its groups may do here.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What people call it.
    pub name: String,
    /// How to work with it.
    pub settings: openid::Settings,
    /// The role that each group brings.
    pub roles: Vec<(String, Role)>,
}

pub(super) fn read(r: &Reader<'_>, public_url: &str) -> Accounts {
    Accounts {
        mail: mail(r),
        provider: provider(r, public_url),
        secret_key: secret_key(r),
        second_factor_roles: second_factor_roles(r),
        remember_device_days: remember_device_days(r),
    }
}

fn mail(r: &Reader<'_>) -> Option<Mail> {
    let from = r.optional("MAIL_FROM");
    let Some(url) = r.optional("SMTP_URL") else {
        if let Some(from) = from {
            r.refuse("MAIL_FROM", &from, "only together with SMTP_URL");
        }
        return None;
    };
    let sender = from.clone().unwrap_or_default();
    if Mailer::new(&url, "catalogue@example.org").is_err() {
        let shown = reader::without_credentials(&url);
        r.refuse("SMTP_URL", &shown, "smtps://USER:PASSWORD@HOST, smtp://…?tls=required or smtp://HOST:PORT");
    } else if Mailer::new(&url, &sender).is_err() {
        let shown = from.as_deref().unwrap_or("(not set)");
        r.refuse("MAIL_FROM", shown, "the sender of letters, such as Catalogue <catalogue@example.org>");
    }
    Some(Mail { url: Secret::new(url), from: sender })
}

fn provider(r: &Reader<'_>, public_url: &str) -> Option<Provider> {
    const REST: [&str; 7] = [
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "OIDC_AUDIENCE",
        "OIDC_GROUPS_CLAIM",
        "OIDC_ROLE_MAP",
        "OIDC_SCOPES",
        "OIDC_NAME",
    ];
    if r.optional("OIDC_ISSUER_URL").is_none() {
        for name in REST.iter().filter(|name| r.optional(name).is_some()) {
            r.refuse(name, "(hidden)", "only together with OIDC_ISSUER_URL");
        }
        return None;
    }
    // The address has to be the one that the provider gives itself, so a slash at its end stays.
    r.url("OIDC_ISSUER_URL", "");
    let client_id = r.optional("OIDC_CLIENT_ID").unwrap_or_else(|| {
        r.refuse("OIDC_CLIENT_ID", "(not set)", "the name of the catalogue at the provider");
        String::new()
    });
    let scopes = r.text("OIDC_SCOPES", "email profile");
    Some(Provider {
        name: r.text("OIDC_NAME", "single sign-on"),
        roles: role_map(r),
        settings: openid::Settings {
            issuer: r.text("OIDC_ISSUER_URL", ""),
            client_id,
            client_secret: r.optional("OIDC_CLIENT_SECRET").map(Secret::new),
            audience: r.optional("OIDC_AUDIENCE"),
            scopes: scopes.split_whitespace().filter(|s| *s != "openid").map(ToOwned::to_owned).collect(),
            groups_claim: r.text("OIDC_GROUPS_CLAIM", "groups"),
            return_url: format!("{public_url}/account/oidc/callback"),
            signed_out_url: format!("{public_url}/"),
        },
    })
}

/// Reads `group=role,group=role`; a group may bring several roles.
fn role_map(r: &Reader<'_>) -> Vec<(String, Role)> {
    let text = r.text("OIDC_ROLE_MAP", "");
    let mut roles = Vec::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let read = pair.rsplit_once('=').and_then(|(group, role)| {
            let group = group.trim();
            (!group.is_empty()).then_some((group.to_owned(), Role::parse(role.trim())?))
        });
        match read {
            Some(pair) => roles.push(pair),
            None => {
                let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
                let allowed = format!("group=role,group=role, where a role is one of {}", known.join(", "));
                r.refuse("OIDC_ROLE_MAP", &text, allowed);
                return roles;
            }
        }
    }
    roles
}

/// Reads `role,role`.
fn second_factor_roles(r: &Reader<'_>) -> Vec<Role> {
    let text = r.text("SECOND_FACTOR_REQUIRED_FOR", "");
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let roles: Option<Vec<Role>> = words.map(Role::parse).collect();
    roles.unwrap_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        r.refuse("SECOND_FACTOR_REQUIRED_FOR", &text, format!("role,role, each one of {}", known.join(", ")));
        Vec::new()
    })
}

/// Reads a number of days; browsers keep no cookie for much longer than a year.
fn remember_device_days(r: &Reader<'_>) -> u32 {
    const USUAL: u32 = 30;
    u32::try_from(r.number("REMEMBER_DEVICE_DAYS", u64::from(USUAL), 0..=365)).unwrap_or(USUAL)
}

fn secret_key(r: &Reader<'_>) -> Option<Secret> {
    let text = r.optional("SECRET_KEY")?;
    if text.len() < 32 {
        r.refuse(
            "SECRET_KEY",
            "(hidden)",
            "at least 32 characters, the same on every node; openssl rand -hex 32 makes one",
        );
    }
    Some(Secret::new(text))
}

/// The settings by name with their effective values, secrets masked.
pub(super) fn effective(accounts: &Accounts) -> Vec<(&'static str, String)> {
    let masked = |secret: bool| if secret { "********" } else { "(not set)" }.to_owned();
    let or_not = |text: Option<&str>| text.unwrap_or("(not set)").to_owned();
    let mail = accounts.mail.as_ref();
    let asked_of: Vec<&str> = accounts.second_factor_roles.iter().map(|role| role.as_str()).collect();
    let mut settings = vec![
        ("SECOND_FACTOR_REQUIRED_FOR", if asked_of.is_empty() { or_not(None) } else { asked_of.join(",") }),
        ("REMEMBER_DEVICE_DAYS", accounts.remember_device_days.to_string()),
        ("SMTP_URL", or_not(mail.map(|mail| reader::without_credentials(mail.url.expose())).as_deref())),
        ("MAIL_FROM", or_not(mail.map(|mail| mail.from.as_str()))),
        ("SECRET_KEY", accounts.secret_key.as_ref().map_or("(a file in DATA_DIR)", |_| "********").to_owned()),
    ];
    let Some(provider) = &accounts.provider else {
        settings.push(("OIDC_ISSUER_URL", or_not(None)));
        return settings;
    };
    let roles: Vec<String> = provider.roles.iter().map(|(group, role)| format!("{group}={}", role.as_str())).collect();
    settings.extend([
        ("OIDC_ISSUER_URL", provider.settings.issuer.clone()),
        ("OIDC_CLIENT_ID", provider.settings.client_id.clone()),
        ("OIDC_CLIENT_SECRET", masked(provider.settings.client_secret.is_some())),
        ("OIDC_AUDIENCE", or_not(provider.settings.audience.as_deref())),
        ("OIDC_GROUPS_CLAIM", provider.settings.groups_claim.clone()),
        ("OIDC_ROLE_MAP", roles.join(",")),
        ("OIDC_SCOPES", provider.settings.scopes.join(" ")),
        ("OIDC_NAME", provider.name.clone()),
    ]);
    settings
}

#[cfg(test)]
mod tests {
    use domain::policy::Role;

    use crate::config::tests::read;

    #[tokio::test]
    async fn a_wrong_value_stops_the_start_with_one_line() {
        let issuer = ("OIDC_ISSUER_URL", "https://id.example.org");
        let client = ("OIDC_CLIENT_ID", "catalogue");
        let smtp = ("SMTP_URL", "smtp://127.0.0.1:25");
        let cases: [(&[(&str, &str)], &str); 10] = [
            (&[("SMTP_URL", "mail.example.org")], "SMTP_URL"),
            (&[smtp], "MAIL_FROM"),
            (&[smtp, ("MAIL_FROM", "nobody")], "MAIL_FROM"),
            (&[("MAIL_FROM", "a@example.org")], "MAIL_FROM"),
            (&[("SECRET_KEY", "short")], "SECRET_KEY"),
            (&[("SECOND_FACTOR_REQUIRED_FOR", "admin, emperor")], "SECOND_FACTOR_REQUIRED_FOR"),
            (&[("REMEMBER_DEVICE_DAYS", "for ever")], "REMEMBER_DEVICE_DAYS"),
            (&[issuer], "OIDC_CLIENT_ID"),
            (&[client], "OIDC_CLIENT_ID"),
            (&[issuer, client, ("OIDC_ROLE_MAP", "stats=emperor")], "OIDC_ROLE_MAP"),
        ];
        for (pairs, name) in cases {
            let error = read(pairs).unwrap_err().to_string();
            assert!(error.starts_with(name) && !error.contains('\n'), "{error}");
        }
        assert!(!read(&[("SECRET_KEY", "short")]).unwrap_err().to_string().contains("short"));
    }

    #[tokio::test]
    async fn what_is_right_is_read_and_secrets_are_never_shown() {
        let config = read(&[
            ("PUBLIC_URL", "https://catalogue.example.org/"),
            ("SMTP_URL", "smtps://user:hush-hush@mail.example.org"),
            ("MAIL_FROM", "Catalogue <catalogue@example.org>"),
            ("SECRET_KEY", "a-key-of-more-than-32-characters-"),
            ("OIDC_ISSUER_URL", "https://id.example.org/realms/stats/"),
            ("OIDC_CLIENT_ID", "catalogue"),
            ("OIDC_CLIENT_SECRET", "a-secret-of-ours"),
            ("OIDC_ROLE_MAP", "stats-editors=editor, cn=ops,dc=x=operator"),
        ]);
        // A comma parts groups, so a name with one is refused rather than misread.
        assert!(config.unwrap_err().to_string().contains("OIDC_ROLE_MAP"));
        let config = read(&[
            ("PUBLIC_URL", "https://catalogue.example.org/"),
            ("SMTP_URL", "smtps://user:hush-hush@mail.example.org"),
            ("MAIL_FROM", "Catalogue <catalogue@example.org>"),
            ("SECRET_KEY", "a-key-of-more-than-32-characters-"),
            ("OIDC_ISSUER_URL", "https://id.example.org/realms/stats/"),
            ("OIDC_CLIENT_ID", "catalogue"),
            ("OIDC_CLIENT_SECRET", "a-secret-of-ours"),
            ("OIDC_ROLE_MAP", "stats-editors=editor, ops=operator"),
            ("SECOND_FACTOR_REQUIRED_FOR", "approver, admin"),
        ])
        .unwrap();
        assert_eq!(config.accounts.second_factor_roles, [Role::Approver, Role::Admin]);
        assert_eq!(config.accounts.remember_device_days, 30);
        assert_eq!(read(&[("REMEMBER_DEVICE_DAYS", "0")]).unwrap().accounts.remember_device_days, 0);
        let provider = config.accounts.provider.clone().unwrap();
        assert_eq!(provider.settings.issuer, "https://id.example.org/realms/stats/");
        assert_eq!(provider.settings.return_url, "https://catalogue.example.org/account/oidc/callback");
        assert_eq!(provider.roles.len(), 2);
        let shown = format!("{:?} {config:?}", config.effective());
        for secret in ["hush-hush", "a-key-of-more", "a-secret-of-ours"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
