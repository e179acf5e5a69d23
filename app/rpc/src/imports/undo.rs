//! Undoing an import.

use leptos::prelude::*;

use crate::error::RpcError;

/// Takes back what an import did, for who types how many things go, and goes back to its page.
#[server(prefix = "/rpc", endpoint = "imports/undo")]
pub async fn undo_import(#[server(default)] id: String, #[server(default)] things: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::imports::undo(&services, &ctx, &id, &things).await;
    let page = format!("/admin/imports/{id}");
    crate::form::done("imports/undo", outcome, &page, |undone| {
        (page.clone(), native::said(undone.taken_back, undone.staying))
    })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    /// What was done, in sentences.
    pub(super) fn said(taken_back: usize, staying: usize) -> String {
        let done = match taken_back {
            0 => "The import was undone before, so nothing was changed.".to_owned(),
            1 => "1 thing was taken back.".to_owned(),
            many => format!("{many} things were taken back."),
        };
        let stays = match staying {
            0 => String::new(),
            1 => " 1 stays, for the reason beside it.".to_owned(),
            many => format!(" {many} stay, for the reasons beside them."),
        };
        format!("{done}{stays}")
    }

    #[cfg(test)]
    mod tests {
        use super::said;

        #[test]
        fn what_stays_is_told_with_what_was_taken_back() {
            assert_eq!(said(1, 0), "1 thing was taken back.");
            assert_eq!(said(4, 2), "4 things were taken back. 2 stay, for the reasons beside them.");
            assert_eq!(
                said(0, 1),
                "The import was undone before, so nothing was changed. 1 stays, for the reason beside it."
            );
        }
    }
}
