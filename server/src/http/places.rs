//! What sort of address it is: decides the form of errors, what a public node hides, and who may read from elsewhere.

/// A sort of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Styles, images and the browser's module.
    Asset,
    /// Health and metrics.
    Health,
    /// API paths whose reads are public.
    PublicApi,
    /// API paths that nobody uses without a right.
    PrivateApi,
    /// Server functions that public pages use.
    PublicForm,
    /// All other server functions.
    PrivateForm,
    /// Pages of the portal and of accounts.
    Portal,
    /// Public pages.
    Page,
}

impl Place {
    /// The sort of a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let mut words = path.trim_start_matches('/').split('/');
        let first = words.next().unwrap_or("");
        let rest: Vec<&str> = words.collect();
        match first {
            "assets" | "pkg" | "favicon.ico" => Self::Asset,
            "health" | "healthcheck" | "metrics" => Self::Health,
            "v1" => match rest.split_first() {
                Some((&("health" | "healthcheck" | "metrics"), _)) => Self::Health,
                Some((first, rest)) => api(first, rest).unwrap_or(match (*first, rest) {
                    ("search", ["synonyms" | "pins", ..]) => Self::PrivateApi,
                    (
                        "topics" | "search" | "releases" | "publication-log" | "subscriptions" | "openapi.json"
                        | "catalog.ttl" | "catalog.jsonld",
                        _,
                    ) => Self::PublicApi,
                    _ => Self::PrivateApi,
                }),
                None => Self::PrivateApi,
            },
            "rpc" if matches!(rest.first(), Some(&("catalogue" | "subscriptions" | "feedback" | "filters"))) => {
                Self::PublicForm
            }
            "rpc" => Self::PrivateForm,
            "admin" if rest.first() == Some(&"database") => Self::PrivateApi,
            "cy" => match rest.first() {
                Some(&("admin" | "account" | "ops")) => Self::Portal,
                _ => Self::Page,
            },
            "admin" | "account" | "ops" => Self::Portal,
            _ => api(first, &rest).unwrap_or(Self::Page),
        }
    }

    /// Whether errors there are told in the envelope.
    #[must_use]
    pub const fn is_api(self) -> bool {
        matches!(self, Self::Health | Self::PublicApi | Self::PrivateApi)
    }

    /// Whether people see it in a browser.
    #[must_use]
    pub const fn is_page(self) -> bool {
        matches!(self, Self::Portal | Self::Page)
    }

    /// A word for metrics.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Health => "health",
            Self::PublicApi | Self::PrivateApi => "api",
            Self::PublicForm | Self::PrivateForm => "form",
            Self::Portal => "portal",
            Self::Page => "page",
        }
    }
}

/// The paths that answer with and without `/v1` (runbook, "API Endpoints").
fn api(first: &str, rest: &[&str]) -> Option<Place> {
    Some(match (first, rest) {
        ("datasets", [.., "tracking-status" | "archive-hold"] | [_, "editions", _, "versions", _, "comments"])
        | ("departments", [_, "archive-policy" | "archive-report"]) => Place::PrivateApi,
        ("datasets" | "departments" | "images" | "filters" | "filter-outputs", _) | ("files", ["downloads", ..]) => {
            Place::PublicApi
        }
        (
            "files" | "bundles" | "publish-queue" | "wagtail" | "users" | "teams" | "roles" | "policies"
            | "service-tokens" | "webhooks" | "audit" | "permissions",
            _,
        )
        | ("admin", ["database", ..]) => Place::PrivateApi,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_place() {
        for (path, place) in [
            ("/", Place::Page),
            ("/search", Place::Page),
            ("/cy/topics/a", Place::Page),
            ("/cy/admin", Place::Portal),
            ("/admin/bundles", Place::Portal),
            ("/admin/database/reset-connections", Place::PrivateApi),
            ("/datasets/a/editions/b/versions/1", Place::PublicApi),
            ("/datasets/a/editions/b/versions/1/comments", Place::PrivateApi),
            ("/v1/datasets/a/editions/b/versions/1/comments", Place::PrivateApi),
            ("/datasets/a/editions/b/versions/comments", Place::PublicApi),
            ("/datasets/a/tracking-status", Place::PrivateApi),
            ("/files/downloads/a/b.csv", Place::PublicApi),
            ("/files/a", Place::PrivateApi),
            ("/v1/files/upload", Place::PrivateApi),
            ("/v1/topics", Place::PublicApi),
            ("/topics", Place::Page),
            ("/v1/search", Place::PublicApi),
            ("/v1/search/suggest", Place::PublicApi),
            ("/v1/search/synonyms", Place::PrivateApi),
            ("/v1/search/synonyms/a/switch-off", Place::PrivateApi),
            ("/v1/search/pins/a", Place::PrivateApi),
            ("/v1/invitations", Place::PrivateApi),
            ("/v1/publication-log/verify", Place::PublicApi),
            ("/publication-log", Place::Page),
            ("/v1", Place::PrivateApi),
            ("/v1/nothing", Place::PrivateApi),
            ("/rpc/catalogue/search", Place::PublicForm),
            ("/rpc/account/sign-in", Place::PrivateForm),
            ("/rpc/subscriptions/subscribe", Place::PublicForm),
            ("/v1/subscriptions/confirm", Place::PublicApi),
            ("/rpc/feedback/give", Place::PublicForm),
            ("/rpc/filters/keep", Place::PublicForm),
            ("/outputs/a", Place::Page),
            ("/v1/feedback", Place::PrivateApi),
            ("/feedback", Place::Page),
            ("/catalogue/a/feed.atom", Place::Page),
            ("/subscribe/manage", Place::Page),
            ("//v1/datasets", Place::PublicApi),
            ("/health", Place::Health),
            ("/assets/a.css", Place::Asset),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
