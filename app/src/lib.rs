//! What people see: pages, layouts, components and islands.

#![recursion_limit = "512"]

pub mod addresses;
pub mod chart;
pub mod components;
pub mod i18n;
pub mod islands;
pub mod layout;
pub mod pages;

pub mod shell;

pub use addresses::App;
pub use shell::shell;
