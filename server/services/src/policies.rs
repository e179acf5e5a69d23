//! Policies: every grant that was given here, of people, teams and service tokens, as things of their own; and a tester of rights, which
//! also knows what groups at the sign-in service bring.

mod change;
mod check;
mod holder;
mod read;

pub use change::{create, delete, replace};
pub use check::{Question, Verdict, check};
pub use read::{PolicyFilter, find, list};
