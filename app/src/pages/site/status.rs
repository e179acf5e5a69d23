//! How the site is and was, and how publications came.

mod history;

use domain::publication_log::Publication;
use domain::status::{PartState, StatusPage};
use leptos::prelude::*;
use leptos_meta::Link;

use super::releases::when;
use crate::components::written::Written;
use crate::i18n::{Argument, date_time, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// Whether everything works, what came last and what comes next.
#[component]
pub fn Status() -> impl IntoView {
    let frame = Frame::of_visit(true);
    loading(frame, "", rpc::catalogue::status(), shown)
}

fn shown(page: StatusPage, frame: &Frame) -> Shown {
    let lang = frame.lang;
    let overall = page.overall();
    let (class, heading) = match overall {
        PartState::Working => ("banner banner--success", t(lang, "status-all-working")),
        PartState::Disturbed => ("banner banner--warning", t(lang, "status-some-disturbed")),
        PartState::Down => ("banner banner--error", t(lang, "status-some-down")),
        PartState::Unknown => ("banner banner--information", t(lang, "status-not-looked")),
    };
    let looked = page.health.looked_at.map(|at| {
        view! { <p>{ta(lang, "status-looked", &[("when", text(date_time(lang, at)))])}</p> }
    });
    let parts: Vec<AnyView> = page
        .health
        .parts
        .iter()
        .map(|(part, state)| {
            let (name, how) = (t(lang, &format!("status-part-{part}")), t(lang, &format!("status-is-{state}")));
            let class = match state {
                PartState::Working => "tag state--published",
                PartState::Disturbed => "tag state--scheduled",
                PartState::Down => "tag state--failed",
                PartState::Unknown => "tag",
            };
            view! {
                <li class="ledger__row ledger__row--plain">
                    <span class="ledger__what">{name}</span><span class="ledger__end"><span class=class>{how}</span></span>
                </li>
            }
            .into_any()
        })
        .collect();
    let content = view! {
        <header class="page-title"><h1>{t(lang, "status-title")}</h1><p class="lead">{t(lang, "status-lead")}</p></header>
        <section class=class aria-labelledby="overall"><h2 class="banner__title" id="overall">{heading}</h2>{looked}</section>
        <section class="section" aria-labelledby="parts">
            <div class="section__head"><h2 id="parts">{t(lang, "status-parts")}</h2></div>
            <ul class="ledger">{parts}</ul>
        </section>
        {history::incidents(frame, &page.incidents)}
        {history::days(frame, &page.days)}
        {publications(frame, &page)}
        <Link rel="alternate" type_="application/json" href="/status.json"/>
        <p class="small meta"><span><a href=frame.href("/feeds")>{t(lang, "feeds-follow")}</a></span><span><a href="/status.json">{t(lang, "status-json")}</a></span><span><a href="/v1/healthcheck">{t(lang, "status-health-json")}</a></span></p>
    };
    Shown { title: t(lang, "status-title"), description: t(lang, "status-lead"), content: content.into_any() }
}

fn publications(frame: &Frame, page: &StatusPage) -> AnyView {
    let lang = frame.lang;
    let counted = page.punctuality;
    let punctual = (counted.scheduled > 0).then(|| {
        let arguments = [
            ("n", Argument::Count(counted.scheduled)),
            ("ontime", text(counted.on_time.to_string())),
            ("longest", text(seconds(counted.longest_ms))),
        ];
        view! { <p class="measure">{ta(lang, "status-punctual", &arguments)}</p> }
    });
    let next = page.next.as_ref().map(|entry| {
        let title = Written::of(lang, &entry.details.title, entry.details.title_cy.as_deref());
        let href = frame.href(&format!("/releases/{}", domain::text::escaped(&entry.id)));
        view! { <p>{t(lang, "status-next")}": "<a href=href lang=title.lang>{title.text}</a>", "{when(frame, entry)}</p> }
    });
    let rows: Vec<AnyView> = page.publications.iter().map(|one| row(frame, one)).collect();
    let rows = if rows.is_empty() {
        view! { <p class="muted">{t(lang, "log-none")}</p> }.into_any()
    } else {
        view! { <ul class="ledger">{rows}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="publications">
            <div class="section__head">
                <h2 id="publications">{t(lang, "status-publications")}</h2><a href=frame.href("/publication-log")>{t(lang, "log-title")}</a>
            </div>
            <div class="stack">{punctual}{next}{rows}</div>
        </section>
    }
    .into_any()
}

fn row(frame: &Frame, one: &Publication) -> AnyView {
    let lang = frame.lang;
    let title = match &one.release {
        Some(release) => Written::of(lang, &release.title, release.title_cy.as_deref()),
        None => one.versions.first().map(|version| Written::english(lang, &version.title)).unwrap_or_default(),
    };
    let delay = one.scheduled_at.map(|due| seconds((one.published_at - due).num_milliseconds()));
    let delay = delay.map_or_else(|| t(lang, "log-by-hand"), |delay| format!("{} {delay}", t(lang, "log-delay")));
    view! {
        <li class="ledger__row">
            <span class="ledger__when"><time datetime=one.published_at.to_rfc3339()>{date_time(lang, one.published_at)}</time></span>
            <span class="ledger__what" lang=title.lang>{title.text}</span><span class="ledger__end">{delay}</span>
        </li>
    }
    .into_any()
}

/// A span of time in seconds, to the hundredth.
fn seconds(milliseconds: i64) -> String {
    let hundredths = milliseconds.max(0) / 10;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use domain::language::Language::{Cy, En};

    use super::*;

    #[test]
    fn one_publication_is_told_as_one() {
        let told = |lang, scheduled: u64, on_time: u64| {
            let arguments = [
                ("n", Argument::Count(scheduled)),
                ("ontime", text(on_time.to_string())),
                ("longest", text(seconds(1_240))),
            ];
            ta(lang, "status-punctual", &arguments)
        };
        assert_eq!(told(En, 1, 0), "The last scheduled publication came 1.24 s after its instant.");
        assert_eq!(told(Cy, 1, 0), "Daeth y cyhoeddiad diwethaf a drefnwyd 1.24 s ar ôl ei amser.");
        assert!(told(En, 3, 1).starts_with("Of the last 3 scheduled publications, 1 came within a second of "));
    }
}
