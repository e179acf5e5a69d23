//! Which tables become charts, and what the charts hold.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::table::{Chart, ChartKind, Drawing, Marking, NotDrawn, latest};
use tables::{chart, chart_as, inspect};

fn drawn(text: &str) -> Option<Chart> {
    let profile = inspect(text.as_bytes(), "table.csv").unwrap();
    chart(text.as_bytes(), &profile)
}

#[test]
fn totals_are_taken_where_dimensions_have_them() {
    let chart = drawn(
        "Year,Country,Sex,Unit measure,Value\n2000,England,,Rate,5\n2000,,,Rate,6\n2000,,Male,Rate,7\n\
         2001,England,,Rate,4\n2001,,,Rate,5.5\n2001,,Male,Rate,6\n2002,,,Rate,5.2\n2002,,Male,Rate,6\n",
    )
    .unwrap();
    assert_eq!((chart.kind, chart.unit.as_deref()), (ChartKind::Line, Some("Rate")));
    assert_eq!(chart.x, ["2000", "2001", "2002"]);
    assert_eq!(chart.series.len(), 1);
    assert_eq!(chart.series[0].values, [Some(6.0), Some(5.5), Some(5.2)]);
    assert_eq!(latest(&chart).unwrap().change, Some(-0.3));
}

#[test]
fn v4_tables_draw_their_first_column_over_their_labels() {
    let chart = drawn(
        "V4_1,Data Marking,mmm-yy,Time,uk-only,Geography,agg,Aggregate\n\
         99,,Month,Mar-96,K,United Kingdom,a0,Overall Index\n80,,Month,Mar-96,K,United Kingdom,a1,Food\n\
         98,,Month,Feb-96,K,United Kingdom,a0,Overall Index\n81,,Month,Feb-96,K,United Kingdom,a1,Food\n\
         ,x,Month,Apr-96,K,United Kingdom,a0,Overall Index\n82,,Month,Apr-96,K,United Kingdom,a1,Food\n",
    )
    .unwrap();
    assert_eq!(chart.title, "Overall Index");
    assert_eq!(chart.x, ["February 1996", "March 1996", "April 1996"]);
    assert_eq!(chart.series[0].values, [Some(98.0), Some(99.0), None]);
    assert_eq!(chart.selection, ["Aggregate: Overall Index"]);
}

#[test]
fn a_dimension_with_few_options_becomes_series_and_one_with_many_nothing() {
    let rows = |options: u32| {
        let mut text = String::from("Date,Area,Count\n");
        for year in 2000..2010 {
            for option in 0..options {
                text.push_str(&format!("{year},area {option},{}\n", year + option));
            }
        }
        text
    };
    assert_eq!(drawn(&rows(3)).unwrap().series.len(), 3);
    assert_eq!(drawn(&rows(12)), None);
}

#[test]
fn figures_side_by_side_share_a_chart_if_of_one_size() {
    let rain = drawn("period-start,uk,wales\n1862-01-01,113,115\n1862-02-01,35,20\n1862-03-01,101,113\n").unwrap();
    assert_eq!(rain.series.iter().map(|series| series.label.as_str()).collect::<Vec<_>>(), ["uk", "wales"]);
    assert_eq!(rain.x[0], "January 1862");
    let uneven = drawn("Year,people,share here\n2001,50000,0.1\n2002,51000,0.2\n2003,52000,0.3\n").unwrap();
    assert_eq!(uneven.series.len(), 1);
    assert_eq!(uneven.title, "share here");
}

#[test]
fn one_length_of_period_is_drawn() {
    let chart = drawn(
        "\"Title\",\"Output £m\"\n\"CDID\",\"ABCD\"\n\"Important notes\",\n\"2001\",\"40\"\n\
         \"2001 Q1\",\"9\"\n\"2001 Q2\",\"10\"\n\"2001 Q3\",\"10\"\n\"2001 Q4\",\"11\"\n",
    )
    .unwrap();
    assert_eq!((chart.title.as_str(), chart.x.len()), ("Output £m", 4));
    assert_eq!(latest(&chart).unwrap().period, "2001 Q4");
}

#[test]
fn different_units_never_share_an_axis() {
    let chart = drawn(
        "Year,Series,Unit multiplier,Units,Value\n2001,Freight,Thousands,Tonnes,1\n2002,Freight,Thousands,Tonnes,2\n\
         2003,Freight,Thousands,Tonnes,3\n2001,Passengers,Thousands,Number,1\n2002,Passengers,Thousands,Number,2\n",
    )
    .unwrap();
    assert_eq!((chart.title.as_str(), chart.unit.as_deref()), ("Freight", Some("Tonnes (thousands)")));
    assert_eq!(chart.series.len(), 1);
}

#[test]
fn figures_that_stand_for_nothing_measured_leave_gaps() {
    let chart = drawn("Date,Average\n1958-05,317.5\n1958-06,-99.99\n1958-07,315.9\n").unwrap();
    assert_eq!(chart.series[0].values, [Some(317.5), None, Some(315.9)]);
}

#[test]
fn short_lists_become_bars_and_keys_do_not() {
    let bars = drawn("code,Area name,Rate\nE1,Hartlepool,1.5\nE2,Redcar,\nE3,York,3\n").unwrap();
    assert_eq!((bars.kind, bars.x[0].as_str()), (ChartKind::Bar, "Hartlepool"));
    assert_eq!(bars.series[0].values[1], None);
    assert_eq!(drawn("number,name\n2,Bolton\n3,Bury\n6,Manchester\n"), None);
}

#[test]
fn dates_that_change_form_are_settled_only_by_even_steps() {
    let mut text = String::from("period-start,uk\n");
    for month in 1..=12 {
        text.push_str(&format!("1899-{month:02}-01,{month}\n"));
    }
    for month in 1..=12 {
        text.push_str(&format!("01/{month:02}/1900,{month}\n"));
    }
    let chart = drawn(&text).unwrap();
    assert_eq!((chart.x.len(), chart.x[23].as_str()), (24, "December 1900"));
}

/// The table drawn as somebody wants it.
fn drawn_as(text: &str, kind: ChartKind, by: Option<&str>) -> Result<Chart, NotDrawn> {
    let profile = inspect(text.as_bytes(), "table.csv").unwrap();
    let drawing = Drawing { kind: Some(kind), by: by.map(str::to_owned), panels: 0, earlier: false };
    chart_as(text.as_bytes(), &profile, &drawing, "")
}

fn labels(chart: &Chart) -> Vec<&str> {
    chart.series.iter().map(|series| series.label.as_str()).collect()
}

/// Visits by area and purpose, with their totals, over four years.
fn visits() -> String {
    let mut text = String::from("Year,Area,Purpose,Visits\n");
    for year in 0..4 {
        let mut sums = [0; 3];
        for (at, area) in ["North", "South", "East"].into_iter().enumerate() {
            let (work, play) = (10 + year + at, 20 + year * 2);
            text.push_str(&format!("{},{area},Work,{work}\n{},{area},Play,{play}\n", 2020 + year, 2020 + year));
            text.push_str(&format!("{},{area},Total,{}\n", 2020 + year, work + play));
            for (sum, figure) in sums.iter_mut().zip([work, play, work + play]) {
                *sum += figure;
            }
        }
        for (purpose, sum) in ["Work", "Play", "Total"].into_iter().zip(sums) {
            text.push_str(&format!("{},All areas,{purpose},{sum}\n", 2020 + year));
        }
    }
    text
}

#[test]
fn parts_of_a_dimension_are_stacked_under_the_totals_of_the_others() {
    let by_area = drawn_as(&visits(), ChartKind::Area, Some("Area")).unwrap();
    assert_eq!((by_area.kind, labels(&by_area)), (ChartKind::Area, vec!["North", "South", "East"]));
    assert_eq!(by_area.series[0].values[0], Some(30.0), "both purposes together");
    let by_purpose = drawn_as(&visits(), ChartKind::Area, Some("Purpose")).unwrap();
    assert_eq!(labels(&by_purpose), ["Work", "Play"]);
    // Without a wish the first dimension that works is taken.
    assert_eq!(labels(&drawn_as(&visits(), ChartKind::Area, None).unwrap()), ["North", "South", "East"]);
}

#[test]
fn each_option_of_a_dimension_gets_a_panel() {
    let panels = drawn_as(&visits(), ChartKind::Multiples, Some("Area")).unwrap();
    assert_eq!(labels(&panels), ["North", "South", "East", "All areas"]);
    let shown = panels.panels.unwrap();
    assert_eq!((shown.by.as_str(), shown.first, shown.total), ("Area", 1, 4));
    assert_eq!(shown.range.0, 30.0);
    let mut many = String::from("Date,Area,Count\n");
    for year in 2000..2004 {
        for option in 0..40 {
            many.push_str(&format!("{year},area {option},{}\n", year + option));
        }
    }
    let panels = drawn_as(&many, ChartKind::Multiples, None).unwrap();
    assert_eq!((panels.series.len(), panels.panels.unwrap().total), (24, 40));
}

#[test]
fn figures_side_by_side_make_panels_and_parts_too() {
    let text = "period-start,uk-visits,wales-visits\n1862-01-01,113,115\n1862-02-01,35,20\n1862-03-01,101,113\n";
    assert_eq!(labels(&drawn_as(text, ChartKind::Multiples, None).unwrap()), ["uk-visits", "wales-visits"]);
    assert_eq!(labels(&drawn_as(text, ChartKind::Area, None).unwrap()), ["uk-visits", "wales-visits"]);
}

#[test]
fn what_cannot_be_drawn_as_wanted_says_why() {
    let bars = "Area,Rate\nNorth,5\nSouth,6\nEast,7\n";
    let unclear = "Year,Area,Kind,Value\n2000,North,a,1\n2000,North,b,2\n2001,South,a,1\n2001,South,b,4\n2002,South,a,1\n2002,South,b,3\n";
    for (text, kind, by, why) in [
        (bars, ChartKind::Line, None, NotDrawn::NoTime),
        (bars, ChartKind::Area, None, NotDrawn::NoTime),
        (&visits(), ChartKind::Bar, None, NotDrawn::NoNames),
        (unclear, ChartKind::Multiples, Some("Area"), NotDrawn::Several),
        (unclear, ChartKind::Multiples, Some("Year"), NotDrawn::OnlyOne),
        ("Year,Rate\n2000,1\n2001,2\n2002,3\n", ChartKind::Area, None, NotDrawn::OnlyOne),
        (
            "Year,Sex,Rate\n2000,m,1\n2000,f,2\n2001,m,1\n2001,f,2\n2002,m,1\n2002,f,2\n",
            ChartKind::Area,
            None,
            NotDrawn::NoSum,
        ),
    ] {
        assert_eq!(drawn_as(text, kind, by).unwrap_err(), why, "{kind} {by:?}");
    }
    assert_eq!(drawn_as(bars, ChartKind::Bar, None).unwrap().kind, ChartKind::Bar);
}

#[test]
fn bounds_beside_the_figures_come_along_and_are_no_figures() {
    let chart =
        drawn("Year,Smokers,Smokers 95% lower CI,Smokers 95% upper CI\n2021,10,8,12\n2022,11,,\n2023,12,9.5,14\n")
            .unwrap();
    assert_eq!((labels(&chart), chart.title.as_str()), (vec!["Smokers"], "Smokers"));
    let interval = chart.series[0].interval.clone().unwrap();
    assert_eq!((interval.level.as_deref(), interval.is_confidence), (Some("95"), true));
    assert_eq!(interval.bounds, [Some((8.0, 12.0)), None, Some((9.5, 14.0))]);
    // Where the figures stand outside, the columns are bounds of something else.
    let other = drawn("Year,Rate,LCL,UCL\n2021,10,80,120\n2022,11,90,110\n2023,12,95,140\n").unwrap();
    assert_eq!((labels(&other), other.series[0].interval.clone()), (vec!["Rate"], None));
    let bars = drawn("Area,Rate,Lower limit,Upper limit\nNorth,5,4,6\nSouth,6,5,7.5\nEast,[c],,\n").unwrap();
    assert_eq!(bars.kind, ChartKind::Bar);
    assert_eq!(bars.series[0].interval.clone().unwrap().bounds, [Some((4.0, 6.0)), Some((5.0, 7.5)), None]);
    assert_eq!(bars.series[0].markings, [(2, Marking::Confidential)]);
}

#[test]
fn each_figure_has_the_bounds_that_are_called_like_it() {
    let chart = drawn(
        "Year,Men,Men lower CI,Men upper CI,Women,Women lower CI,Women upper CI\n\
         2021,10,8,12,11,9,13\n2022,11,9,13,12,10,14\n2023,12,10,14,13,11,15\n",
    )
    .unwrap();
    assert_eq!(labels(&chart), ["Men", "Women"]);
    let first = |at: usize| chart.series[at].interval.clone().unwrap().bounds[0];
    assert_eq!((first(0), first(1)), (Some((8.0, 12.0)), Some((9.0, 13.0))));
    let halves = drawn("Year,All households,Lower 50%,Upper 50%\n2021,10,8,12\n2022,11,9,13\n2023,12,10,14\n");
    assert!(halves.unwrap().series.iter().all(|series| series.interval.is_none()), "halves are no bounds");
}

#[test]
fn bounds_and_markings_of_v4_tables_stand_before_their_dimensions() {
    let chart = drawn(
        "V4_3,Lower CI,Upper CI,Data Marking,yyyy,Time,uk-only,Geography\n\
         5,4,6,,2021,2021,K02000001,United Kingdom\n,,,x,2022,2022,K02000001,United Kingdom\n\
         7,6,8,p,2023,2023,K02000001,United Kingdom\n",
    )
    .unwrap();
    assert_eq!(chart.series[0].values, [Some(5.0), None, Some(7.0)]);
    assert_eq!(chart.series[0].markings, [(1, Marking::NotAvailable), (2, Marking::Provisional)]);
    assert_eq!(chart.series[0].interval.clone().unwrap().bounds, [Some((4.0, 6.0)), None, Some((6.0, 8.0))]);
}
