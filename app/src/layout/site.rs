//! The frame of the public site, in the visitor's language.

use std::sync::Arc;

use domain::bundle::Look;
use domain::feedback::FeedbackKind;
use domain::file::File;
use domain::language::Language;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::RpcError;

use super::{head, nearest};
use crate::i18n::{t, ta, text};
use crate::islands::{SearchBox, ThemeSwitch};

/// What the frame needs to know of the page inside.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of the page.
    pub lang: Language,
    /// The path without the language's prefix, with its query.
    pub path: String,
    /// What the site is called.
    pub site_name: String,
    /// The site's public address, without a slash at the end.
    pub site: String,
    /// Whether the header holds a search form.
    pub with_search: bool,
    /// From where a page is looked at that is not public yet; nothing for all others.
    pub ahead: Option<Arc<Look>>,
}

impl Frame {
    /// The frame of the page being rendered.
    #[must_use]
    pub fn of_visit(with_search: bool) -> Self {
        let visit = rpc::request::visit();
        let path = match visit.language {
            Language::Cy => visit.path.strip_prefix("/cy").unwrap_or(&visit.path).to_owned(),
            Language::En => visit.path.clone(),
        };
        let site_name =
            if visit.site_name.is_empty() { "Dataset Catalogue".to_owned() } else { visit.site_name.to_string() };
        Self {
            lang: visit.language,
            path: if path.starts_with('/') { path } else { format!("/{path}") },
            site_name,
            site: visit.site.to_string(),
            with_search,
            ahead: None,
        }
    }

    /// An address of this site in the page's language; what is not public yet is seen elsewhere until it is.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        let elsewhere = self.ahead.as_ref().and_then(|look| look.instead_of(path));
        self.public_href(elsewhere.as_deref().unwrap_or(path))
    }

    /// The same as it is once everything is public, for words that are taken along.
    #[must_use]
    pub fn public_href(&self, path: &str) -> String {
        match (self.lang, path) {
            (Language::Cy, "/") => "/cy".to_owned(),
            (Language::Cy, _) => format!("/cy{path}"),
            (Language::En, _) => path.to_owned(),
        }
    }

    /// Whether a file is not public yet, so that only its id leads to its bytes.
    #[must_use]
    pub fn holds_back(&self, file: &File) -> bool {
        self.ahead.as_ref().is_some_and(|look| look.holds_back(file))
    }

    /// A path of this site as an address that is true everywhere.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.site)
    }

    /// The addresses of the page in English and in Welsh.
    #[must_use]
    pub fn pair(&self) -> (String, String) {
        (self.absolute(&self.path), self.absolute(&self.welsh()))
    }

    fn welsh(&self) -> String {
        if self.path == "/" { "/cy".to_owned() } else { format!("/cy{}", self.path) }
    }

    fn other(&self) -> (Language, String) {
        match self.lang {
            Language::En => (Language::Cy, self.welsh()),
            Language::Cy => (Language::En, self.path.clone()),
        }
    }
}

/// What a page shows once its data is there.
pub struct Shown {
    /// The title of the browser's tab.
    pub title: String,
    /// A sentence for search engines.
    pub description: String,
    /// The page itself.
    pub content: AnyView,
}

/// A page whose data is there already.
#[must_use]
pub fn page(frame: &Frame, class: &'static str, shown: Shown) -> AnyView {
    let inner = inner(frame, shown);
    body(frame, class, inner)
}

/// A page that waits for its data; what is refused or hidden is the not-found page.
pub fn loading<T, F, R>(frame: Frame, class: &'static str, load: F, render: R) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Result<T, RpcError>> + Send + 'static,
    R: FnOnce(T, &Frame) -> Shown + Send + 'static,
{
    loading_known_as(frame, class, load, |data, frame| (render(data, frame), frame.path.clone()))
}

/// The same for a page that stands at several addresses: beside what it shows is the path by which others should know it.
pub fn loading_known_as<T, F, R>(frame: Frame, class: &'static str, load: F, render: R) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Result<T, RpcError>> + Send + 'static,
    R: FnOnce(T, &Frame) -> (Shown, String) + Send + 'static,
{
    let of_page = frame.clone();
    let content = Suspend::new(async move {
        match load.await {
            Ok(data) => {
                let (shown, path) = render(data, &of_page);
                inner(&Frame { path, ..of_page }, shown)
            }
            Err(RpcError::Refused(Refusal::NotFound)) => {
                let offered = nearest::offered(&of_page, nearest::nearest(&of_page).await);
                inner(&of_page, not_found_offering(&of_page, offered))
            }
            Err(_) => inner(&of_page, fault(&of_page)),
        }
    });
    body(&frame, class, view! { <Suspense>{content}</Suspense> }.into_any())
}

/// The page of whatever does not exist or may not be known to.
#[must_use]
pub fn not_found(frame: &Frame) -> Shown {
    not_found_offering(frame, None)
}

/// The same with what may have been meant.
fn not_found_offering(frame: &Frame, offered: Option<AnyView>) -> Shown {
    rpc::request::set_status(404);
    let lang = frame.lang;
    error(frame, "404", (t(lang, "not-found-title"), t(lang, "not-found-text")), (offered, None))
}

fn fault(frame: &Frame) -> Shown {
    rpc::request::set_status(500);
    let lang = frame.lang;
    let reference = reference(lang, &rpc::request::visit().request_id);
    error(frame, "500", (t(lang, "fault-title"), t(lang, "fault-text")), (None, reference))
}

/// By what the log knows the request, for whoever tells the office of it.
fn reference(lang: Language, id: &str) -> Option<AnyView> {
    if id.is_empty() {
        return None;
    }
    let words = ta(lang, "fault-reference", &[("id", text(id))]);
    Some(view! { <p class="error-page__ref">{words}</p> }.into_any())
}

fn error(
    frame: &Frame,
    code: &'static str,
    (title, words): (String, String),
    (offered, reference): (Option<AnyView>, Option<AnyView>),
) -> Shown {
    let search = search_form(frame, "q-error", "", "");
    let content = view! {
        <div class="error-page">
            <p class="error-page__code">{code}</p>
            <h1>{title.clone()}</h1>
            <p>{words}</p>
            {reference}
            {offered}
            {search}
        </div>
    };
    Shown { title, description: String::new(), content: content.into_any() }
}

fn inner(frame: &Frame, shown: Shown) -> AnyView {
    let title = format!("{} - {}", shown.title, frame.site_name);
    let frame = &Frame { path: head::known_as(&frame.path), ..frame.clone() };
    let described = head::described(frame, &shown.title, shown.description);
    // Whatever is refused has no description and no feed; every search has one.
    let alternates = (described.is_some() || frame.path.starts_with("/search")).then(|| head::alternates(frame));
    view! { <Title text=title/>{described}{alternates}{shown.content} }.into_any()
}

fn body(frame: &Frame, class: &'static str, content: AnyView) -> AnyView {
    let lang = frame.lang;
    let classes = format!("page wrap {class}");
    view! {
        <body class="site">
            <a class="skip-link" href="#main">{t(lang, "skip")}</a>
            {header(frame)}
            {banner(lang)}
            <main id="main" class=classes tabindex="-1">{content}</main>
            {footer(frame)}
        </body>
    }
    .into_any()
}

/// What the office tells on every page, while it does.
fn banner(lang: Language) -> Option<AnyView> {
    let banner = rpc::request::visit().banner?;
    let class = format!("banner banner--{}", banner.kind);
    let text = banner.in_language(lang).to_owned();
    Some(
        view! {
            <div class="wrap office-banner">
                <section class=class aria-label=t(lang, "office-banner")><p>{text}</p></section>
            </div>
        }
        .into_any(),
    )
}

fn header(frame: &Frame) -> AnyView {
    let lang = frame.lang;
    let (other, other_href) = frame.other();
    let link = |path: &str, text: String, class: Option<&'static str>| {
        let current = (frame.path == path || frame.path.starts_with(&format!("{path}?"))).then_some("page");
        view! { <li class=class><a href=frame.href(path) aria-current=current>{text}</a></li> }
    };
    // Where there is room for the form beside it, the style hides it.
    let search_link = link("/search", t(lang, "nav-search"), Some("site-nav__search"));
    let search =
        frame.with_search.then(|| search_form(frame, "q-header", "search-form--small site-header__search", ""));
    view! {
        <header class="site-header">
            <div class="site-header__inner">
                <a class="wordmark" href=frame.href("/")>{mark()}<span class="wordmark__name">{frame.site_name.clone()}</span></a>
                <nav class="site-nav" aria-label=t(lang, "nav-main")>
                    <ul>{search_link}{link("/topics", t(lang, "nav-topics"), None)}{link("/releases", t(lang, "nav-releases"), None)}{link("/about", t(lang, "nav-about"), None)}</ul>
                </nav>
                {search}
                <div class="site-header__tools">
                    <a class="lang-switch" href=other_href lang=other.as_str() hreflang=other.as_str()>{t(lang, "other-language")}</a>
                    <ThemeSwitch
                        label=t(lang, "theme")
                        names=vec![t(lang, "theme-system"), t(lang, "theme-light"), t(lang, "theme-dark")]
                    />
                </div>
            </div>
        </header>
    }
    .into_any()
}

/// The search form, with suggestions where scripts run.
#[must_use]
pub fn search_form(frame: &Frame, id: &'static str, class: &'static str, q: &str) -> AnyView {
    let lang = frame.lang;
    let label_class =
        if class.contains("--large") { "search-form__label" } else { "search-form__label visually-hidden" };
    let (action, classes) = (frame.href("/search"), format!("search-form {class}"));
    // The header's form and the one of an error's page stand on one page and are told apart.
    let name = t(lang, if class.contains("site-header__search") { "nav-search" } else { "search-label" });
    view! {
        <form class=classes role="search" action=action method="get" aria-label=name>
            <label class=label_class for=id>{t(lang, "search-label")}</label>
            <SearchBox
                id=id.to_owned()
                value=q.to_owned()
                button=t(lang, "search-button")
                suggestions=t(lang, "suggestions")
                kinds=(t(lang, "suggestions-topic"), t(lang, "suggestions-release"))
                language=lang
            />
        </form>
    }
    .into_any()
}

fn footer(frame: &Frame) -> AnyView {
    let lang = frame.lang;
    let link = |path: &str, key: &str| view! { <li><a href=frame.href(path)>{t(lang, key)}</a></li> };
    let letters = rpc::request::visit().by_mail.then(|| link("/subscribe", "footer-subscribe"));
    let here = frame.path.split('?').next().unwrap_or("/");
    let feedback =
        frame.href(&format!("/feedback?page={}", domain::text::escaped(&frame.href(here)).replace("%2F", "/")));
    let useful = |kind: FeedbackKind, key: &str| {
        let (href, about) = (format!("{feedback}&kind={kind}"), t(lang, &format!("feedback-kind-{kind}")));
        view! { <li><a href=href>{t(lang, key)}<span class="visually-hidden">": "{about}</span></a></li> }
    };
    view! {
        <footer class="site-footer">
            <div class="site-footer__inner">
                <div class="site-footer__brand">
                    <span class="wordmark__name">{frame.site_name.clone()}</span>
                    <p>{t(lang, "footer-licence")}</p>
                    <ul class="plain cluster">
                        <li>{t(lang, "footer-useful")}</li>
                        {useful(FeedbackKind::Useful, "footer-useful-yes")}
                        {useful(FeedbackKind::NotUseful, "footer-useful-no")}
                    </ul>
                    <p><a href=feedback.clone()>{t(lang, "footer-feedback")}</a></p>
                </div>
                <nav class="site-footer__group" aria-label=t(lang, "footer-explore")>
                    <h2>{t(lang, "footer-explore")}</h2>
                    <ul class="plain">{link("/search", "nav-search")}{link("/catalogue", "footer-all")}{link("/topics", "nav-topics")}{link("/releases", "nav-releases")}{link("/corrections", "corrections-title")}{link("/publication-log", "log-title")}{link("/list", "list-title")}</ul>
                </nav>
                <nav class="site-footer__group" aria-label=t(lang, "footer-help")>
                    <h2>{t(lang, "footer-help")}</h2>
                    <ul class="plain">{link("/help", "help-title")}{link("/about", "nav-about")}{letters}{link("/feeds", "feeds-title")}{link("/accessibility", "footer-accessibility")}{link("/cookies", "cookies-title")}{link("/privacy", "privacy-title")}{link("/terms", "terms-title")}{link("/contact", "contact-title")}</ul>
                </nav>
                <nav class="site-footer__group" aria-label=t(lang, "footer-developers")>
                    <h2>{t(lang, "footer-developers")}</h2>
                    <ul class="plain">
                        {link("/developers", "footer-api")}{link("/status", "status-title")}
                        <li><a href="/v1/openapi.json">"OpenAPI"</a></li>
                        <li><a href="/account/sign-in">{t(lang, "nav-sign-in")}</a></li>
                    </ul>
                </nav>
            </div>
        </footer>
    }
    .into_any()
}

/// The word-mark's sign.
#[must_use]
pub fn mark() -> AnyView {
    view! {
        <svg class="wordmark__mark" aria-hidden="true" viewBox="0 0 32 32" fill="none">
            <path fill="currentColor" d="M3 6.5C7 4.8 11.6 5 15.2 7.4V27.6C11.6 25.2 7 25 3 26.7Z"></path>
            <path stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" d="M17.7 8C21 5.9 24.9 5.6 28.1 6.9V25.4C24.9 24.2 21 24.5 17.7 26.4Z"></path>
            <path stroke="currentColor" stroke-width="1.8" d="M20.6 11.6H23M20.6 15.6H25.2M20.6 19.6H24"></path>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_reference_where_it_has_one() {
        let told = |lang, id| reference(lang, id).map(|words| words.to_html()).unwrap_or_default();
        assert!(told(Language::En, "a1b2").contains("give the reference a1b2."));
        assert!(told(Language::Cy, "a1b2").contains("cyfeirnod a1b2."));
        assert_eq!(told(Language::En, ""), "");
    }
}
