//! Every page by its address, nothing else.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::pages::{account, admin, administration, curation, operations, site};

/// Every page by its address; pages are rendered whole before they are sent, so that the status is right.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <FlatRoutes fallback=site::NotFound>
                <Route path=path!("/") view=site::Home ssr=SsrMode::Async/>
                <Route path=path!("/search") view=site::SearchPage ssr=SsrMode::Async/>
                <Route path=path!("/topics") view=site::Topics ssr=SsrMode::Async/>
                <Route path=path!("/topics/:id") view=site::TopicPage ssr=SsrMode::Async/>
                <Route path=path!("/releases") view=site::Releases ssr=SsrMode::Async/>
                <Route path=path!("/releases/:id") view=site::ReleasePage ssr=SsrMode::Async/>
                <Route path=path!("/publication-log") view=site::PublicationLog ssr=SsrMode::Async/>
                <Route path=path!("/about") view=site::About ssr=SsrMode::Async/>
                <Route path=path!("/accessibility") view=site::Accessibility ssr=SsrMode::Async/>
                <Route path=path!("/subscribe") view=site::Subscribe ssr=SsrMode::Async/>
                <Route path=path!("/subscribe/sent") view=site::SubscriptionSent ssr=SsrMode::Async/>
                <Route path=path!("/subscribe/confirm") view=site::ConfirmSubscription ssr=SsrMode::Async/>
                <Route path=path!("/subscribe/confirmed") view=site::SubscriptionConfirmed ssr=SsrMode::Async/>
                <Route path=path!("/subscribe/manage") view=site::ManageSubscription ssr=SsrMode::Async/>
                <Route path=path!("/subscribe/ended") view=site::SubscriptionEnded ssr=SsrMode::Async/>
                <Route path=path!("/developers") view=site::Developers ssr=SsrMode::Async/>
                <Route path=path!("/developers/:group") view=site::DevelopersGroup ssr=SsrMode::Async/>
                <Route path=path!("/feeds") view=site::Feeds ssr=SsrMode::Async/>
                <Route path=path!("/help") view=site::Help ssr=SsrMode::Async/>
                <Route path=path!("/cookies") view=site::Cookies ssr=SsrMode::Async/>
                <Route path=path!("/privacy") view=site::Privacy ssr=SsrMode::Async/>
                <Route path=path!("/terms") view=site::Terms ssr=SsrMode::Async/>
                <Route path=path!("/contact") view=site::Contact ssr=SsrMode::Async/>
                <Route path=path!("/status") view=site::Status ssr=SsrMode::Async/>
                <Route path=path!("/feedback") view=site::Feedback ssr=SsrMode::Async/>
                <Route path=path!("/feedback/sent") view=site::FeedbackSent ssr=SsrMode::Async/>
                <Route path=path!("/corrections") view=site::Corrections ssr=SsrMode::Async/>
                <Route path=path!("/outputs/:id") view=site::OutputPage ssr=SsrMode::Async/>
                <Route path=path!("/catalogue") view=site::Register ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id/quality") view=site::QualityPage ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id/editions/:edition") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id/editions/:edition/versions/:version") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id/editions/:edition/compare") view=site::CompareVersions ssr=SsrMode::Async/>
                <Route path=path!("/catalogue/:id/editions/:edition/versions/:version/explore") view=site::ExplorePage ssr=SsrMode::Async/>
                <Route path=path!("/cy") view=site::Home ssr=SsrMode::Async/>
                <Route path=path!("/cy/search") view=site::SearchPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/topics") view=site::Topics ssr=SsrMode::Async/>
                <Route path=path!("/cy/topics/:id") view=site::TopicPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/releases") view=site::Releases ssr=SsrMode::Async/>
                <Route path=path!("/cy/releases/:id") view=site::ReleasePage ssr=SsrMode::Async/>
                <Route path=path!("/cy/publication-log") view=site::PublicationLog ssr=SsrMode::Async/>
                <Route path=path!("/cy/about") view=site::About ssr=SsrMode::Async/>
                <Route path=path!("/cy/accessibility") view=site::Accessibility ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe") view=site::Subscribe ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe/sent") view=site::SubscriptionSent ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe/confirm") view=site::ConfirmSubscription ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe/confirmed") view=site::SubscriptionConfirmed ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe/manage") view=site::ManageSubscription ssr=SsrMode::Async/>
                <Route path=path!("/cy/subscribe/ended") view=site::SubscriptionEnded ssr=SsrMode::Async/>
                <Route path=path!("/cy/developers") view=site::Developers ssr=SsrMode::Async/>
                <Route path=path!("/cy/developers/:group") view=site::DevelopersGroup ssr=SsrMode::Async/>
                <Route path=path!("/cy/feeds") view=site::Feeds ssr=SsrMode::Async/>
                <Route path=path!("/cy/help") view=site::Help ssr=SsrMode::Async/>
                <Route path=path!("/cy/cookies") view=site::Cookies ssr=SsrMode::Async/>
                <Route path=path!("/cy/privacy") view=site::Privacy ssr=SsrMode::Async/>
                <Route path=path!("/cy/terms") view=site::Terms ssr=SsrMode::Async/>
                <Route path=path!("/cy/contact") view=site::Contact ssr=SsrMode::Async/>
                <Route path=path!("/cy/status") view=site::Status ssr=SsrMode::Async/>
                <Route path=path!("/cy/feedback") view=site::Feedback ssr=SsrMode::Async/>
                <Route path=path!("/cy/feedback/sent") view=site::FeedbackSent ssr=SsrMode::Async/>
                <Route path=path!("/cy/corrections") view=site::Corrections ssr=SsrMode::Async/>
                <Route path=path!("/cy/outputs/:id") view=site::OutputPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue") view=site::Register ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id/quality") view=site::QualityPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id/editions/:edition") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id/editions/:edition/versions/:version") view=site::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id/editions/:edition/compare") view=site::CompareVersions ssr=SsrMode::Async/>
                <Route path=path!("/cy/catalogue/:id/editions/:edition/versions/:version/explore") view=site::ExplorePage ssr=SsrMode::Async/>
                <Route path=path!("/account/sign-in") view=account::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/account/second-step") view=account::SecondStep ssr=SsrMode::Async/>
                <Route path=path!("/account/forgotten") view=account::Forgotten ssr=SsrMode::Async/>
                <Route path=path!("/account/reset") view=account::Reset ssr=SsrMode::Async/>
                <Route path=path!("/account/first-time/:token") view=account::FirstTime ssr=SsrMode::Async/>
                <Route path=path!("/account/second-factor") view=account::SecondFactor ssr=SsrMode::Async/>
                <Route path=path!("/account/recovery-codes") view=account::RecoveryCodes ssr=SsrMode::Async/>
                <Route path=path!("/account/notifications") view=account::NotificationChoices ssr=SsrMode::Async/>
                <Route path=path!("/account/tokens") view=account::Tokens ssr=SsrMode::Async/>
                <Route path=path!("/account/activity") view=account::Activity ssr=SsrMode::Async/>
                <Route path=path!("/account") view=account::Account ssr=SsrMode::Async/>
                <Route path=path!("/admin") view=admin::Dashboard ssr=SsrMode::Async/>
                <Route path=path!("/admin/notifications") view=account::NotificationInbox ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets") view=admin::Datasets ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets/new") view=admin::NewDataset ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets/:id") view=admin::DatasetPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets/:id/editions/:edition/versions/new") view=admin::NewVersion ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets/:id/editions/:edition/versions/:version") view=admin::VersionPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/files") view=admin::Files ssr=SsrMode::Async/>
                <Route path=path!("/admin/datasets/:id/editions/:edition/versions/:version/prepare/:step") view=admin::VersionWizard ssr=SsrMode::Async/>
                <Route path=path!("/admin/review") view=admin::ReviewQueue ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles") view=admin::Bundles ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/new") view=admin::NewBundle ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/reschedule") view=admin::BundlesReschedule ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/share") view=admin::BundlesShare ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id") view=admin::BundlePage ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/contents/add") view=admin::BundleContentsAdd ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/approve") view=admin::BundleApprove ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview") view=admin::BundlePreviewPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/:item/page") view=site::PreviewedVersion ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/:item/explore") view=site::PreviewedExplorer ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/:item/compare") view=site::PreviewedComparison ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/:item/quality") view=site::PreviewedQuality ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/:item/page") view=site::PreviewedVersion ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/:item/explore") view=site::PreviewedExplorer ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/:item/compare") view=site::PreviewedComparison ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/:item/quality") view=site::PreviewedQuality ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/release") view=site::PreviewedRelease ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/preview/calendar") view=site::PreviewedCalendar ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/release") view=site::PreviewedRelease ssr=SsrMode::Async/>
                <Route path=path!("/cy/admin/bundles/:id/preview/calendar") view=site::PreviewedCalendar ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/schedule") view=admin::BundleSchedule ssr=SsrMode::Async/>
                <Route path=path!("/admin/bundles/:id/publication") view=admin::BundlePublication ssr=SsrMode::Async/>
                <Route path=path!("/admin/queue") view=admin::Queue ssr=SsrMode::Async/>
                <Route path=path!("/admin/audit") view=administration::Audit ssr=SsrMode::Async/>
                <Route path=path!("/admin/users") view=administration::Users ssr=SsrMode::Async/>
                <Route path=path!("/admin/users/new") view=administration::NewUser ssr=SsrMode::Async/>
                <Route path=path!("/admin/users/:id") view=administration::UserPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/teams") view=administration::Teams ssr=SsrMode::Async/>
                <Route path=path!("/admin/teams/:id") view=administration::TeamPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/departments") view=administration::Departments ssr=SsrMode::Async/>
                <Route path=path!("/admin/departments/:id") view=administration::DepartmentPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/roles") view=administration::Roles ssr=SsrMode::Async/>
                <Route path=path!("/admin/service-tokens") view=administration::ServiceTokens ssr=SsrMode::Async/>
                <Route path=path!("/admin/webhooks") view=administration::Webhooks ssr=SsrMode::Async/>
                <Route path=path!("/admin/webhooks/:id") view=administration::WebhookPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/subscribers") view=administration::Subscribers ssr=SsrMode::Async/>
                <Route path=path!("/admin/settings") view=operations::Settings ssr=SsrMode::Async/>
                <Route path=path!("/ops") view=operations::Overview ssr=SsrMode::Async/>
                <Route path=path!("/ops/alerts") view=operations::Alerts ssr=SsrMode::Async/>
                <Route path=path!("/ops/incidents/:id") view=operations::IncidentPage ssr=SsrMode::Async/>
                <Route path=path!("/ops/health") view=operations::Health ssr=SsrMode::Async/>
                <Route path=path!("/ops/queue") view=operations::QueueDesk ssr=SsrMode::Async/>
                <Route path=path!("/ops/publications") view=operations::Publications ssr=SsrMode::Async/>
                <Route path=path!("/ops/failures") view=operations::Failures ssr=SsrMode::Async/>
                <Route path=path!("/ops/files") view=operations::FileQueue ssr=SsrMode::Async/>
                <Route path=path!("/ops/integrations") view=operations::Integrations ssr=SsrMode::Async/>
                <Route path=path!("/ops/performance") view=operations::Performance ssr=SsrMode::Async/>
                <Route path=path!("/ops/search-index") view=operations::SearchIndex ssr=SsrMode::Async/>
                <Route path=path!("/ops/limits") view=operations::Limits ssr=SsrMode::Async/>
                <Route path=path!("/ops/database") view=operations::Database ssr=SsrMode::Async/>
                <Route path=path!("/ops/logs") view=operations::Logs ssr=SsrMode::Async/>
                <Route path=path!("/ops/runbook") view=operations::Runbook ssr=SsrMode::Async/>
                <Route path=path!("/admin/topics") view=curation::Topics ssr=SsrMode::Async/>
                <Route path=path!("/admin/topics/:id") view=curation::TopicPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/search") view=curation::SearchDesk ssr=SsrMode::Async/>
                <Route path=path!("/admin/search/synonyms") view=curation::Synonyms ssr=SsrMode::Async/>
                <Route path=path!("/admin/search/synonyms/new") view=curation::NewSynonyms ssr=SsrMode::Async/>
                <Route path=path!("/admin/search/synonyms/:id") view=curation::SynonymPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/releases") view=curation::Releases ssr=SsrMode::Async/>
                <Route path=path!("/admin/releases/new") view=curation::NewRelease ssr=SsrMode::Async/>
                <Route path=path!("/admin/releases/:id") view=curation::ReleasePage ssr=SsrMode::Async/>
                <Route path=path!("/admin/archive") view=curation::Archive ssr=SsrMode::Async/>
                <Route path=path!("/admin/corrections") view=curation::Corrections ssr=SsrMode::Async/>
                <Route path=path!("/admin/corrections/new") view=curation::NewCorrection ssr=SsrMode::Async/>
                <Route path=path!("/admin/feedback") view=curation::FeedbackInbox ssr=SsrMode::Async/>
                <Route path=path!("/admin/imports") view=curation::Imports ssr=SsrMode::Async/>
                <Route path=path!("/admin/imports/:id") view=curation::ImportPage ssr=SsrMode::Async/>
                <Route path=path!("/admin/help") view=curation::Help ssr=SsrMode::Async/>
                <Route path=path!("/admin/help/:guide") view=curation::GuidePage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
