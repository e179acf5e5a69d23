//! Finding an instant for a bundle.

use domain::bundle::plan::SchedulePlan;
use leptos::prelude::*;

use crate::error::RpcError;

/// What there is to know for giving the bundle its instant; `date` and `time` name one to look at, `date` alone a week.
#[server(prefix = "/rpc", endpoint = "bundles/plan")]
pub async fn plan(id: String, date: String, time: String) -> Result<SchedulePlan, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::bundles::schedule_plan(&services, &ctx, &id, (&date, &time)).await?)
}
