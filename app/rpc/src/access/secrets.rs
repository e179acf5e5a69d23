//! Secrets that are shown once: sealed, they wait in the session for the next page alone.

#[cfg(not(target_family = "wasm"))]
mod native {
    use services::{Ctx, Services};

    use crate::visit::Flash;

    const SEALED: &str = "sealed";

    /// Leaves a sealed secret for the page that follows the form.
    pub fn leave_secret(form: &str, sealed: &str, notice: &str) {
        let values = [(SEALED.to_owned(), vec![sealed.to_owned()])].into();
        let flash = Flash { form: form.to_owned(), values, notice: Some(notice.to_owned()), refusal: None };
        crate::request::visit().leave(flash);
    }

    /// The secret that one of these forms has left, once.
    pub fn kept_secret(services: &Services, ctx: &Ctx, forms: &[&str]) -> Option<String> {
        let flash = crate::request::visit().flash.filter(|flash| forms.contains(&flash.form.as_str()))?;
        let sealed = flash.values.get(SEALED)?.first()?;
        services::accounts::open_codes(services, ctx, sealed).ok()?.into_iter().next()
    }
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{kept_secret, leave_secret};
