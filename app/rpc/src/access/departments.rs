//! The pages about departments, and making, renaming and deleting them.

use domain::administration::{DepartmentPage, DepartmentRow};
use domain::page::Page;
use leptos::prelude::*;

use crate::error::RpcError;

/// The departments whose title holds a text; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "access/departments")]
pub async fn department_list(q: String, page: u32) -> Result<Page<DepartmentRow>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let title = Some(q.trim()).filter(|q| !q.is_empty());
    Ok(services::departments::desk(&services, &ctx, title, crate::form::paging(page)).await?)
}

/// One department.
#[server(prefix = "/rpc", endpoint = "access/department")]
pub async fn department_read(id: String) -> Result<DepartmentPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (department, revision, in_the_way) = services::departments::sheet(&services, &ctx, &id).await?;
    let history = super::history_of(&services, &ctx, "department", &id).await?;
    Ok(DepartmentPage { department, revision, in_the_way, history })
}

/// Makes a department and goes to its page.
#[server(prefix = "/rpc", endpoint = "access/create-department")]
pub async fn create_department(
    #[server(default)] id: String,
    #[server(default)] title: String,
    #[server(default)] title_cy: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::departments::create(&services, &ctx, native::typed(&id, &title, &title_cy)).await;
    crate::form::done("access/create-department", outcome, "/admin/departments", |department| {
        (format!("/admin/departments/{}", department.id), "The department was made.".to_owned())
    })
}

/// Replaces a department's titles.
#[server(prefix = "/rpc", endpoint = "access/edit-department")]
pub async fn edit_department(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] title: String,
    #[server(default)] title_cy: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (revision, department) = (crate::bundles::number(&revision), native::typed(&id, &title, &title_cy));
    let outcome = services::departments::edit(&services, &ctx, revision, department).await;
    let page = format!("/admin/departments/{id}");
    crate::form::done("access/edit-department", outcome, &page, |_| {
        (page.clone(), "The department was saved.".to_owned())
    })
}

/// Deletes a department that nothing belongs to and that no grant names.
#[server(prefix = "/rpc", endpoint = "access/delete-department")]
pub async fn delete_department(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::departments::delete(&services, &ctx, &id, crate::bundles::number(&revision)).await;
    crate::form::done("access/delete-department", outcome, &format!("/admin/departments/{id}"), |()| {
        ("/admin/departments".to_owned(), "The department was deleted.".to_owned())
    })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::topic::Department;

    /// A department as it was typed.
    pub fn typed(id: &str, title: &str, title_cy: &str) -> Department {
        let title_cy = Some(title_cy.trim().to_owned()).filter(|title| !title.is_empty());
        Department { id: id.trim().to_owned(), title: title.trim().to_owned(), title_cy }
    }
}
