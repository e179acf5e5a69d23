//! Beginning a dataset.

#[cfg(not(target_family = "wasm"))]
use domain::slug::Slug;
use leptos::prelude::*;

use super::DatasetFields;
use crate::error::RpcError;

/// Begins a dataset and goes to its page; without an id it gets one that is made of its title, where one can be.
#[server(prefix = "/rpc", endpoint = "datasets/create")]
pub async fn create(
    #[server(default)] id: String,
    #[server(default)] department: String,
    #[server(flatten)] fields: DatasetFields,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let metadata = fields.metadata(domain::dataset::DatasetMetadata::default());
    let typed = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
    let is_made = typed.is_none() && !metadata.title.trim().is_empty();
    let id = typed.or_else(|| Slug::of_title(&metadata.title).map(|slug| slug.beside_new().into()));
    let new =
        services::datasets::NewDataset { id: id.unwrap_or_default(), kind: "static".to_owned(), department, metadata };
    let outcome = services::datasets::create(&services, &ctx, new).await;
    let outcome = if is_made { outcome.map_err(of_a_title) } else { outcome };
    crate::form::done("datasets/create", outcome, "/admin/datasets/new", |dataset| {
        (format!("/admin/datasets/{}", dataset.id), "The dataset was created. Begin its first edition.".to_owned())
    })
}

/// Says why an id is asked for that may be left empty: its title makes none.
#[cfg(not(target_family = "wasm"))]
fn of_a_title(mut error: services::ServiceError) -> services::ServiceError {
    if let services::ServiceError::Refused(domain::refusal::Refusal::Invalid { problems }) = &mut error {
        for problem in problems.iter_mut().filter(|problem| problem.field == "id" && problem.code == "required") {
            "No id can be made of this title. Give one.".clone_into(&mut problem.message);
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use domain::refusal::{FieldProblem, Refusal};

    use super::of_a_title;

    #[test]
    fn only_the_id_that_the_title_does_not_make_is_asked_for_in_other_words() {
        let problems = vec![FieldProblem::required("licence"), FieldProblem::required("id")];
        let services::ServiceError::Refused(Refusal::Invalid { problems }) =
            of_a_title(Refusal::Invalid { problems }.into())
        else {
            panic!("another refusal");
        };
        let said: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(said, ["This is needed.", "No id can be made of this title. Give one."]);
    }
}
