//! Sending an import.

use leptos::prelude::*;

use crate::error::RpcError;

/// Rehearses an import: the next page shows what every line would do.
#[server(prefix = "/rpc", endpoint = "imports/rehearse")]
pub async fn rehearse(#[server(default)] csv: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::imports::rehearse(&services, &ctx, &csv, services::imports::Sent::default()).await;
    crate::form::done("imports/rehearse", outcome, "/admin/imports", |report| {
        native::leave_rehearsed(&csv, report);
        ("/admin/imports".to_owned(), String::new())
    })
}

/// Does what an import says; the next page shows what became of every line.
#[server(prefix = "/rpc", endpoint = "imports/carry-out")]
pub async fn carry_out(#[server(default)] csv: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::imports::carry_out(&services, &ctx, &csv, services::imports::Sent::default()).await;
    crate::form::done("imports/carry-out", outcome, "/admin/imports", |report| {
        native::leave_done(&csv, report);
        ("/admin/imports".to_owned(), String::new())
    })
}

#[cfg(not(target_family = "wasm"))]
pub(super) use native::{leave_done, leave_rehearsed};

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::curation::ImportReport;

    use crate::visit::Flash;

    /// Leaves what an import would do for the next page; of a file that cannot be read there is nothing but that to say.
    pub fn leave_rehearsed(csv: &str, report: &ImportReport) {
        let notice =
            if report.problem.is_none() { "Nothing was changed: this is what the import would do." } else { "" };
        leave("imports/rehearse", csv, report, notice);
    }

    /// Leaves what an import did for the next page; the text stays where a fault has left lines of it.
    pub fn leave_done(csv: &str, report: &ImportReport) {
        let [made, changed, same, refused] = report.counts();
        let mut said = format!("Made: {made}. Changed: {changed}. As they were: {same}. Refused: {refused}.");
        let left = if report.was_cut_short() {
            said.push_str(
                " A fault of the service ended it: the lines below say how far it came. Send it again later.",
            );
            csv
        } else {
            ""
        };
        leave("imports/carry-out", left, report, &said);
    }

    /// Leaves the report, and the text where it may be sent again, for the next page.
    fn leave(form: &str, csv: &str, report: &ImportReport, notice: &str) {
        let report = serde_json::to_string(report).unwrap_or_default();
        let values = [("csv", csv.to_owned()), (super::super::REPORT, report)];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), vec![value])).collect();
        let notice = Some(notice.to_owned()).filter(|notice| !notice.is_empty());
        let flash = Flash { form: form.to_owned(), values, notice, refusal: None };
        crate::request::visit().leave(flash);
    }
}
