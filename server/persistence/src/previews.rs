//! What is shared with somebody's teams: bundles that name a team, and the versions in them, for conditions of other queries.
//! A single bundle, or a single version, takes the place of the teams' where its pages are looked at as they will be.

use domain::policy::Preview;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ExprTrait};

use crate::entities::{bundle, bundle_content, bundle_team, version};

/// The ids of the bundles that name one of the teams, or of the one bundle.
pub(crate) fn bundles(preview: &Preview) -> SelectStatement {
    if let Some(id) = &preview.bundle {
        return Query::select()
            .column(bundle::Column::Id)
            .from(bundle::Entity)
            .and_where(bundle::Column::Id.eq(id))
            .to_owned();
    }
    Query::select()
        .column(bundle_team::Column::BundleId)
        .from(bundle_team::Entity)
        .and_where(bundle_team::Column::TeamId.is_in(&preview.teams))
        .to_owned()
}

/// The row ids of the versions in shared bundles, within the limit, or of the one version.
pub(crate) fn versions(preview: &Preview) -> SelectStatement {
    if let Some(id) = &preview.version {
        return Query::select()
            .column(version::Column::Id)
            .from(version::Entity)
            .and_where(version::Column::Id.eq(id))
            .to_owned();
    }
    let mut shared = Query::select();
    shared.column((bundle_content::Entity, bundle_content::Column::VersionId)).from(bundle_content::Entity);
    match &preview.bundle {
        Some(id) => shared.and_where(bundle_content::Column::BundleId.eq(id)),
        None => shared
            .inner_join(
                bundle_team::Entity,
                Expr::col((bundle_team::Entity, bundle_team::Column::BundleId))
                    .equals((bundle_content::Entity, bundle_content::Column::BundleId)),
            )
            .and_where(bundle_team::Column::TeamId.is_in(&preview.teams)),
    };
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
