//! What people see: pages, layouts, components and islands.

pub mod chart;
pub mod components;
pub mod i18n;
pub mod islands;
pub mod layout;
pub mod pages;
pub mod routes;
pub mod shell;

pub use routes::App;
pub use shell::shell;
