//! Changing several datasets at once.

use leptos::prelude::*;

use crate::error::RpcError;

/// Makes one change to each dataset that was ticked, each by itself; the list then tells what became of each.
#[server(prefix = "/rpc", endpoint = "datasets/change-several")]
pub async fn change_several(
    #[server(default)] chosen: Vec<String>,
    #[server(default)] change: String,
    #[server(default)] topic: String,
    #[server(default)] department: String,
    #[server(default)] next_release: String,
) -> Result<(), RpcError> {
    use domain::dataset::desk::DatasetChange;
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let outcome = match DatasetChange::parse(&change) {
        Some(what) => {
            let value = match what {
                DatasetChange::Topic => topic,
                DatasetChange::Department => department,
                DatasetChange::NextRelease => next_release,
            };
            let chosen: Vec<(String, i64)> = chosen.iter().map(|one| native::chosen(one)).collect();
            let outcome = services::datasets::change_several(&services, &ctx, &chosen, what, &value).await;
            crate::form::noting_refused_right(outcome)
        }
        None => Err(Refusal::field("change", "required", "Choose what is to be changed.").into()),
    };
    let page = crate::request::form_page().filter(|page| page.starts_with("/admin/datasets"));
    let page = page.unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done("datasets/change-several", outcome, &page, |changed| {
        native::leave(changed);
        (page.clone(), String::new())
    })
}

#[cfg(not(target_family = "wasm"))]
pub(super) use native::last;

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::dataset::desk::DatasetsChanged;

    use crate::visit::Flash;

    const DONE: &str = "datasets/change-several";
    const CHANGED: &str = "changed";

    /// A ticked dataset: its id, and after a space the revision that was looked at.
    pub fn chosen(text: &str) -> (String, i64) {
        let (id, revision) = text.trim().split_once([' ', '+']).unwrap_or((text.trim(), ""));
        (id.to_owned(), crate::bundles::number(revision))
    }

    /// Leaves what a change did for the next page.
    pub fn leave(changed: &DatasetsChanged) {
        let told = format!("{} of {} datasets were changed.", changed.done(), changed.datasets.len());
        let kept = serde_json::to_string(changed).unwrap_or_default();
        let values = [(CHANGED.to_owned(), vec![kept])].into_iter().collect();
        let flash = Flash { form: DONE.to_owned(), values, notice: Some(told), refusal: None };
        crate::request::visit().leave(flash);
    }

    /// What the last change did, on the page after it.
    pub fn last() -> Option<DatasetsChanged> {
        let flash = crate::request::visit().flash.filter(|flash| flash.form == DONE && flash.refusal.is_none())?;
        serde_json::from_str(flash.values.get(CHANGED)?.first()?).ok()
    }
}
