//! Clients of other systems: the only crate that sends requests out of the catalogue, apart from the object storage.
