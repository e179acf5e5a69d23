//! Telling the office something, without an account.

use domain::feedback::FeedbackKind;
use leptos::prelude::*;
use leptos_meta::Meta;
use rpc::visit::Flash;

use super::search_query::pairs;
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, page};

const FORM: &str = "feedback/give";

/// The form; `page` in its address names what it is about.
#[component]
pub fn Feedback() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == FORM);
    let about =
        pairs(&frame.path).into_iter().find(|(name, _)| name == "page").map(|(_, page)| page).unwrap_or_default();
    let about = domain::feedback::page_of(&about);
    let kind = pairs(&frame.path).into_iter().find(|(name, _)| name == "kind").map(|(_, kind)| kind);
    let kind = kind.and_then(|word| FeedbackKind::parse(&word)).unwrap_or(FeedbackKind::Problem);
    let problems = problems(&frame, flash.as_ref());
    let summary = (!problems.is_empty()).then(|| {
        let items: Vec<_> = problems
            .iter()
            .map(|(field, words)| view! { <li><a href=format!("#feedback-{field}")>{words.clone()}</a></li> })
            .collect();
        view! {
            <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">{t(lang, "subscribe-problem")}</h2><ul>{items}</ul>
            </section>
        }
    });
    let heading = t(lang, "feedback-title");
    let title =
        if problems.is_empty() { heading.clone() } else { format!("{}: {heading}", t(lang, "subscribe-error")) };
    let chosen = frame.path.contains('?').then(|| view! { <Meta name="robots" content="noindex"/> });
    let content = view! {
        {chosen}
        {summary}
        <header class="page-title"><h1>{heading}</h1><p class="lead">{t(lang, "feedback-lead")}</p></header>
        <div class="measure stack">
            {form(&frame, (&about, kind), flash.as_ref(), &problems)}
            <h2>{t(lang, "subscribe-kept")}</h2>
            <p>{t(lang, "feedback-kept")}</p>
        </div>
    };
    page(&frame, "", Shown { title, description: t(lang, "feedback-lead"), content: content.into_any() })
}

fn form(
    frame: &Frame,
    (about, kind): (&str, FeedbackKind),
    flash: Option<&Flash>,
    problems: &[(&'static str, String)],
) -> AnyView {
    let lang = frame.lang;
    let typed = |name: &str| flash.and_then(|flash| flash.values.get(name)?.first().cloned()).unwrap_or_default();
    let (kept, message, address) = (typed("page"), typed("message"), typed("address"));
    let about = if about.is_empty() { kept } else { about.to_owned() };
    let kind = FeedbackKind::parse(&typed("kind")).unwrap_or(kind);
    let kinds: Vec<AnyView> = FeedbackKind::ALL
        .iter()
        .map(|one| {
            let words = t(lang, &format!("feedback-kind-{one}"));
            view! {
                <label class="choice">
                    <input type="radio" name="kind" value=one.as_str() checked=kind == *one/>
                    <span class="choice__label">{words}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let named = (!about.is_empty())
        .then(|| view! { <p>{t(lang, "feedback-about")}" "<code class="long">{about.clone()}</code></p> });
    let error = |field: &'static str| problems.iter().find(|(name, _)| *name == field).map(|(_, words)| words.clone());
    let told = |field: &'static str| {
        error(field).map(|words| {
            let label = t(lang, "subscribe-error");
            view! { <p class="field__error" id=format!("feedback-{field}-error")><span class="visually-hidden">{label}": "</span>{words}</p> }
        })
    };
    let class = |field: &'static str| if error(field).is_some() { "field field--error" } else { "field" };
    let described = |field: &'static str| {
        if error(field).is_some() {
            format!("feedback-{field}-hint feedback-{field}-error")
        } else {
            format!("feedback-{field}-hint")
        }
    };
    let invalid = |field: &'static str| error(field).map(|_| "true");
    view! {
        <form class="stack" method="post" action=format!("/rpc/{FORM}") novalidate=true>
            <input type="hidden" name="language" value=lang.as_str()/>
            <input type="hidden" name="page" value=about.clone()/>
            {named}
            <fieldset class="field" id="feedback-kind"><legend class="field__label">{t(lang, "feedback-kind")}</legend><div class="choices">{kinds}</div></fieldset>
            <div class=class("message")>
                <label class="field__label" for="feedback-message">{t(lang, "feedback-message")}</label>
                <p class="field__hint" id="feedback-message-hint">{t(lang, "feedback-message-hint")}</p>
                {told("message")}
                <textarea
                    class="field__input" id="feedback-message" name="message" rows="6"
                    aria-describedby=described("message") aria-invalid=invalid("message")
                >{message}</textarea>
            </div>
            <div class=class("address")>
                <label class="field__label" for="feedback-address">{t(lang, "feedback-address")}</label>
                <p class="field__hint" id="feedback-address-hint">{t(lang, "feedback-address-hint")}</p>
                {told("address")}
                <input
                    class="field__input" id="feedback-address" name="address" type="email" value=address autocomplete="email"
                    aria-describedby=described("address") aria-invalid=invalid("address")
                />
            </div>
            <div hidden=true>
                <label for="feedback-website">{t(lang, "feedback-website")}</label>
                <input id="feedback-website" name="website" type="text" tabindex="-1" autocomplete="off"/>
            </div>
            <button class="button">{t(lang, "feedback-send")}</button>
        </form>
    }
    .into_any()
}

/// Why the form was refused, by field, in the reader's language.
fn problems(frame: &Frame, flash: Option<&Flash>) -> Vec<(&'static str, String)> {
    let lang = frame.lang;
    let Some(flash) = flash.filter(|flash| flash.refusal.is_some()) else { return Vec::new() };
    let wrong = |field: &str| flash.problems().iter().any(|problem| problem.field == field);
    if matches!(flash.refusal, Some(domain::refusal::Refusal::TooMany { .. })) {
        return vec![("message", t(lang, "feedback-too-many"))];
    }
    let known =
        [("kind", "feedback-no-kind"), ("message", "feedback-no-message"), ("address", "subscribe-bad-address")];
    let found: Vec<_> =
        known.into_iter().filter(|(field, _)| wrong(field)).map(|(field, key)| (field, t(lang, key))).collect();
    if found.is_empty() { vec![("message", t(lang, "subscribe-failed"))] } else { found }
}

/// Thanks whoever told something.
#[component]
pub fn FeedbackSent() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let content = view! {
        <header class="page-title"><h1>{t(lang, "feedback-sent")}</h1><p class="lead">{t(lang, "feedback-sent-text")}</p></header>
        <p><a href=frame.href("/")>{t(lang, "subscribe-home")}</a></p>
    };
    page(&frame, "", Shown { title: t(lang, "feedback-sent"), description: String::new(), content: content.into_any() })
}
