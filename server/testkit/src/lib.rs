//! Databases, builders, actors and a clock for tests; never part of the program.

pub mod builders;
pub mod databases;
pub mod foreign_s3;
pub mod fuzz;
pub mod large;
pub mod mail_server;
pub mod receiver;
pub mod relevance;
pub mod scheduled;
