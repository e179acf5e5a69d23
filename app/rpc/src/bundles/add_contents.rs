//! Putting many versions into a bundle.

use leptos::prelude::*;

use crate::error::RpcError;

/// Puts the ticked versions, and those whose names were pasted, into a bundle in preparation: all or none.
#[server(prefix = "/rpc", endpoint = "bundles/add-contents")]
pub async fn add_contents(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] versions: Vec<String>,
    #[server(default)] pasted: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match read(&versions, &pasted) {
        Ok(keys) => {
            let names: Vec<String> =
                keys.iter().map(|key| format!("{}/{}/{}", key.dataset_id, key.edition, key.version)).collect();
            let expected = Some(super::number(&revision));
            let filled = services::bundles::add_contents(&services, &ctx, &id, expected, &keys).await;
            filled.map(|bundle| (bundle, names))
        }
        Err(refusal) => Err(refusal.into()),
    };
    let page = format!("/admin/bundles/{id}/contents/add");
    crate::form::done("bundles/add-contents", outcome, &page, |(bundle, names)| {
        let count = names.len();
        let words =
            if count == 1 { "One version was added.".to_owned() } else { format!("{count} versions were added.") };
        super::undo::leave("bundles/add-contents", &bundle.id, super::Undo::TakeOut(names.clone()), words);
        (bundle.admin_path(), String::new())
    })
}

/// Every version that is named, once; what cannot be read is told line by line.
#[cfg(not(target_family = "wasm"))]
fn read(versions: &[String], pasted: &str) -> Result<Vec<services::versions::VersionKey>, domain::refusal::Refusal> {
    use domain::refusal::{FieldProblem, Refusal};

    let typed = pasted.split([',', ';', '\n']).map(str::trim).filter(|name| !name.is_empty());
    let (mut keys, mut problems) = (Vec::new(), Vec::new());
    for name in versions.iter().map(String::as_str).chain(typed) {
        match crate::versions::read_reference(name).filter(|key| key.version > 0) {
            Some(key) if keys.contains(&key) => {}
            Some(key) => keys.push(key),
            None => {
                let message = format!("{name} names no version. Write it as dataset/edition/number.");
                problems.push(FieldProblem::new("pasted", "unreadable", message));
            }
        }
    }
    domain::refusal::all_valid(problems)?;
    if keys.is_empty() {
        return Err(Refusal::field("pasted", "required", "Tick at least one version, or paste its name."));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn ticked_and_pasted_names_are_one_list() {
        let keys = read(&["gdp/series/1".into()], "gdp/series/1\n cpi/series/2, ").unwrap();
        assert_eq!(keys.iter().map(|key| key.dataset_id.as_str()).collect::<Vec<_>>(), ["gdp", "cpi"]);
        assert!(read(&[], "  ").is_err());
        assert!(read(&[], "gdp").is_err());
        assert!(read(&[], "gdp/series/none").is_err());
    }
}
