//! Ending a form's server function: Post/Redirect/Get, with nothing lost when refused.

#[cfg(not(target_family = "wasm"))]
use crate::error::RpcError;

/// What a field's name contains if what was typed into it is never kept.
#[cfg(not(target_family = "wasm"))]
const SECRET: [&str; 4] = ["password", "token", "code", "secret"];

/// After success goes to `to` with a notice; after a refusal back to the form's page with what was typed.
///
/// `form` is the endpoint, `fallback` the form's page where the browser does not tell it.
/// Scripts get the refusal itself, since redirects are for people.
#[cfg(not(target_family = "wasm"))]
pub fn done<T>(
    form: &str,
    outcome: Result<T, services::ServiceError>,
    fallback: &str,
    to: impl FnOnce(&T) -> (String, String),
) -> Result<(), RpcError> {
    let submitted = crate::request::visit().submitted;
    done_keeping(form, submitted.iter().cloned(), outcome, fallback, to)
}

/// The same for a form with a file, whose fields only its reader knows.
#[cfg(not(target_family = "wasm"))]
pub fn done_keeping<T>(
    form: &str,
    typed: impl IntoIterator<Item = (String, String)>,
    outcome: Result<T, services::ServiceError>,
    fallback: &str,
    to: impl FnOnce(&T) -> (String, String),
) -> Result<(), RpcError> {
    use crate::request::{form_page, see_other, visit};
    use crate::visit::Flash;

    let visit = visit();
    match outcome.map_err(RpcError::from) {
        Ok(value) => {
            let (path, notice) = to(&value);
            if !notice.is_empty() {
                visit.leave(Flash { form: form.to_owned(), notice: Some(notice), ..Flash::default() });
            }
            see_other(&path);
            Ok(())
        }
        Err(RpcError::Refused(domain::refusal::Refusal::Unauthenticated)) => {
            let back = form_page().unwrap_or_else(|| fallback.to_owned());
            set_aside(&visit, &back, form, typed);
            see_other(&sign_in_path(&back));
            Ok(())
        }
        Err(RpcError::Refused(refusal)) => {
            visit.leave(refused(form, typed, refusal));
            see_other(&form_page().unwrap_or_else(|| fallback.to_owned()));
            Ok(())
        }
        Err(fault) => Err(fault),
    }
}

/// What a refused form leaves: what was typed, without anything secret, and why it was refused.
#[cfg(not(target_family = "wasm"))]
fn refused(
    form: &str,
    typed: impl IntoIterator<Item = (String, String)>,
    refusal: domain::refusal::Refusal,
) -> crate::visit::Flash {
    let mut values: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for (name, value) in typed {
        if !SECRET.iter().any(|word| name.contains(word)) {
            values.entry(name).or_default().push(value);
        }
    }
    crate::visit::Flash { form: form.to_owned(), values, refusal: Some(refusal), notice: None }
}

/// Has a form of a page kept that met the end of its session, where it is known whose that was. Nothing secret is kept, and no file.
#[cfg(not(target_family = "wasm"))]
pub fn set_aside(
    visit: &crate::visit::Visit,
    page: &str,
    form: &str,
    typed: impl IntoIterator<Item = (String, String)>,
) {
    if visit.was_signed_in.is_some() {
        let flash = refused(form, typed, domain::refusal::Refusal::Unauthenticated);
        visit.set_aside(crate::visit::Unsent { page: page.to_owned(), flash });
    }
}

/// Leaves a form that is refused before its server function is asked, with what was typed, for the page that it was sent from.
#[cfg(not(target_family = "wasm"))]
pub fn leave_refused(visit: &crate::visit::Visit, form: &str, refusal: domain::refusal::Refusal) {
    visit.leave(refused(form, visit.submitted.iter().cloned(), refusal));
}

/// The same for a form of which a part may be done although the rest was refused; `notice` tells of that part.
#[cfg(not(target_family = "wasm"))]
pub fn done_in_part(
    form: &str,
    typed: impl IntoIterator<Item = (String, String)>,
    outcome: Result<(), services::ServiceError>,
    page: &str,
    notice: String,
) -> Result<(), RpcError> {
    let visit = crate::request::visit();
    let done = notice.clone();
    done_keeping(form, typed, outcome, page, |()| (page.to_owned(), notice))?;
    visit.add_notice(done);
    Ok(())
}

/// What became of several things; a right that was refused for one of them is noted as one of the request.
#[cfg(not(target_family = "wasm"))]
pub fn noting_refused_right<T>(
    outcome: Result<services::Several<T>, services::ServiceError>,
) -> Result<T, services::ServiceError> {
    let several = outcome?;
    if let Some(refusal) = &several.refused_right {
        crate::request::visit().note_refusal(refusal);
    }
    Ok(several.done)
}

/// The sign-in page that leads back to `path`.
#[must_use]
pub fn sign_in_path(path: &str) -> String {
    // Slashes may stand in a query, and read better there.
    format!("/account/sign-in?next={}", domain::text::escaped(path).replace("%2F", "/"))
}

/// The page of the second step, which leads on to `path`.
#[must_use]
pub fn second_step_path(path: &str) -> String {
    format!("/account/second-step?next={}", domain::text::escaped(path).replace("%2F", "/"))
}

/// Keeps only addresses of this site.
#[must_use]
pub fn local_path(path: &str) -> Option<String> {
    let sound = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    sound.then(|| path.to_owned())
}

/// The part of a list that page number `page` shows, counting from 1.
#[must_use]
pub fn paging(page: u32) -> domain::page::Paging {
    let limit = domain::page::DEFAULT_LIMIT;
    domain::page::Paging { limit, offset: page.saturating_sub(1).saturating_mul(limit) }
}
