//! Finds in an answer that somebody was refused for want of a right, so that it is recorded once, whoever answered.

use axum::response::Response;
use domain::refusal::Refusal;
use rpc::visit::Changes;
use services::audit::RefusedRight;

use super::submitted::Submitted;

/// What a rendered answer remembers of a refused right.
#[derive(Clone, Debug)]
pub struct Marker {
    /// `FORBIDDEN` or `FOUR_EYES_REQUIRED`.
    pub code: &'static str,
    /// What the caller was told.
    pub message: String,
    /// The missing permission.
    pub permission: Option<String>,
}

/// What was asked, kept until the answer is there.
#[derive(Clone, Debug)]
pub struct Question {
    asked: String,
    about: (String, String),
}

impl Question {
    /// The question of a request: method, path, and the thing that the address or the form names.
    #[must_use]
    pub fn of(request: &axum::extract::Request) -> Self {
        let path = request.uri().path();
        let fields = request.extensions().get::<Submitted>().map_or(&[][..], |form| &form.0);
        Self { asked: format!("{} {path}", request.method()), about: thing_of(path, fields) }
    }

    /// The refused right in an answer of the API or among what a page's functions left, if there is one.
    #[must_use]
    pub fn refused(self, answer: &mut Response, changes: &Changes) -> Option<RefusedRight> {
        let of_page = || changes.refused.as_ref().and_then(marker_of);
        let marker = answer.extensions_mut().remove::<Marker>().or_else(of_page)?;
        Some(RefusedRight {
            code: marker.code.to_owned(),
            message: marker.message,
            permission: marker.permission,
            asked: self.asked,
            resource_type: self.about.0,
            resource_id: self.about.1,
        })
    }
}

fn marker_of(refusal: &Refusal) -> Option<Marker> {
    let message = refusal.to_string();
    match refusal {
        Refusal::Forbidden { permission } => {
            Some(Marker { code: "FORBIDDEN", message, permission: Some(permission.clone()) })
        }
        other if other.is_of_four_eyes() => Some(Marker { code: "FOUR_EYES_REQUIRED", message, permission: None }),
        _ => None,
    }
}

/// Kind and id of what a path names, or a form in its fields; else the path itself.
fn thing_of(path: &str, fields: &[(String, String)]) -> (String, String) {
    let words: Vec<&str> = path.trim_matches('/').split('/').filter(|word| *word != "v1").collect();
    let thing = |kind: &str, id: String| (kind.to_owned(), id);
    let field =
        |name: &str| fields.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, v)| v.clone());
    match words.as_slice() {
        ["bundles", id, ..] | ["admin", "bundles", id, ..] => thing("bundle", (*id).to_owned()),
        ["datasets" | "catalogue", id, "editions", edition, "versions", version, ..]
        | ["admin", "datasets", id, "editions", edition, "versions", version, ..] => {
            thing("version", format!("{id}/{edition}/{version}"))
        }
        ["datasets", id, ..] | ["admin", "datasets", id, ..] => thing("dataset", (*id).to_owned()),
        ["files", id] | ["files", id, ..] => thing("file", (*id).to_owned()),
        ["users" | "invitations", id, ..] => thing("user", (*id).to_owned()),
        ["teams", id, ..] => thing("team", (*id).to_owned()),
        ["service-tokens", id, ..] => thing("service_token", (*id).to_owned()),
        ["topics", id, ..] => thing("topic", (*id).to_owned()),
        ["imports", id, ..] => thing("import", (*id).to_owned()),
        ["search", "synonyms", id, ..] => thing("search_synonym", (*id).to_owned()),
        ["search", "pins", id, ..] => thing("search_pin", (*id).to_owned()),
        ["rpc", "bundles", ..] if field("id").is_some() => thing("bundle", field("id").unwrap_or_default()),
        ["rpc", "versions" | "datasets", ..] => match (field("dataset_id"), field("edition"), field("version")) {
            (Some(dataset), Some(edition), Some(version)) => thing("version", format!("{dataset}/{edition}/{version}")),
            (Some(dataset), ..) => thing("dataset", dataset),
            _ => field("id").map_or_else(|| thing("address", path.to_owned()), |id| thing("dataset", id)),
        },
        _ => thing("address", path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use domain::refusal::Blocker;

    use super::*;

    #[test]
    fn the_thing_is_named_by_address_or_form() {
        let named = |path: &str, fields: &[(&str, &str)]| {
            let fields: Vec<_> = fields.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            let (kind, id) = thing_of(path, &fields);
            format!("{kind} {id}")
        };
        assert_eq!(named("/v1/bundles/b/approve", &[]), "bundle b");
        assert_eq!(named("/datasets/a/editions/b/versions/1/approve", &[]), "version a/b/1");
        assert_eq!(named("/datasets/a/editions", &[]), "dataset a");
        assert_eq!(named("/rpc/bundles/approve", &[("id", "b")]), "bundle b");
        assert_eq!(
            named("/rpc/versions/approve", &[("dataset_id", "a"), ("edition", "b"), ("version", "1")]),
            "version a/b/1"
        );
        assert_eq!(named("/rpc/datasets/edit", &[("id", "a")]), "dataset a");
        assert_eq!(named("/v1/invitations/u/send", &[]), "user u");
        assert_eq!(named("/v1/search/synonyms/s/switch-on", &[]), "search_synonym s");
        assert_eq!(named("/v1/search/pins/p", &[]), "search_pin p");
        assert_eq!(named("/v1/search/pins", &[]), "address /v1/search/pins");
        assert_eq!(named("/audit", &[]), "address /audit");
    }

    #[test]
    fn only_rights_count_as_refused_rights() {
        assert!(marker_of(&Refusal::NotFound).is_none());
        assert!(marker_of(&Refusal::Stale).is_none());
        assert_eq!(marker_of(&Refusal::FourEyes { message: "no".into() }).unwrap().code, "FOUR_EYES_REQUIRED");
        // Other reasons beside it do not hide it.
        let blocked = |codes: &[&str]| Refusal::Blocked {
            message: "no".into(),
            blockers: codes.iter().map(|code| Blocker::new(code, "no")).collect(),
        };
        assert_eq!(marker_of(&blocked(&["four_eyes", "no_files"])).unwrap().code, "FOUR_EYES_REQUIRED");
        assert!(marker_of(&blocked(&["no_files"])).is_none());
    }
}
