//! By whom a setting is changed, and on which page.

use super::SettingName;
use crate::policy::Permission;

impl SettingName {
    /// The rights of which one is enough to change it: limits of rate are for whoever runs the program, too, since they have to be
    /// changed while somebody asks too much.
    #[must_use]
    pub const fn changed_with(self) -> &'static [Permission] {
        match self {
            Self::RateLimits => &[Permission::SystemOperate, Permission::SettingsWrite],
            Self::Banner
            | Self::Maintenance
            | Self::FourEyes
            | Self::PublicationTimes
            | Self::Sessions
            | Self::Reminders => &[Permission::SettingsWrite],
        }
    }

    /// The page on which it is changed.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::RateLimits => "/ops/limits",
            Self::Banner
            | Self::Maintenance
            | Self::FourEyes
            | Self::PublicationTimes
            | Self::Sessions
            | Self::Reminders => "/admin/settings",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_limits_of_rate_are_changed_by_whoever_runs_the_program() {
        for name in SettingName::ALL {
            let by_operators = name.changed_with().contains(&Permission::SystemOperate);
            assert_eq!(by_operators, *name == SettingName::RateLimits, "{name}");
            assert!(name.changed_with().contains(&Permission::SettingsWrite), "{name}");
            assert_eq!(name.page() == "/ops/limits", by_operators, "{name}");
        }
    }
}
