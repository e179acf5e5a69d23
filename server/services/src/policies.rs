//! Policies: every grant there is, of people, teams and service tokens, as things of their own; and a tester of rights.

mod change;
mod check;
mod holder;
mod read;

pub use change::{create, delete, replace};
pub use check::{Question, Verdict, check};
pub use read::{PolicyFilter, find, list};
