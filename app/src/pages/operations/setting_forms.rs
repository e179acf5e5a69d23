//! The form of each setting that the office changes while the catalogue runs.

use domain::office::{BannerKind, MOST_A_MINUTE, RateQuotas, Setting, SettingName, SettingSheet, Switch};
use domain::uk_time;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::grouped;

/// The form that sets a setting anew.
pub(super) fn form_of(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    match sheet.name {
        SettingName::Banner => banner(sheet, visit),
        SettingName::Maintenance => {
            let form = Form::of(visit, "office/set-maintenance");
            switch(sheet, &form, "Maintenance is", "Changes are refused.", "Everything works as usual.")
        }
        SettingName::FourEyes => {
            let form = Form::of(visit, "office/set-four-eyes");
            let off = "Everybody may approve what they prepared; the portal says so on every page.";
            switch(sheet, &form, "Four eyes are", "Somebody else approves.", off)
        }
        SettingName::PublicationTimes => times(sheet, visit),
        SettingName::Sessions => sessions(sheet, visit),
        SettingName::Reminders => reminders(sheet, visit),
        SettingName::RateLimits => rates(sheet, visit),
    }
}

/// A form around its fields, which says why and saves.
fn around(sheet: &SettingSheet, form: &Form, fields: AnyView) -> AnyView {
    let button = match sheet.name {
        SettingName::Banner => "Save the banner",
        SettingName::Maintenance => "Save maintenance",
        SettingName::FourEyes => "Save four eyes",
        SettingName::PublicationTimes => "Save the times",
        SettingName::Sessions => "Save the lengths",
        SettingName::Reminders => "Save the hours",
        SettingName::RateLimits => "Save the limits",
    };
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("revision", sheet.revision)}
            {fields}
            {form.field("reason", "Reason").hint("The audit trail keeps it.").input()}
            <button class="button">{button}</button>
        </form>
    }
    .into_any()
}

fn banner(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "office/set-banner");
    let present = match sheet.in_force() {
        Some(Setting::Banner(banner)) => Some(banner),
        _ => None,
    };
    let (text, text_cy) = present.map(|banner| (banner.text.clone(), banner.text_cy.clone())).unwrap_or_default();
    let kind = present.map_or(BannerKind::Information, |banner| banner.kind);
    let until = present.and_then(|banner| banner.until);
    let (day, time) = until.map(uk_time::fields).unwrap_or_default();
    let kinds = [
        (BannerKind::Information, "Information", "Something to know."),
        (BannerKind::Warning, "Warning", "Something to heed."),
    ];
    let kinds = kinds.map(|(value, words, hint)| (value.to_string(), words.to_owned(), hint.to_owned())).to_vec();
    let fields = view! {
        {form.field("text", "English text").value(&text).hint("One sentence, at most 500 characters.").input()}
        {form.field("text_cy", "Welsh text").value(&text_cy).input()}
        {form.radios("kind", "It is", kinds, kind.as_str())}
        <div class="field-row">
            {form.field("until_date", "Taken off on").kind("date").value(&day).optional().short().input()}
            {form.field("until_time", "At").kind("time").value(&time).optional().short().hint("On a UK clock.").input()}
        </div>
        {which_hour(&form, until.and_then(uk_time::which))}
    };
    around(sheet, &form, fields.into_any())
}

/// Which hour is meant in the night in which the clocks go back, where that has to be said.
fn which_hour(form: &Form, present: Option<&'static str>) -> Option<AnyView> {
    let chosen = form.value("until_which", present.unwrap_or_default());
    (form.problem("until_which").is_some() || !chosen.is_empty()).then(|| {
        let hours = [
            ("", "Choose one"),
            (uk_time::SUMMER, "The first, in summer time (BST)"),
            (uk_time::WINTER, "The second, in winter time (GMT)"),
        ];
        let options = hours.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        form.field("until_which", "Which of the two").value(present.unwrap_or_default()).select(options)
    })
}

fn switch(sheet: &SettingSheet, form: &Form, label: &str, on: &str, off: &str) -> AnyView {
    let is_on = matches!(
        sheet.in_force(),
        Some(Setting::Maintenance(Switch { on: true }) | Setting::FourEyes(Switch { on: true }))
    );
    let choices = [("true", "On", on), ("false", "Off", off)];
    let choices = choices.map(|(value, words, hint)| (value.to_owned(), words.to_owned(), hint.to_owned())).to_vec();
    let present = if is_on { "true" } else { "false" };
    around(sheet, form, form.radios("on", label, choices, present))
}

fn times(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "office/set-publication-times");
    let present = match sheet.in_force() {
        Some(Setting::PublicationTimes(times)) => times.clone(),
        _ => domain::office::PublicationTimes::default(),
    };
    let fields = view! {
        {form.field("usual", "Suggested time").kind("time").value(&present.usual).short().hint("On a UK clock.").input()}
        <div class="field-row">
            {form.field("peak_from", "Most come out from").kind("time").value(&present.peak_from).short().input()}
            {form.field("peak_to", "To").kind("time").value(&present.peak_to).short().input()}
        </div>
    };
    around(sheet, &form, fields.into_any())
}

fn sessions(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "office/set-sessions");
    let (idle, longest) = match sheet.in_force() {
        Some(Setting::Sessions(lengths)) => (lengths.idle_minutes.to_string(), lengths.longest_minutes.to_string()),
        _ => (String::new(), String::new()),
    };
    let fields = view! {
        {form.field("idle_minutes", "Minutes without a sign of life").value(&idle).short().input()}
        {form.field("longest_minutes", "Minutes at the latest").value(&longest).short().hint("The environment says how many at most.").input()}
    };
    around(sheet, &form, fields.into_any())
}

fn reminders(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "office/set-reminders");
    let hours = match sheet.in_force() {
        Some(Setting::Reminders(hours)) => hours.text(),
        _ => String::new(),
    };
    let hint = "Whole numbers with commas, such as 24, 1. With none nobody is reminded.";
    let field = form.field("hours", "Hours before").value(&hours).optional().short().hint(hint).input();
    around(sheet, &form, field.into_any())
}

fn rates(sheet: &SettingSheet, visit: &Visit) -> AnyView {
    const LABELS: [&str; 4] =
        ["By address", "By token or session", "Tries to sign in, by address", "Searches, by address"];
    let form = Form::of(visit, "office/set-rate-limits");
    let (Some(present), Some(environment)) = (quotas(sheet.in_force()), quotas(sheet.default.as_ref())) else {
        return ().into_any();
    };
    let each = present.named().into_iter().zip(environment.named()).zip(environment.bounds()).zip(LABELS);
    let fields: Vec<AnyView> = each
        .map(|((((field, present), (_, said)), allowed), label)| {
            let hint = bounds_words(said, *allowed.start(), *allowed.end());
            form.field(field, label).value(&present.to_string()).short().hint(hint).input()
        })
        .collect();
    around(sheet, &form, fields.into_any())
}

/// The limits of rate of a setting.
fn quotas(setting: Option<&Setting>) -> Option<RateQuotas> {
    match setting {
        Some(Setting::RateLimits(quotas)) => Some(*quotas),
        _ => None,
    }
}

/// What may be given for a limit, and what the environment says.
fn bounds_words(said: u32, least: u32, most: u32) -> String {
    let [said, least, upper] = [said, least, most].map(|number| grouped(u64::from(number)));
    let why = if most < MOST_A_MINUTE { ", which is the most" } else { "" };
    format!("Requests a minute, {least} to {upper}. The environment says {said}{why}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_says_how_far_it_goes() {
        let said = bounds_words(12_000, 10, MOST_A_MINUTE);
        assert_eq!(said, "Requests a minute, 10 to 10,000,000. The environment says 12,000.");
        assert_eq!(
            bounds_words(120, 5, 120),
            "Requests a minute, 5 to 120. The environment says 120, which is the most."
        );
    }
}
