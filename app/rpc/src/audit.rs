//! Reads of the audit trail.

mod list;

pub use list::{AuditListRead, audit_list_read};
