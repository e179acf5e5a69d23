//! The words of letters.

use domain::people::User;
use integrations::mail::Letter;

/// The letter with a link to choose a new password.
pub(super) fn password_letter(site: &str, user: &User, link: &str) -> Letter {
    let name = &user.name;
    let text = format!(
        "Hello {name},\n\nsomebody asked for a new password for your account at {site}.\n\
         To choose one, open this address within half an hour. It works once:\n\n{link}\n\n\
         If it was not you, ignore this letter: your password stays as it is.\n\n{site}\n"
    );
    let (site_html, name, link) = (escaped(site), escaped(name), escaped(link));
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Choose a new password</title></head>\
         <body><p>Hello {name},</p><p>somebody asked for a new password for your account at {site_html}.</p>\
         <p><a href=\"{link}\">Choose a new password</a></p>\
         <p>The link works once and for half an hour. If you cannot follow it, open this address: {link}</p>\
         <p>If it was not you, ignore this letter: your password stays as it is.</p><p>{site_html}</p></body></html>"
    );
    Letter {
        // Each try brings another link and ends the one before, so it is another letter.
        id: None,
        to: user.email.clone(),
        subject: format!("{site}: choose a new password"),
        text,
        html,
        unsubscribe: None,
    }
}

/// The letter with the link of an invitation.
pub(super) fn invitation_letter(site: &str, user: &User, by: &str, link: &str) -> Letter {
    let name = &user.name;
    let text = format!(
        "Hello {name},\n\n{by} made an account for you at {site}.\n\
         To choose a password, open this address within seven days. It works once:\n\n{link}\n\n\
         If you do not know what this is about, ignore this letter: without you nobody gets in.\n\n{site}\n"
    );
    let (site_html, name, by, link) = (escaped(site), escaped(name), escaped(by), escaped(link));
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Your account</title></head>\
         <body><p>Hello {name},</p><p>{by} made an account for you at {site_html}.</p>\
         <p><a href=\"{link}\">Choose a password</a></p>\
         <p>The link works once and for seven days. If you cannot follow it, open this address: {link}</p>\
         <p>If you do not know what this is about, ignore this letter: without you nobody gets in.</p>\
         <p>{site_html}</p></body></html>"
    );
    Letter {
        // Each try brings another link and ends the one before, so it is another letter.
        id: None,
        to: user.email.clone(),
        subject: format!("{site}: your account"),
        text,
        html,
        unsubscribe: None,
    }
}

/// Text as HTML shows it.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
