//! Forms and reads of the portal about datasets.

mod admin_page;
mod create;
mod create_edition;
mod delete;
mod edit;
mod fields;
mod form;
mod list;

pub use admin_page::{AdminPage, admin_page};
pub use create::{Create, create};
pub use create_edition::{CreateEdition, create_edition};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
pub use form::{Form, form};
pub use list::{List, list};

pub use fields::DatasetFields;
