//! What a dataset is derived from.

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::text::{check_href, check_line};

/// What a dataset is derived from, such as another dataset or the population of a census.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BasedOn {
    /// What kind of thing that is, such as `dataset` or `population`.
    #[serde(rename = "@type")]
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "dataset"))]
    pub kind: String,
    /// Its address, or a code such as that of a census population.
    #[serde(rename = "@id")]
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "https://example.org/datasets/prices"))]
    pub id: String,
}

impl BasedOn {
    /// Whether it is named by an address: one that begins with a protocol, or a path of this site.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.id.contains("://") || self.id.starts_with('/')
    }

    /// Every problem of both parts, under the name of the field that holds them.
    pub(super) fn check(&self, problems: &mut Vec<FieldProblem>, field: &str) {
        check_line(problems, &format!("{field}.@type"), &self.kind, 100);
        let id = format!("{field}.@id");
        if self.is_address() {
            check_href(problems, &id, &self.id);
        } else {
            check_line(problems, &id, &self.id, 300);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(kind: &str, id: &str) -> Vec<String> {
        let mut problems = Vec::new();
        BasedOn { kind: kind.into(), id: id.into() }.check(&mut problems, "is_based_on");
        problems.into_iter().map(|p| format!("{} {}", p.field, p.code)).collect()
    }

    #[test]
    fn it_is_named_by_an_address_or_a_code() {
        for id in ["https://example.org/prices", "/catalogue/prices", "UR"] {
            assert!(problems("dataset", id).is_empty(), "{id}");
        }
        assert_eq!(problems("", ""), ["is_based_on.@type required", "is_based_on.@id required"]);
        assert_eq!(problems("dataset", "ftp://example.org"), ["is_based_on.@id invalid_link"]);
        assert_eq!(problems("dataset", &"x".repeat(301)), ["is_based_on.@id too_long"]);
    }

    #[test]
    fn its_names_on_the_wire_are_those_of_linked_data() {
        let told = serde_json::to_value(BasedOn { kind: "population".into(), id: "UR".into() }).unwrap();
        assert_eq!(told, serde_json::json!({"@type": "population", "@id": "UR"}));
    }
}
