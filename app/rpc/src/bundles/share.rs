//! Sharing several bundles with a team at once.

use domain::bundle::share::SharingPlan;
use leptos::prelude::*;

use crate::error::RpcError;

/// The form that shares the ticked bundles, or what became of each that was shared last.
#[server(prefix = "/rpc", endpoint = "bundles/share-plan")]
pub async fn share_plan(#[server(default)] chosen: Vec<String>) -> Result<SharingPlan, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let ids: Vec<String> = chosen.iter().map(|one| native::chosen(one).0).collect();
    let plan = services::bundles::share_plan(&services, &ctx, &ids).await?;
    Ok(native::last(&plan).unwrap_or(plan))
}

/// Shares the ticked bundles with a team or takes them from it, each by itself; the next page tells what became of each.
#[server(prefix = "/rpc", endpoint = "bundles/share-several")]
pub async fn share_several(
    #[server(default)] chosen: Vec<String>,
    #[server(default)] change: String,
    #[server(default)] team: String,
) -> Result<(), RpcError> {
    use domain::bundle::share::Sharing;
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let outcome = match Sharing::parse(&change) {
        Some(sharing) => {
            let chosen: Vec<(String, i64)> = chosen.iter().map(|one| native::chosen(one)).collect();
            let outcome = services::bundles::share(&services, &ctx, &chosen, sharing, &team).await;
            crate::form::noting_refused_right(outcome)
        }
        None => Err(Refusal::field("change", "required", "Choose what is to be done.").into()),
    };
    crate::form::done("bundles/share-several", outcome, "/admin/bundles", |plan| {
        native::leave(plan);
        ("/admin/bundles/share".to_owned(), String::new())
    })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::share::{Shared, SharingPlan};

    use crate::visit::Flash;

    const DONE: &str = "bundles/share-several";
    const SHARED: &str = "shared";

    /// A ticked bundle: its id, and after a space the revision that was looked at.
    pub fn chosen(text: &str) -> (String, i64) {
        let (id, revision) = text.trim().split_once([' ', '+']).unwrap_or((text.trim(), ""));
        (id.to_owned(), super::super::number(revision))
    }

    /// Leaves what became of each bundle for the next page.
    pub fn leave(plan: &SharingPlan) {
        let told = format!("{} of {} bundles were changed.", plan.fit(), plan.bundles.len());
        let kept = serde_json::to_string(&plan.bundles).unwrap_or_default();
        let values = [(SHARED.to_owned(), vec![kept])].into_iter().collect();
        let flash = Flash { form: DONE.to_owned(), values, notice: Some(told), refusal: None };
        crate::request::visit().leave(flash);
    }

    /// What became of each, on the page after it.
    pub fn last(plan: &SharingPlan) -> Option<SharingPlan> {
        let flash = crate::request::visit().flash.filter(|flash| flash.form == DONE && flash.refusal.is_none())?;
        let bundles: Vec<Shared> = serde_json::from_str(flash.values.get(SHARED)?.first()?).ok()?;
        Some(SharingPlan { bundles, teams: plan.teams.clone(), done: true })
    }
}
