//! The frame of the portal: header, rail, and a page that waits for its data.

mod live;
mod rail;

pub use rail::{SHORTCUTS, Section};

use std::future::Future;

use domain::actor::Caller;
use domain::office::{QUEUE_PAGE, QueuePause};
use domain::presence::Meanwhile;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::{Flash, RpcError, Visit};

use crate::components::form::messages;
use crate::components::portal::{reference, refusal_page};
use crate::islands::ThemeSwitch;

/// What a page of the portal shows once its data is there.
pub struct Shown {
    /// The title of the browser's tab.
    pub title: String,
    /// Where the page stands: text and address of the pages above it.
    pub above: Vec<(String, String)>,
    /// The page itself.
    pub content: AnyView,
}

impl Shown {
    /// A page with nothing above it.
    #[must_use]
    pub fn new(title: impl Into<String>, content: AnyView) -> Self {
        Self { title: title.into(), above: Vec::new(), content }
    }

    /// Adds a page above this one.
    #[must_use]
    pub fn under(mut self, text: impl Into<String>, href: impl Into<String>) -> Self {
        self.above.push((text.into(), href.into()));
        self
    }
}

/// A page of the portal: people who are not signed in are sent to sign in, refusals become pages with the right status.
pub fn portal<T, F, R>(section: Section, load: F, render: R) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Result<T, RpcError>> + Send + 'static,
    R: FnOnce(T, &Visit) -> Shown + Send + 'static,
{
    let visit = rpc::request::visit();
    let Some(caller) = visit.caller.clone() else {
        rpc::request::see_other(&rpc::form::sign_in_path(&visit.path));
        return view! { <body class="site"></body> }.into_any();
    };
    let (session, left, person) = (visit.session_idle, visit.session_left, caller.actor.id.clone());
    let (of_office, first) = (office(&visit), first_of_all(&visit));
    let head = header(&caller);
    // One after the other, not side by side: a page that is begun and then waits for the rail would keep its connection to the
    // database, and on SQLite the writer's place, while the rail asks for connections of its own.
    let shown = Suspend::new(async move {
        let counts = rpc::live::rail_counts().await.unwrap_or_default();
        // Before the page's own data, so that what changes in between is told.
        let here = rpc::live::here(visit.path.clone()).await.ok().flatten();
        let visit = Visit { meanwhile: meanwhile(&visit).await, ..visit };
        let content = match load.await {
            Ok(data) => {
                let shown = render(data, &visit);
                let line = live::line(&visit.path, here.as_ref());
                view! { {page(&visit, shown)}{line} }.into_any()
            }
            Err(error) => refused(&visit, &error),
        };
        view! {
            {rail::rail(section, &caller, counts)}
            <main id="main" class="portal__main" tabindex="-1" data-session=session data-session-left=left data-person=person>
                {first}{of_office}{content}
            </main>
        }
    });
    view! {
        <body class="site site--portal">
            <a class="skip-link" href="#main">"Skip to main content"</a>
            {head}
            <div class="portal">
                <Suspense>{shown}</Suspense>
            </div>
            <script r#type="module" src="/assets/faults.js"></script>
            <script r#type="module" src="/assets/desk.js"></script>
            <script r#type="module" src="/assets/live.js"></script>
            <script r#type="module" src="/assets/portal-keys.js"></script>
        </body>
    }
    .into_any()
}

/// What was done last to what a form was about that came too late. A sign-off is of a version, which another page tells of.
async fn meanwhile(visit: &Visit) -> Option<Meanwhile> {
    let came_too_late = |flash: &&Flash| flash.refusal == Some(Refusal::Stale) && flash.form != "bundles/sign-off";
    let flash = visit.flash.as_ref().filter(came_too_late)?;
    rpc::live::meanwhile(flash.about().unwrap_or_else(|| visit.path.clone())).await.ok().flatten()
}

/// What the office has switched that everybody who works here has to know of, loudly.
fn office(visit: &Visit) -> Option<AnyView> {
    let office = &visit.office;
    let maintenance = if office.paused.is_some() {
        "Maintenance is on: every change is refused, except those of your own account and of settings."
    } else {
        "Maintenance is on: every change is refused, except those of your own account and of settings. What is scheduled is published all the same."
    };
    let four_eyes = "Four eyes are switched off: everybody may approve what they prepared themselves. Each such approval is marked in the audit trail.";
    let is_set = office.maintenance || !office.four_eyes;
    let told: Vec<AnyView> = office
        .paused
        .iter()
        .map(QueuePause::said)
        .chain(office.maintenance.then(|| maintenance.to_owned()))
        .chain((!office.four_eyes).then(|| four_eyes.to_owned()))
        .map(|words| view! { <p>{words}</p> }.into_any())
        .collect();
    let queue = office.paused.is_some().then(|| view! { <p><a href=QUEUE_PAGE>"Publish queue"</a></p> });
    let settings = is_set.then(|| view! { <p><a href="/admin/settings">"Settings"</a></p> });
    (!told.is_empty()).then(|| {
        view! {
            <section class="banner banner--error" aria-label="In force in the whole office">{told}{queue}{settings}</section>
        }
        .into_any()
    })
}

/// What the person has to do before anything else.
fn first_of_all(visit: &Visit) -> Option<AnyView> {
    let words = "Your role asks for a second factor. Set it up first, below; until then nothing else is open to you.";
    visit.owes_second_factor.then(|| {
        view! { <section class="banner banner--warning" aria-label="First of all"><p>{words}</p></section> }.into_any()
    })
}

fn page(visit: &Visit, shown: Shown) -> AnyView {
    let problem = visit.flash.as_ref().is_some_and(|flash| flash.refusal.is_some());
    let site = if visit.site_name.is_empty() { "Dataset Catalogue" } else { &visit.site_name };
    let title = format!("{}{} - {site}", if problem { "Error: " } else { "" }, shown.title);
    let crumbs = (!shown.above.is_empty()).then(|| {
        let above: Vec<AnyView> =
            shown.above.into_iter().map(|(text, href)| view! { <li><a href=href>{text}</a></li> }.into_any()).collect();
        view! {
            <nav class="breadcrumbs" aria-label="Breadcrumb">
                <ol>{above}<li aria-current="page">{shown.title.clone()}</li></ol>
            </nav>
        }
    });
    view! { <Title text=title/>{crumbs}{messages(visit)}{shown.content} }.into_any()
}

fn refused(visit: &Visit, error: &RpcError) -> AnyView {
    let refusal = match error {
        RpcError::Refused(Refusal::Unauthenticated) => {
            rpc::request::see_other(&rpc::form::sign_in_path(&visit.path));
            return ().into_any();
        }
        RpcError::Refused(refusal) => Some(refusal),
        RpcError::Fault => None,
    };
    let page = refusal_page(refusal);
    rpc::request::set_status(page.status);
    let (status, heading, said) = (page.status, page.heading, page.words());
    view! {
        <Title text=format!("{heading} - {}", visit.site_name)/>
        {messages(visit)}
        <div class="error-page">
            <p class="error-page__code">{status}</p>
            <h1>{heading}</h1>
            <p>{said}</p>
            {reference(visit)}
            <p><a class="button button--secondary" href="/admin">"Go to the dashboard"</a></p>
        </div>
    }
    .into_any()
}

fn header(caller: &Caller) -> AnyView {
    let name = caller.actor.name.clone();
    let visit = rpc::request::visit();
    let site = if visit.site_name.is_empty() { "Dataset Catalogue".to_owned() } else { visit.site_name.to_string() };
    let themes = ["System", "Light", "Dark"].map(ToOwned::to_owned).to_vec();
    view! {
        <header class="site-header">
            <div class="site-header__inner">
                <a class="wordmark" href="/">
                    <svg class="wordmark__mark" viewBox="0 0 32 32" fill="none" aria-hidden="true">
                        <path fill="currentColor" d="M3 6.5C7 4.8 11.6 5 15.2 7.4V27.6C11.6 25.2 7 25 3 26.7Z"/>
                        <path stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" d="M17.7 8C21 5.9 24.9 5.6 28.1 6.9V25.4C24.9 24.2 21 24.5 17.7 26.4Z"/>
                        <path stroke="currentColor" stroke-width="1.8" d="M20.6 11.6H23M20.6 15.6H25.2M20.6 19.6H24"/>
                    </svg>
                    <span class="wordmark__name">{site}</span>
                </a>
                <nav class="site-nav" aria-label="Main">
                    <ul>
                        <li><a href="/search">"Search"</a></li>
                        <li><a href="/topics">"Topics"</a></li>
                    </ul>
                </nav>
                <div class="site-header__tools">
                    <a href="/account">{name}</a>
                    <form method="post" action="/rpc/account/sign-out"><button class="link-button">"Sign out"</button></form>
                    <span class="theme-switch"><ThemeSwitch label="Theme".to_owned() names=themes/></span>
                </div>
            </div>
        </header>
    }
    .into_any()
}
