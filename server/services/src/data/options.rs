//! What a dimension offers under the other choices.

use domain::page::{Page, Paging};
use domain::refusal::all_valid;
use domain::selection::Selection;
use domain::table::{DimensionOptions, MAX_KEPT_OPTIONS, OptionCount};
use persistence::files::StoredFile;

use super::rows::refused;
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, audit};

/// A page of options.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Those of this page, among all that were found.
    pub page: Page<OptionCount>,
    /// Whether all that there are were found; of very many the first are.
    pub complete: bool,
}

/// A page of the options of a dimension whose code or label holds the text, each with the rows that the filters on the other
/// dimensions leave it.
///
/// # Errors
/// `NotFound` where the version is hidden or has no such table, `Invalid` with everything that the table does not have.
pub async fn options(
    services: &Services,
    ctx: &Ctx,
    (key, file): (&VersionKey, Option<&str>),
    name: &str,
    choices: (Selection, Option<String>),
    paging: Paging,
) -> Result<Offered> {
    let (selection, search) = choices;
    let stored = super::find(services, ctx, key, file).await?;
    let table = super::open(services, &stored).await?;
    // A refusal tells of the table, too.
    audit::preview_of_file(services, ctx, &stored).await?;
    all_valid(super::problems(services, &table, &selection).await?)?;
    let name = name.to_owned();
    let found = services.tables.in_turn(move || {
        let (limit, offset) = (paging.limit as usize, paging.offset as usize);
        table.find_options(&name, &selection, search.as_deref().unwrap_or(""), limit, offset)
    });
    let found = found.await?.map_err(refused)?;
    Ok(Offered { page: Page::new(found.options, found.total, paging), complete: found.complete })
}

/// What these dimensions of a table hold, as much of it as is kept.
///
/// # Errors
/// Where the table cannot be read.
pub(crate) async fn all_options(
    services: &Services,
    stored: &StoredFile,
    names: Vec<String>,
) -> Result<Vec<DimensionOptions>> {
    let table = super::open(services, stored).await?;
    let found = services.tables.in_turn(move || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        table.all_option_counts(&Selection::default(), &names, MAX_KEPT_OPTIONS)
    });
    found.await?.map_err(refused)
}
