//! The portal's lists of bundles: what they are asked by, and what they show.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::plan::week_of;
use super::{Bundle, BundleKind, BundleStage};
use crate::actor::Actor;
use crate::month::Month;
use crate::page::Page;
use crate::people::Team;
use crate::text::escaped;
use crate::topic::Department;
use crate::uk_time;
use crate::version::Version;
use crate::wire::wire_enum;

wire_enum! {
    /// How bundles are laid out.
    BundleView {
        /// One a row.
        Table => "table",
        /// A column for each state.
        Board => "board",
        /// By the day of publication.
        Calendar => "calendar",
        /// By the time of publication, within one week.
        Week => "week",
    }
}

wire_enum! {
    /// How the table, the columns of the board and the file are sorted.
    BundleListOrder {
        /// What changed last first.
        Changed => "changed",
        /// What is published soonest first; what has no instant comes last.
        PublicationDate => "publication_date",
        /// By title.
        Title => "title",
        /// What was made last first.
        CreatedAt => "created_at",
    }
}

impl BundleListOrder {
    /// What it is called among the choices.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Changed => "Latest change",
            Self::PublicationDate => "Soonest publication",
            Self::Title => "Title",
            Self::CreatedAt => "Newest",
        }
    }
}

/// As the owner in an address: who looks, with what they changed last beside what they made.
pub const MINE: &str = "me";

/// What the address of the list says; everything empty asks for all bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleQuery {
    /// How they are laid out.
    pub view: BundleView,
    /// Only those in this state.
    pub state: Option<BundleStage>,
    /// Only those that are approved and not yet public, whether they have an instant or not.
    pub ready: bool,
    /// Only those of this kind.
    pub kind: Option<BundleKind>,
    /// Only those whose title holds this.
    pub q: String,
    /// Only those published or due from this day on, as typed.
    pub from: String,
    /// Only those published or due until this day, as typed.
    pub to: String,
    /// Only those shared with this team.
    pub team: String,
    /// Only those with content of this department.
    pub department: String,
    /// Only those that this actor made, by id; or [`MINE`].
    pub owner: String,
    /// How they are sorted; the calendar has an order of its own.
    pub order: BundleListOrder,
    /// The month of the calendar, such as `2026-11`.
    pub month: String,
    /// A day of the week that is shown, such as `2026-11-23`.
    pub week: String,
    /// The page of the table, from 1.
    pub page: u32,
}

impl BundleQuery {
    /// Reads the values of an address, each by its name.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> String) -> Self {
        Self {
            view: BundleView::parse(&value("view")).unwrap_or(BundleView::Table),
            state: BundleStage::parse(&value("state")),
            ready: value("ready") == "yes",
            kind: BundleKind::parse(&value("type")),
            q: value("q"),
            from: value("from"),
            to: value("to"),
            team: value("team"),
            department: value("department"),
            owner: value("owner"),
            order: BundleListOrder::parse(&value("sort")).unwrap_or(BundleListOrder::Changed),
            month: value("month"),
            week: value("week"),
            page: value("page").parse().unwrap_or(1).max(1),
        }
    }

    /// What it says beside the layout, by name; what is empty is left out.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let word = |value: Option<&'static str>| value.unwrap_or_default().to_owned();
        let mut values = vec![
            ("state", word(self.state.map(BundleStage::as_str))),
            ("ready", word(self.ready.then_some("yes"))),
            ("type", word(self.kind.map(BundleKind::as_str))),
            ("q", self.q.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("team", self.team.clone()),
            ("department", self.department.clone()),
            ("owner", self.owner.clone()),
            ("sort", word((self.order != BundleListOrder::Changed).then_some(self.order.as_str()))),
            ("month", self.month.clone()),
            ("week", self.week.clone()),
        ];
        values.retain(|(_, value)| !value.is_empty());
        values
    }

    /// The address of the list as a file: all of it, whatever its layout.
    #[must_use]
    pub fn file(&self) -> String {
        let all = Self { view: BundleView::Table, month: String::new(), week: String::new(), page: 1, ..self.clone() };
        all.address().replacen("/admin/bundles", "/admin/bundles.csv", 1)
    }

    /// The states that are asked for; none asks for all.
    #[must_use]
    pub fn stages(&self) -> Vec<BundleStage> {
        match self.state {
            Some(state) => vec![state],
            None if self.ready => vec![BundleStage::Approved, BundleStage::Scheduled],
            None => Vec::new(),
        }
    }

    /// The address that asks for this.
    #[must_use]
    pub fn address(&self) -> String {
        let mut parts: Vec<String> =
            self.values().into_iter().map(|(name, value)| format!("{name}={}", escaped(&value))).collect();
        if self.view != BundleView::Table {
            parts.insert(0, format!("view={}", self.view));
        }
        if self.page > 1 {
            parts.push(format!("page={}", self.page));
        }
        if parts.is_empty() { "/admin/bundles".to_owned() } else { format!("/admin/bundles?{}", parts.join("&")) }
    }

    /// The days of the week that is asked for, or of the present one, Monday first.
    #[must_use]
    pub fn days(&self, now: DateTime<Utc>) -> Vec<NaiveDate> {
        let asked = NaiveDate::parse_from_str(self.week.trim(), "%Y-%m-%d").ok();
        // Instants beyond these years are not kept.
        let asked = asked.filter(|day| (1970..=2200).contains(&day.year()));
        week_of(asked.unwrap_or_else(|| uk_time::day(now)))
    }

    /// Whether anything but layout, state, month and week narrows the list.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.values().iter().any(|(name, _)| !matches!(*name, "state" | "ready" | "sort" | "month" | "week"))
    }
}

/// A bundle in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleCard {
    /// The bundle.
    pub bundle: Bundle,
    /// How much of what its publication asks for is there.
    pub percent: u8,
}

impl BundleCard {
    /// When it was or will be published.
    #[must_use]
    pub fn at(&self) -> Option<DateTime<Utc>> {
        let state = &self.bundle.state;
        state.published_at().or_else(|| state.schedule().map(|schedule| schedule.publication_date))
    }
}

/// What is due at one instant, and how much it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The bundles that are due then.
    pub bundles: Vec<&'a Bundle>,
    /// How many versions they hold together.
    pub versions: u32,
}

/// The instants at which any of these bundles is yet to come out, the soonest first.
#[must_use]
pub fn slots(cards: &[BundleCard]) -> Vec<Slot<'_>> {
    let mut slots: Vec<Slot<'_>> = Vec::new();
    for card in cards.iter().filter(|card| card.bundle.stage() == BundleStage::Scheduled) {
        let Some(at) = card.at() else { continue };
        let bundle = &card.bundle;
        match slots.iter_mut().find(|slot| slot.at == at) {
            Some(slot) => {
                slot.versions += bundle.item_count;
                slot.bundles.push(bundle);
            }
            None => slots.push(Slot { at, bundles: vec![bundle], versions: bundle.item_count }),
        }
    }
    slots.sort_by_key(|slot| slot.at);
    slots
}

/// The portal's list of bundles in one of its layouts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDesk {
    /// What was asked for.
    pub query: BundleQuery,
    /// What is wrong with the days that were typed.
    pub unread: Option<String>,
    /// The table's page, or the month's bundles, soonest first.
    pub cards: Page<BundleCard>,
    /// For the board: each state with how many there are and the first of them.
    pub columns: Vec<(BundleStage, Page<BundleCard>)>,
    /// The month that the calendar shows.
    pub month: Month,
    /// All teams, for the filter.
    pub teams: Vec<Team>,
    /// All departments, for the filter.
    pub departments: Vec<Department>,
    /// Everybody who made a bundle that the viewer sees, for the filter.
    pub owners: Vec<Actor>,
    /// The server's time when the page was made.
    pub now: DateTime<Utc>,
}

/// Versions to choose from for a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundlePicker {
    /// The bundle.
    pub bundle: Bundle,
    /// Why nothing can be added now.
    pub barred: Option<String>,
    /// The words that were looked for.
    pub q: String,
    /// Versions that are not public, those that can be added first.
    pub rows: Page<PickerRow>,
}

/// One of the versions to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickerRow {
    /// The version.
    pub version: Version,
    /// The dataset's title.
    pub title: String,
    /// Why it cannot be added; nothing where it can.
    pub reason: Option<String>,
    /// Where to mend that.
    pub fix_url: Option<String>,
}

/// What a new bundle is begun with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBundleForm {
    /// All teams with whom it can be shared.
    pub teams: Vec<Team>,
    /// Published bundles that can be repeated, the newest first.
    pub past: Vec<Bundle>,
    /// The one that is repeated.
    pub template: Option<Bundle>,
    /// Versions that would go into it at once: those that follow the contents of the one that is repeated, and the one that was asked for.
    pub versions: Vec<Version>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{BundleDetails, BundleState, Mark, Schedule};

    fn due(id: &str, at: &str, item_count: u32) -> BundleCard {
        let at: DateTime<Utc> = at.parse().unwrap();
        let approval = Mark { by: Actor::system("approver"), at };
        let schedule = Schedule { publication_date: at, notification_channels: Vec::new() };
        let details = BundleDetails {
            title: id.into(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        };
        let bundle = Bundle {
            id: id.into(),
            details,
            state: BundleState::Scheduled { approval, schedule },
            item_count,
            created_by: Actor::system("test"),
            created_at: at,
            last_edited_by: Actor::system("test"),
            last_modified: at,
            attempts: 0,
            revision: 1,
        };
        BundleCard { bundle, percent: 100 }
    }

    #[test]
    fn what_shares_an_instant_is_one_slot() {
        let late = due("c", "2026-12-02T09:30:00Z", 1);
        let cards = [late, due("a", "2026-12-01T09:30:00Z", 3), due("b", "2026-12-01T09:30:00Z", 4)];
        let found = slots(&cards);
        assert_eq!(found.iter().map(|slot| (slot.bundles.len(), slot.versions)).collect::<Vec<_>>(), [(2, 7), (1, 1)]);
    }

    #[test]
    fn a_week_is_named_by_any_of_its_days() {
        let now = "2026-11-29T23:30:00Z".parse().unwrap();
        let of = |week: &str| {
            let asked = BundleQuery { week: week.into(), ..BundleQuery::read(|_| String::new()) };
            assert!(!asked.is_narrowed() && asked.file() == "/admin/bundles.csv", "{week}");
            let days = asked.days(now);
            (days.len(), days[0].to_string())
        };
        assert_eq!((of("2027-01-01"), of(" 2026-12-28 ")), ((7, "2026-12-28".into()), (7, "2026-12-28".into())));
        for present in ["", "soon", "0001-01-01", "9999-12-31"] {
            assert_eq!(of(present), (7, "2026-11-23".into()), "{present}");
        }
    }

    #[test]
    fn addresses_say_what_is_asked() {
        let all = BundleQuery::read(|_| String::new());
        assert_eq!(all.address(), "/admin/bundles");
        assert!(!all.is_narrowed());
        let asked = BundleQuery::read(|name| match name {
            "view" => "board".into(),
            "type" => "manual".into(),
            "q" => "a & b".into(),
            "page" => "3".into(),
            _ => String::new(),
        });
        assert_eq!(asked.address(), "/admin/bundles?view=board&type=manual&q=a%20%26%20b&page=3");
        assert!(asked.is_narrowed());
        let own = BundleQuery::read(|name| match name {
            "owner" => MINE.into(),
            "sort" => "title".into(),
            _ => String::new(),
        });
        assert_eq!(own.address(), "/admin/bundles?owner=me&sort=title");
        assert!(own.is_narrowed());
        let sorted = BundleQuery { owner: String::new(), ..own };
        assert!(!sorted.is_narrowed(), "an order leaves nothing out");
        assert_eq!(sorted.file(), "/admin/bundles.csv?sort=title");
        let ready = BundleQuery { ready: true, ..all };
        assert_eq!(ready.address(), "/admin/bundles?ready=yes");
        assert_eq!(ready.stages(), [BundleStage::Approved, BundleStage::Scheduled]);
        assert_eq!(asked.file(), "/admin/bundles.csv?type=manual&q=a%20%26%20b");
    }
}
