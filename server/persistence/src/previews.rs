//! What is shared with somebody's teams: bundles that name a team, and the versions in them, for conditions of other queries.

use domain::policy::Preview;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ExprTrait};

use crate::entities::{bundle_content, bundle_team, version};

/// The ids of the bundles that name one of the teams.
pub(crate) fn bundles(preview: &Preview) -> SelectStatement {
    Query::select()
        .column(bundle_team::Column::BundleId)
        .from(bundle_team::Entity)
        .and_where(bundle_team::Column::TeamId.is_in(&preview.teams))
        .to_owned()
}

/// The row ids of the versions in shared bundles, within the limit.
pub(crate) fn versions(preview: &Preview) -> SelectStatement {
    let mut shared = Query::select()
        .column((bundle_content::Entity, bundle_content::Column::VersionId))
        .from(bundle_content::Entity)
        .inner_join(
            bundle_team::Entity,
            Expr::col((bundle_team::Entity, bundle_team::Column::BundleId))
                .equals((bundle_content::Entity, bundle_content::Column::BundleId)),
        )
        .and_where(bundle_team::Column::TeamId.is_in(&preview.teams))
        .to_owned();
    if !preview.is_unlimited() {
        let within = Query::select()
            .column(version::Column::Id)
            .from(version::Entity)
            .and_where(
                version::Column::DatasetId
                    .in_subquery(crate::datasets::reached(&preview.departments, &preview.datasets)),
            )
            .to_owned();
        shared.and_where(bundle_content::Column::VersionId.in_subquery(within));
    }
    shared
}

/// The ids of the datasets that have a version in a shared bundle.
pub(crate) fn datasets(preview: &Preview) -> SelectStatement {
    Query::select()
        .column(version::Column::DatasetId)
        .from(version::Entity)
        .and_where(version::Column::Id.in_subquery(versions(preview)))
        .to_owned()
}
