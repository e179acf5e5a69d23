//! Forms and reads of the portal about datasets.

mod admin_page;
mod change_several;
mod create;
mod create_edition;
mod delete;
mod delete_edition;
mod edit;
mod edit_edition;
mod fields;
mod form;
mod list;
mod move_edition;
mod publish_metadata;

pub use admin_page::{AdminPage, admin_page};
pub use change_several::{ChangeSeveral, change_several};
pub use create::{Create, create};
pub use create_edition::{CreateEdition, create_edition};
pub use delete::{Delete, delete};
pub use delete_edition::{DeleteEdition, delete_edition};
pub use edit::{Edit, edit};
pub use edit_edition::{EditEdition, edit_edition};
pub use form::{Form, form};
pub use list::{List, list};
pub use move_edition::{MoveEdition, move_edition};
pub use publish_metadata::{PublishMetadata, publish_metadata};

pub use fields::DatasetFields;
