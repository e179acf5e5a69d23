//! What the forms of a release send.

use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReleaseFields {
    /// The title.
    pub title: String,
    /// The title in Welsh.
    pub title_cy: String,
    /// What will be in it.
    pub summary: String,
    /// The same in Welsh.
    pub summary_cy: String,
    /// The department; empty for the whole office.
    pub department: String,
    /// Who is given it before the public, one position with its organisation a line.
    pub pre_release_access: String,
    /// The bundle that will publish it; empty for none yet.
    pub bundle_id: String,
    /// The day, where it is known.
    pub release_date: String,
    /// The time on that day.
    pub release_time: String,
    /// Which of two, in the hour that comes twice.
    pub release_clock: String,
    /// The month, where that is all that is known.
    pub release_month: String,
    /// Why the date changes, as the public reads it.
    pub reason: String,
    /// The same in Welsh.
    pub reason_cy: String,
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::refusal::{FieldProblem, Refusal};
    use domain::release::{PreReleaseAccess, PublicReason, ReleaseDate, ReleaseDetails};
    use domain::uk_time;

    use super::ReleaseFields;

    fn some(text: &str) -> Option<String> {
        Some(text.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty())
    }

    impl ReleaseFields {
        /// What editors say.
        #[must_use]
        pub fn details(&self) -> ReleaseDetails {
            ReleaseDetails {
                title: self.title.trim().to_owned(),
                title_cy: some(&self.title_cy),
                summary: some(&self.summary).unwrap_or_default(),
                summary_cy: some(&self.summary_cy),
                department: some(&self.department),
                pre_release_access: PreReleaseAccess::read(&self.pre_release_access),
            }
        }

        /// The bundle.
        #[must_use]
        pub fn bundle(&self) -> Option<String> {
            some(&self.bundle_id)
        }

        /// The date as far as it was given: an instant, a month, or nothing.
        pub fn date(&self) -> Result<ReleaseDate, Refusal> {
            let invalid = |problems: Vec<FieldProblem>| Refusal::Invalid { problems };
            let (day, month) = (self.release_date.trim(), self.release_month.trim());
            match (day.is_empty(), month.is_empty()) {
                (true, true) => Ok(ReleaseDate::ToBeConfirmed),
                (true, false) => {
                    ReleaseDate::parse_month("release_month", month).map_err(|problem| invalid(vec![problem]))
                }
                (false, false) => {
                    let message = "Give either a day or a month.";
                    Err(invalid(vec![FieldProblem::new("release_month", "two_dates", message)]))
                }
                (false, true) => {
                    let time = if self.release_time.trim().is_empty() { "09:30" } else { self.release_time.trim() };
                    let clock = ("release_clock", self.release_clock.as_str());
                    let read = uk_time::read(("release_date", day), ("release_time", time), clock);
                    read.map(ReleaseDate::At).map_err(invalid)
                }
            }
        }

        /// Why, as the public reads it.
        #[must_use]
        pub fn reason(&self) -> Option<PublicReason> {
            PublicReason::of(some(&self.reason), some(&self.reason_cy))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_day_without_a_time_is_half_past_nine() {
            let typed = ReleaseFields { release_date: "2026-12-11".into(), ..ReleaseFields::default() };
            let at = typed.date().unwrap().instant().unwrap();
            assert_eq!(at.to_rfc3339(), "2026-12-11T09:30:00+00:00");
            let month = ReleaseFields { release_month: "2026-12".into(), ..ReleaseFields::default() };
            assert_eq!(month.date().unwrap().month().as_deref(), Some("2026-12"));
            let both = ReleaseFields { release_month: "2026-12".into(), ..typed };
            assert!(both.date().is_err());
        }
    }
}
