//! What the office changes while the catalogue runs, and what this node was told at start, secrets masked.

use domain::office::{OfficeDesk, Setting, SettingName, SettingSheet};
use domain::uk_time;
use leptos::prelude::*;
use rpc::Visit;

use super::setting_forms::form_of;
use crate::components::form::{Form, hidden};
use crate::components::portal::{facts, grouped, moment, object_header, panel, table, text};
use crate::layout::portal::{Section, Shown, portal};

/// The address of this page, on which most settings are changed.
const PAGE: &str = "/admin/settings";

/// The settings; those of the environment are read here and changed where the program is started.
#[component]
pub fn Settings() -> impl IntoView {
    portal(Section::Settings, rpc::office::settings_read(), |data, visit| shown(&data, visit))
}

fn shown(data: &OfficeDesk, visit: &Visit) -> Shown {
    let rows = data
        .environment
        .iter()
        .map(|(name, value)| {
            view! { <tr><th scope="row"><code>{name.clone()}</code></th><td class="wrap-cell">{value.clone()}</td></tr> }.into_any()
        })
        .collect();
    let environment = view! {
        <p>"They are read when the program starts, so whoever starts it changes them; secrets are masked. "<code>"catalogue config"</code>" prints the same."</p>
        {table("Settings of the environment", "settings-table", &[("Setting", false), ("Value", false)], rows)}
    };
    let kept_elsewhere = view! {
        <ul>
            <li><a href="/admin/archive">"What departments keep in standard storage"</a></li>
            <li><a href="/admin/webhooks">"Webhooks"</a></li>
            <li><a href="/admin/audit?resource_type=setting">"Changes of the office's settings"</a></li>
            <li><a href="/admin/audit?action=archive_policy_changed">"Changes of the archive's policies"</a></li>
        </ul>
    };
    let office: Vec<AnyView> = data.settings.iter().map(|sheet| setting(sheet, data, visit)).collect();
    let barred = (!data.may_change)
        .then(|| view! { <p class="muted">"Administrators change these: it needs the right settings:write."</p> });
    let content = view! {
        {object_header("", "Settings", view! { <span>{data.environment.len()}" settings of the environment"</span> }.into_any(), None)}
        <p>"What the office decides while the catalogue runs. A change is in force at once on every node, and is kept in the audit trail with its reason."</p>
        {barred}
        <div class="panels">{office}</div>
        {panel("Given by the environment", true, None, environment.into_any())}
        {panel("Kept in the catalogue itself", true, None, kept_elsewhere.into_any())}
    };
    Shown::new("Settings", content.into_any())
}

const fn title(name: SettingName) -> &'static str {
    match name {
        SettingName::Banner => "Banner of the site",
        SettingName::Maintenance => "Maintenance",
        SettingName::FourEyes => "Four eyes",
        SettingName::PublicationTimes => "Times of publication",
        SettingName::Sessions => "Sessions",
        SettingName::Reminders => "Reminders",
        SettingName::RateLimits => "Limits of rate",
    }
}

/// A setting: what is in force and why, and the forms for those who may change it.
fn setting(sheet: &SettingSheet, data: &OfficeDesk, visit: &Visit) -> AnyView {
    let standing = if sheet.set.is_some() { "set by the office" } else { "the default" };
    let over = matches!(sheet.in_force(), Some(Setting::Banner(banner)) if !banner.stands_at(data.now));
    let over = over.then_some(", its time is over");
    let in_force = format!("{} ({standing}{})", words(sheet.in_force()), over.unwrap_or_default());
    let mut rows = vec![("In force", text(in_force)), ("Default", text(words(sheet.default.as_ref())))];
    if let Some(change) = &sheet.changed {
        let (by, at) = (change.by.clone(), moment(change.at, ""));
        rows.push(("Last change", view! { {by}", "{at} }.into_any()));
        rows.push(("Reason", text(change.reason.clone())));
    }
    let forms = if sheet.name.page() == PAGE {
        data.may_change.then(|| view! { {form_of(sheet, visit)}{back(sheet, visit)} }.into_any())
    } else {
        Some(elsewhere(sheet.name))
    };
    let content = view! { <p>{sheet.name.about()}</p>{facts(rows)}{forms} };
    panel(title(sheet.name), false, None, content.into_any())
}

/// The way to the page on which a setting is changed that is not changed here.
fn elsewhere(name: SettingName) -> AnyView {
    view! { <p><a href=name.page()>"See and change it where it is counted"</a></p> }.into_any()
}

/// The way back to the default, where something else is in force.
pub(super) fn back(sheet: &SettingSheet, visit: &Visit) -> Option<AnyView> {
    sheet.set.as_ref()?;
    let form = Form::of(visit, "office/back-to-default").where_is("name", sheet.name.as_str());
    let open = form.was_refused();
    let of = title(sheet.name);
    Some(
        view! {
            <details class="details" open=open>
                <summary>"Back to the default"<span class="visually-hidden">": "{of}</span></summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {hidden("name", sheet.name)}{hidden("revision", sheet.revision)}
                    {form.field("reason", "Reason").hint("The audit trail keeps it.").input()}
                    <button class="button button--secondary">"Back to the default"</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

/// A value in words.
pub(super) fn words(setting: Option<&Setting>) -> String {
    match setting {
        None => "No banner".to_owned(),
        Some(Setting::Banner(banner)) => {
            let until = banner.until.map(|until| format!(", until {}", uk_time::date_time(until)));
            format!("{} / {} ({}{})", banner.text, banner.text_cy, banner.kind, until.unwrap_or_default())
        }
        Some(Setting::Maintenance(switch) | Setting::FourEyes(switch)) => {
            let word = if switch.on { "On" } else { "Off" };
            word.to_owned()
        }
        Some(Setting::PublicationTimes(times)) => {
            format!("{} is suggested; most come out from {}", times.usual, times.peak_words())
        }
        Some(Setting::Sessions(lengths)) => {
            format!("{} minutes of silence, {} minutes at the latest", lengths.idle_minutes, lengths.longest_minutes)
        }
        Some(Setting::Reminders(hours)) => hours.words(),
        Some(Setting::RateLimits(quotas)) => {
            let [address, caller, sign_in, search] = quotas.named().map(|(_, quota)| grouped(u64::from(quota)));
            format!(
                "{address} by address, {caller} by token or session, {sign_in} tries to sign in and {search} searches a minute"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::office::{Banner, BannerKind, EnvironmentLimits, RateQuotas, SessionLimits};

    use super::*;

    #[test]
    fn every_value_is_said_in_words() {
        let limits = EnvironmentLimits {
            sessions: SessionLimits { idle: 3600, longest: 43_200 },
            rates: RateQuotas { address: 30_000, caller: 20_000, sign_in: 120, search: 12_000 },
        };
        let said = |name: SettingName| words(name.default_value(limits).as_ref());
        assert_eq!(said(SettingName::Banner), "No banner");
        assert_eq!((said(SettingName::Maintenance), said(SettingName::FourEyes)), ("Off".to_owned(), "On".to_owned()));
        assert_eq!(said(SettingName::PublicationTimes), "09:30 is suggested; most come out from 9am to noon");
        assert_eq!(said(SettingName::Sessions), "60 minutes of silence, 720 minutes at the latest");
        assert_eq!(said(SettingName::Reminders), "24 hours and 1 hour before");
        assert_eq!(
            said(SettingName::RateLimits),
            "30,000 by address, 20,000 by token or session, 120 tries to sign in and 12,000 searches a minute"
        );
        let until = chrono::DateTime::from_timestamp(1_795_000_000, 0);
        let banner = Banner { text: "Late".into(), text_cy: "Hwyr".into(), kind: BannerKind::Warning, until };
        let told = words(Some(&Setting::Banner(banner)));
        assert_eq!(told, "Late / Hwyr (warning, until 18 November 2026, 11:06:40am)");
    }
}
