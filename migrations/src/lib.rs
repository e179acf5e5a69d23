//! The schema's history, one step a file; knows no other crate of ours.
//!
//! Rules: steps are plain SQL that SQLite and PostgreSQL both read, triggers apart; a step that has been released is never edited;
//! instants are `BIGINT` microseconds since 1970-01-01 UTC; JSON documents are `TEXT`; every step can be taken back.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_accounts;
mod m0002_datasets;
mod m0003_bundles;
mod m0004_records;
mod m0005_audit_chain;
mod m0006_ways_to_sign_in;
mod m0007_session_details;
mod m0008_people;
mod m0009_topics;
mod m0010_releases;
mod m0011_edge;
mod m0012_dataset_details;
mod m0013_bundle_lists;
mod m0014_large_catalogues;
mod m0015_approved_drafts;
mod m0016_deliveries;
mod m0017_lighter_reads;
mod m0018_access_history;
mod m0019_publication_log;
mod m0020_subscriptions;
mod m0021_outbox_holders;
mod m0022_uploads;
mod m0023_file_jobs;
mod m0025_filters;
mod m0026_archiving;
mod m0027_images;
mod m0028_public_pages;
mod m0030_bundle_remarks;
mod m0031_feedback_notes;
mod m0032_incidents;
mod m0033_corrections_index;
mod m0034_presence;
mod m0035_saved_views;
mod m0036_output_jobs;
mod m0037_public_incidents;
mod m0038_confirmed_files;
mod m0040_own_tokens_and_notifications;
mod m0041_office_settings;
mod m0042_desk_lists;
mod m0043_backups;
mod m0044_search_desk;
mod m0045_public_keys;
mod m0048_people_and_callers;
mod m0049_bundle_reminders;
mod m0051_edition_order;
mod m0052_nothing_replaced;
mod m0053_withdrawn_images;
mod m0054_remembered_devices;
mod m0055_imports;
mod m0057_title_order;
mod m0058_owners_and_runs;
mod m0059_release_indexes;
mod m0060_letter_times;
mod m0061_version_comments;
mod m0063_alert_silences;
mod m0066_edition_editors;
mod m0068_dataset_uses;
mod m0069_pre_release_access;
mod m0070_passkeys;

/// Takes a database to the present schema, or back.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_datasets::Migration),
            Box::new(m0003_bundles::Migration),
            Box::new(m0004_records::Migration),
            Box::new(m0005_audit_chain::Migration),
            Box::new(m0006_ways_to_sign_in::Migration),
            Box::new(m0007_session_details::Migration),
            Box::new(m0008_people::Migration),
            Box::new(m0009_topics::Migration),
            Box::new(m0010_releases::Migration),
            Box::new(m0011_edge::Migration),
            Box::new(m0012_dataset_details::Migration),
            Box::new(m0013_bundle_lists::Migration),
            Box::new(m0014_large_catalogues::Migration),
            Box::new(m0015_approved_drafts::Migration),
            Box::new(m0016_deliveries::Migration),
            Box::new(m0017_lighter_reads::Migration),
            Box::new(m0018_access_history::Migration),
            Box::new(m0019_publication_log::Migration),
            Box::new(m0020_subscriptions::Migration),
            Box::new(m0021_outbox_holders::Migration),
            Box::new(m0022_uploads::Migration),
            Box::new(m0023_file_jobs::Migration),
            Box::new(m0025_filters::Migration),
            Box::new(m0026_archiving::Migration),
            Box::new(m0027_images::Migration),
            Box::new(m0028_public_pages::Migration),
            Box::new(m0030_bundle_remarks::Migration),
            Box::new(m0031_feedback_notes::Migration),
            Box::new(m0032_incidents::Migration),
            Box::new(m0033_corrections_index::Migration),
            Box::new(m0034_presence::Migration),
            Box::new(m0035_saved_views::Migration),
            Box::new(m0036_output_jobs::Migration),
            Box::new(m0037_public_incidents::Migration),
            Box::new(m0038_confirmed_files::Migration),
            Box::new(m0040_own_tokens_and_notifications::Migration),
            Box::new(m0041_office_settings::Migration),
            Box::new(m0042_desk_lists::Migration),
            Box::new(m0043_backups::Migration),
            Box::new(m0044_search_desk::Migration),
            Box::new(m0045_public_keys::Migration),
            Box::new(m0048_people_and_callers::Migration),
            Box::new(m0049_bundle_reminders::Migration),
            Box::new(m0051_edition_order::Migration),
            Box::new(m0052_nothing_replaced::Migration),
            Box::new(m0053_withdrawn_images::Migration),
            Box::new(m0054_remembered_devices::Migration),
            Box::new(m0055_imports::Migration),
            Box::new(m0057_title_order::Migration),
            Box::new(m0058_owners_and_runs::Migration),
            Box::new(m0059_release_indexes::Migration),
            Box::new(m0060_letter_times::Migration),
            Box::new(m0061_version_comments::Migration),
            Box::new(m0063_alert_silences::Migration),
            Box::new(m0066_edition_editors::Migration),
            Box::new(m0068_dataset_uses::Migration),
            Box::new(m0069_pre_release_access::Migration),
            Box::new(m0070_passkeys::Migration),
        ]
    }
}

/// Runs statements one by one, so that both databases report which one failed.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
