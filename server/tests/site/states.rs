//! State machines, through the services: who may take which step from where, and what happens when two try at once.

mod fixtures;
mod races;
mod triples;
