//! Whose a form is that met the end of a session, and what was typed into it, so that nobody else is given it.

use crate::{Result, Services};

const SIGNED_IN: &str = "signed in at this browser";

/// What a browser shows of who was signed in there last; it gives no right but to have a form kept for that person.
#[must_use]
pub fn browser_mark(services: &Services, user_id: &str) -> String {
    format!("{user_id}.{}", services.accounts.vault.sign(SIGNED_IN, user_id))
}

/// The account that such a mark names, if it is one of ours.
#[must_use]
pub fn marked_by(services: &Services, mark: &str) -> Option<String> {
    let (user_id, signature) = mark.rsplit_once('.')?;
    services.accounts.vault.is_signed(SIGNED_IN, user_id, signature).then(|| user_id.to_owned())
}

/// Seals what somebody typed, so that it can be opened for them alone.
pub fn seal_form(services: &Services, user_id: &str, text: &str) -> Result<String> {
    services.accounts.vault.seal(&sealed_for(user_id), text)
}

/// Opens what was sealed for somebody.
pub fn open_form(services: &Services, user_id: &str, sealed: &str) -> Result<String> {
    services.accounts.vault.open(&sealed_for(user_id), sealed)
}

fn sealed_for(user_id: &str) -> String {
    format!("form of {user_id}")
}
