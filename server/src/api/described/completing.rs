//! One pass over what the handlers said, which makes a whole document of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{examples, names, operations, schemas, shared, tags};

/// What the document says of this installation.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// What the site is called.
    pub(super) site_name: String,
    /// The site's public address.
    pub(super) public_url: String,
    /// Whom to ask.
    pub(super) contact_email: Option<String>,
}

/// What every reader should know first.
const INTRODUCTION: &str = "\
Everything that the site shows can be read as JSON, and everything that editors do can be done by programs.

- **Reading** what is published needs no key. Lists come in pages: `limit` (at most 1000), `offset`, and links to the pages beside.
- **Writing** needs `Authorization: Bearer` with a service token or a token of the sign-in service, and the permission named with each \
operation. What a caller may not know of is answered like what does not exist: 404.
- **Changing** needs the entity tag of what was read, in `If-Match`. Reads answer 304 to `If-None-Match`. A `POST` with an \
`Idempotency-Key` may be repeated safely.
- **Errors** share one envelope, `ErrorEnvelope`, with a stable `code`, a sentence and the request's id.
- Operations marked `x-unprefixed` answer at the same address without `/v1` too. `HEAD` answers wherever `GET` does. A method that an \
address does not take is answered 405 with `Allow`. Times are RFC 3339 in UTC. Browsers that prefer HTML are sent on to the page for an \
address (303).";

/// The whole document; `unprefixed` are the paths, relative to `/v1`, that are also served without it.
pub(super) fn complete(
    api: &OpenApi,
    unprefixed: &BTreeSet<String>,
    about: &About,
) -> Result<Value, serde_json::Error> {
    let said = serde_json::to_value(api)?;
    let mut components = said["components"]["schemas"].as_object().cloned().unwrap_or_default();
    names::share_items(&mut components);
    schemas::merge_flattened(&mut components);
    names::drop_noise(&mut components);
    let mut paths = Map::new();
    let mut used = Vec::new();
    for (path, item) in said["paths"].as_object().into_iter().flatten() {
        let mut completed = Map::new();
        for (method, operation) in item.as_object().into_iter().flatten() {
            let mut operation = operation.as_object().cloned().unwrap_or_default();
            schemas::make_patches(&mut components, method, &mut operation);
            operations::complete(path, method, &mut operation, unprefixed.contains(path));
            if let Some(tag) = operation["tags"][0].as_str()
                && !used.iter().any(|known| known == tag)
            {
                used.push(tag.to_owned());
            }
            completed.insert(method.clone(), Value::Object(operation));
        }
        paths.insert(format!("/v1{path}"), Value::Object(completed));
    }
    let mut parts = shared::components();
    parts["schemas"] = Value::Object(components);
    schemas::drop_unused(&paths, &mut parts);
    let mut whole = json!({
        "openapi": "3.1.0",
        "info": info(about),
        "servers": [{"url": about.public_url, "description": about.site_name}],
        "tags": tags::described(&used),
        "paths": paths,
        "components": parts,
    });
    names::shorten(&mut whole);
    examples::fill_bodies(&mut whole);
    Ok(whole)
}

fn info(about: &About) -> Value {
    let mut contact = json!({"name": about.site_name, "url": format!("{}/developers", about.public_url)});
    if let Some(email) = &about.contact_email {
        contact["email"] = json!(email);
    }
    json!({
        "title": format!("{} API", about.site_name),
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Find, read and publish official statistics.",
        "description": INTRODUCTION,
        "contact": contact,
        "license": {"name": "MIT", "identifier": "MIT"},
    })
}
