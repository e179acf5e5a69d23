//! What this node was told at start: every setting with its effective value, secrets masked.

use domain::operations::Readings;
use leptos::prelude::*;

use crate::components::portal::{object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The settings; they come from the environment, so they are read here and changed where the program is started.
#[component]
pub fn Settings() -> impl IntoView {
    portal(Section::Settings, rpc::operations::readings_read(), |data, _| shown(&data))
}

fn shown(data: &Readings) -> Shown {
    let rows = data
        .settings
        .iter()
        .map(|(name, value)| {
            view! { <tr><th scope="row"><code>{name.clone()}</code></th><td class="wrap-cell">{value.clone()}</td></tr> }.into_any()
        })
        .collect();
    let elsewhere = view! {
        <ul>
            <li><a href="/admin/archive">"What departments keep in standard storage"</a></li>
            <li><a href="/admin/webhooks">"Webhooks"</a></li>
            <li><a href="/admin/audit?action=archive_policy_changed">"Changes of the archive's policies"</a></li>
        </ul>
    };
    let content = view! {
        {object_header("", "Settings", view! { <span>{data.settings.len()}" settings"</span> }.into_any(), None)}
        <p>"They are given by the environment when the program starts, so whoever starts it changes them; secrets are masked. "<code>"catalogue config"</code>" prints the same."</p>
        {table("Settings", "settings-table", &[("Setting", false), ("Value", false)], rows)}
        <div class="panels">{panel("Kept in the catalogue itself", false, None, elsewhere.into_any())}</div>
    };
    Shown::new("Settings", content.into_any())
}
