//! The lists of bundles: one set of filters, three layouts.

use domain::bundle::desk::{BundleCard, BundleDesk, BundleListOrder, BundleQuery, BundleView, MINE};
use domain::bundle::{Bundle, BundleAction, BundleKind, BundleStage};
use domain::policy::Permission;
use domain::saved_view::{ListOfViews, SavedViews};
use leptos::prelude::*;
use rpc::Visit;

use super::bundles_board::board;
use super::bundles_calendar::calendar;
use super::bundles_week::week;
use super::query;
use super::queue::lateness_words;
use crate::components::portal::{
    empty, filter_select, object_header, pagination, progress, saved_views, short_moment, stacked_table, state_tag,
    state_words, tabs,
};
use crate::layout::portal::{Section, Shown, portal};

/// Bundles as a table, a board or a calendar; everything that was chosen stands in the address.
#[component]
pub fn Bundles() -> impl IntoView {
    let asked = BundleQuery::read(query);
    let load = async {
        Ok((rpc::bundles::desk(asked).await?, rpc::saved_views::saved_views_read(ListOfViews::Bundles).await?))
    };
    portal(Section::Bundles, load, |(desk, kept), visit| shown(&desk, &kept, visit))
}

fn shown(desk: &BundleDesk, kept: &SavedViews, visit: &Visit) -> Shown {
    let may_create = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::BundlesWrite));
    let create =
        may_create.then(|| view! { <a class="button" href="/admin/bundles/new">"Create a bundle"</a> }.into_any());
    let total = desk.cards.total_count;
    let noun = if total == 1 { "bundle" } else { "bundles" };
    let meta = view! { <span>{format!("{total} {noun}")}</span> }.into_any();
    let may_move = visit.caller.as_ref().is_some_and(|caller| caller.may(BundleAction::Schedule.rule().1));
    let list = match desk.query.view {
        BundleView::Table => listed(desk, may_create, visit),
        BundleView::Board => board(desk),
        BundleView::Calendar => calendar(desk, may_move),
        BundleView::Week => week(desk, may_move),
    };
    let unread = desk.unread.clone().map(|text| view! { <p class="field__error" role="status">{text}</p> });
    let content = view! {
        {object_header("", "Bundles", meta, create)}
        {views(&desk.query)}
        {states(&desk.query)}
        {filter(desk)}
        {saved_views(ListOfViews::Bundles, kept, visit)}
        {unread}
        {list}
    };
    let title = match desk.query.view {
        BundleView::Table => "Bundles".to_owned(),
        view => format!("Bundles as a {view}"),
    };
    Shown::new(title, content.into_any())
}

fn views(asked: &BundleQuery) -> AnyView {
    let link = |view: BundleView, text: &str| {
        let href = BundleQuery { view, page: 1, ..asked.clone() }.address();
        (text.to_owned(), href, asked.view == view)
    };
    let links = vec![
        link(BundleView::Table, "Table"),
        link(BundleView::Board, "Board"),
        link(BundleView::Calendar, "Calendar"),
        link(BundleView::Week, "Week"),
    ];
    tabs("Layout", links)
}

fn states(asked: &BundleQuery) -> AnyView {
    let link = |state: Option<BundleStage>, text: String| {
        let href = BundleQuery { state, ready: false, page: 1, ..asked.clone() }.address();
        (text, href, asked.state == state && !(asked.ready && state.is_none()))
    };
    let mut links = vec![link(None, "All".to_owned())];
    let ready = BundleQuery { state: None, ready: true, page: 1, ..asked.clone() }.address();
    links.push(("Ready to publish".to_owned(), ready, asked.ready && asked.state.is_none()));
    links.extend(BundleStage::ALL.iter().map(|stage| link(Some(*stage), state_words(stage.as_str()))));
    tabs("States", links)
}

fn filter(desk: &BundleDesk) -> AnyView {
    let asked = &desk.query;
    let hidden: Vec<AnyView> = [
        ("view", asked.view.as_str().to_owned()),
        ("state", asked.state.map_or("", BundleStage::as_str).to_owned()),
        ("ready", if asked.ready { "yes".to_owned() } else { String::new() }),
        ("month", asked.month.clone()),
        ("week", asked.week.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
    .collect();
    let kinds = BundleKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), state_words(kind.as_str())));
    let teams = desk.teams.iter().map(|team| (team.id.clone(), team.name.clone()));
    let departments = desk.departments.iter().map(|one| (one.id.clone(), one.title.clone()));
    let mine = std::iter::once((MINE.to_owned(), "You, also as last editor".to_owned()));
    let owners = mine.chain(desk.owners.iter().map(|owner| (owner.id.clone(), owner.name.clone())));
    let orders = BundleListOrder::ALL.iter().map(|order| (order.as_str().to_owned(), order.title().to_owned()));
    // Months and weeks are in the order of their days.
    let sort = (!matches!(asked.view, BundleView::Calendar | BundleView::Week))
        .then(|| filter_select("sort", "Sort by", orders.collect(), asked.order.as_str()));
    let kind = asked.kind.map_or("", BundleKind::as_str);
    let clear = asked.is_narrowed().then(|| {
        let none = BundleQuery {
            state: asked.state,
            ready: asked.ready,
            month: asked.month.clone(),
            week: asked.week.clone(),
            order: asked.order,
            ..BundleQuery::read(|_| String::new())
        };
        let href = BundleQuery { view: asked.view, ..none }.address();
        view! { <a href=href>"Clear"</a> }
    });
    let (q, from, to) = (asked.q.clone(), asked.from.clone(), asked.to.clone());
    view! {
        <form class="filter-bar" method="get" action="/admin/bundles" role="search">
            {hidden}
            <div><label for="q">"Title"</label><input id="q" type="search" name="q" value=q/></div>
            <div><label for="from">"Publishes from"</label><input id="from" type="date" name="from" value=from/></div>
            <div><label for="to">"Until"</label><input id="to" type="date" name="to" value=to/></div>
            {choice("type", "Type", kind, kinds.collect())}
            {choice("department", "Department", &asked.department, departments.collect())}
            {choice("team", "Team", &asked.team, teams.collect())}
            {choice("owner", "Owner", &asked.owner, owners.collect())}
            {sort}
            <button class="button button--secondary button--small">"Find"</button>
            {clear}
        </form>
    }
    .into_any()
}

fn choice(name: &'static str, label: &'static str, chosen: &str, options: Vec<(String, String)>) -> Option<AnyView> {
    if options.is_empty() {
        return None;
    }
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }.into_any()
        })
        .collect();
    Some(
        view! {
            <div><label for=name>{label}</label><select id=name name=name><option value="">"Any"</option>{options}</select></div>
        }
        .into_any(),
    )
}

fn listed(desk: &BundleDesk, may_create: bool, visit: &Visit) -> AnyView {
    let page = &desk.cards;
    if page.items.is_empty() {
        let link = may_create.then_some(("Create a bundle", "/admin/bundles/new"));
        let text =
            "A bundle holds the versions that become public at one instant. Choose other filters, or create one.";
        return empty("No bundles here", text, link);
    }
    let ticks = Ticks::of(desk, visit);
    let mut headings = if ticks.any() { vec![("Choose", false)] } else { Vec::new() };
    headings.extend([
        ("Bundle", false),
        ("State", false),
        ("Publishes", false),
        ("Readiness", false),
        ("Items", true),
        ("Owner", false),
        ("Approved by", false),
    ]);
    let rows = page.items.iter().map(|card| row(card, desk, &ticks)).collect();
    let pages = pagination(page.total_count, page.limit, page.offset, |n| {
        BundleQuery { page: u32::try_from(n).unwrap_or(1), ..desk.query.clone() }.address()
    });
    let list = stacked_table("Bundles", "bundles-table", &headings, rows);
    let file = view! { <p class="small"><a class="link-button" href=desk.query.file() download="">"The whole list as CSV"</a></p> };
    if !ticks.any() {
        return view! { <div class="stack stack--tight">{list}{pages}{file}</div> }.into_any();
    }
    let to_move = ticks.to_move.then(
        || view! { <button class="button button--secondary button--small">"Move those that are ticked"</button> },
    );
    let to_share = ticks.to_share.then(|| {
        view! {
            <button class="button button--secondary button--small" formaction="/admin/bundles/share">"Share those that are ticked"</button>
        }
    });
    view! {
        <form class="stack stack--tight" method="get" action="/admin/bundles/reschedule">
            {list}
            <div class="button-group">{to_move}{to_share}</div>
        </form>
        {pages}
        {file}
    }
    .into_any()
}

/// What can be done to bundles of this page that are ticked.
struct Ticks {
    /// Giving them an instant, or another one.
    to_move: bool,
    /// Sharing them with a team.
    to_share: bool,
}

impl Ticks {
    fn of(desk: &BundleDesk, visit: &Visit) -> Self {
        let may = |action: BundleAction| visit.caller.as_ref().is_some_and(|caller| caller.may(action.rule().1));
        let any = |fits: fn(&Bundle) -> bool| desk.cards.items.iter().any(|card| fits(&card.bundle));
        Self {
            to_move: may(BundleAction::Schedule) && any(is_movable),
            to_share: !desk.teams.is_empty() && may(BundleAction::Edit) && any(is_shareable),
        }
    }

    const fn any(&self) -> bool {
        self.to_move || self.to_share
    }

    fn fit(&self, bundle: &Bundle) -> bool {
        (self.to_move && is_movable(bundle)) || (self.to_share && is_shareable(bundle))
    }
}

/// Whether a bundle can be given an instant, or another one.
fn is_movable(bundle: &Bundle) -> bool {
    matches!(bundle.stage(), BundleStage::Approved | BundleStage::Scheduled)
}

/// Whether it can still be said who previews a bundle.
fn is_shareable(bundle: &Bundle) -> bool {
    BundleAction::Edit.rule().0.contains(&bundle.stage())
}

fn row(card: &BundleCard, desk: &BundleDesk, ticks: &Ticks) -> AnyView {
    let bundle = &card.bundle;
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let when = card.at().map_or_else(|| view! { <span class="muted">"not set"</span> }.into_any(), short_moment);
    let (items, owner, editor) =
        (bundle.item_count, bundle.created_by.name.clone(), bundle.last_edited_by.name.clone());
    let edited =
        (editor != owner).then(|| view! { <span class="table__sub">{format!("last edited by {editor}")}</span> });
    let approver = bundle.state.approval().map_or_else(|| "nobody yet".to_owned(), |mark| mark.by.name.clone());
    let manual =
        (bundle.details.kind == BundleKind::Manual).then(|| view! { <span class="table__sub">"Manual"</span> });
    let failure = bundle.state.failure().map(|failure| failure.message.clone());
    let failure = failure.map(|message| view! { <span class="table__sub">{message}</span> });
    let choose = ticks.any().then(|| {
        let (id, label) = (bundle.id.clone(), format!("Choose {title}"));
        let tick =
            ticks.fit(bundle).then(|| view! { <input type="checkbox" name="chosen" value=id aria-label=label/> });
        view! { <td data-label="Choose">{tick}</td> }
    });
    view! {
        <tr>
            {choose}
            <th scope="row"><a href=href>{title.clone()}</a>{manual}</th>
            <td data-label="State" class="wrap-cell">{state_tag(bundle.stage().as_str())}{failure}</td>
            <td data-label="Publishes">{when}{left(card, desk)}</td>
            <td data-label="Readiness">{progress(card.percent, &format!("Readiness of {title}"))}</td>
            <td data-label="Items" class="num">{items}</td>
            <td data-label="Owner">{owner}{edited}</td>
            <td data-label="Approved by">{approver}</td>
        </tr>
    }
    .into_any()
}

/// How long it is until a scheduled bundle's instant.
pub(super) fn left(card: &BundleCard, desk: &BundleDesk) -> Option<AnyView> {
    if !matches!(card.bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing) {
        return None;
    }
    let words = lateness_words((desk.now - card.at()?).num_milliseconds());
    Some(view! { <span class="table__sub">{words}</span> }.into_any())
}
