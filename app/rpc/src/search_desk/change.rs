//! Changing what the search goes by.

use leptos::prelude::*;

use crate::error::RpcError;

/// Adds a rule of synonyms, or changes the words of one; each field has a word or phrase a line.
#[server(prefix = "/rpc", endpoint = "search-desk/save-synonyms")]
pub async fn save_synonyms(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] asked: String,
    #[server(default)] words: String,
) -> Result<(), RpcError> {
    use domain::search_desk::SynonymRule;

    let (services, ctx) = crate::request::context()?;
    let rule = SynonymRule::of_lines(&asked, &words);
    let known = Some(id.as_str()).filter(|id| !id.is_empty());
    let outcome = services::search_desk::save(&services, &ctx, known, crate::bundles::number(&revision), rule).await;
    let page = format!("/admin/search/synonyms/{}", known.unwrap_or("new"));
    crate::form::done("search-desk/save-synonyms", outcome, &page, |entry| {
        (format!("/admin/search/synonyms/{}", entry.id), format!("Saved. {}", use_of(entry.is_on)))
    })
}

/// Switches a rule on or off.
#[server(prefix = "/rpc", endpoint = "search-desk/switch-synonyms")]
pub async fn switch_synonyms(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] on: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (revision, is_on) = (crate::bundles::number(&revision), on == "true");
    let outcome = services::search_desk::switch(&services, &ctx, &id, revision, is_on).await;
    let page = format!("/admin/search/synonyms/{id}");
    crate::form::done("search-desk/switch-synonyms", outcome, &page, |_| {
        let said = if is_on { use_of(true) } else { "Searches do not go by it any more." };
        (page.clone(), said.to_owned())
    })
}

/// What becomes of a rule that was saved or switched on.
#[cfg(not(target_family = "wasm"))]
const fn use_of(is_on: bool) -> &'static str {
    if is_on { "Searches go by it from now on." } else { "It is switched off, so searches do not go by it." }
}

/// Takes a rule away, or puts one that comes with the program back to how it came.
#[server(prefix = "/rpc", endpoint = "search-desk/remove-synonyms")]
pub async fn remove_synonyms(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::search_desk::remove(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    let page = format!("/admin/search/synonyms/{id}");
    crate::form::done("search-desk/remove-synonyms", outcome, &page, |is_built_in| {
        if *is_built_in {
            (page.clone(), "It is as it came with the program.".to_owned())
        } else {
            ("/admin/search/synonyms".to_owned(), "The rule was removed.".to_owned())
        }
    })
}

/// Puts datasets first for a query; one id a line.
#[server(prefix = "/rpc", endpoint = "search-desk/add-pin")]
pub async fn add_pin(#[server(default)] query: String, #[server(default)] datasets: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let lines = datasets.lines().map(str::trim).filter(|line| !line.is_empty());
    let datasets = lines.map(str::to_owned).collect();
    let outcome = services::search_desk::add_pin(&services, &ctx, &query, datasets).await;
    crate::form::done("search-desk/add-pin", outcome, "/admin/search", |seen| {
        (
            "/admin/search".to_owned(),
            format!("Datasets come first for “{}” from now on.{}", seen.pin.query, hidden(seen)),
        )
    })
}

/// What is said of those that nobody is shown yet; nothing where all are public.
#[cfg(not(target_family = "wasm"))]
fn hidden(seen: &domain::search_desk::PinSight) -> String {
    let ids: Vec<&str> = seen.pin.datasets.iter().filter(|id| !seen.shown.contains(id)).map(String::as_str).collect();
    match ids.len() {
        0 => String::new(),
        1 => format!(" {} is not public: it is shown to nobody until it is.", ids.join(", ")),
        _ => format!(" {} are not public: they are shown to nobody until they are.", ids.join(", ")),
    }
}

/// Puts nothing first for a query any more.
#[server(prefix = "/rpc", endpoint = "search-desk/remove-pin")]
pub async fn remove_pin(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::search_desk::remove_pin(&services, &ctx, &id).await;
    crate::form::done("search-desk/remove-pin", outcome, "/admin/search", |pin| {
        ("/admin/search".to_owned(), format!("Nothing comes first for “{}” any more.", pin.query))
    })
}

#[cfg(test)]
mod tests {
    use super::use_of;

    #[test]
    fn a_rule_that_is_switched_off_is_told_so() {
        assert_eq!(use_of(true), "Searches go by it from now on.");
        assert!(use_of(false).contains("switched off") && !use_of(false).contains("from now on"));
    }
}
