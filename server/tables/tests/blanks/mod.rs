//! Blank cells are an option like others, and codes are taken from the column beside only where it holds some.

use domain::selection::{DataQuery, DimensionFilter, Selection};
use domain::table::{ColumnRole, DimensionOptions, OptionCount};
use tables::{Limits, Table, build};

use crate::made::{Row, columns, file, file_with};

const LIMITS: Limits = Limits { preview_rows: 0, options: 100 };

/// The table of a CSV file, once read in parts and once from memory, with what was gathered of its dimensions.
fn made_of(csv: &str) -> (Vec<DimensionOptions>, [Table; 2]) {
    let made = tempfile::NamedTempFile::new().unwrap();
    let built = build(&csv.as_bytes(), "t.csv", LIMITS, made.reopen().unwrap()).unwrap();
    let tables = [Table::open(made.path()).unwrap(), Table::open(made.path()).unwrap()];
    tables[1].load().unwrap();
    (built.dimensions, tables)
}

fn wanted(raw: &str) -> Selection {
    DataQuery::parse(raw).unwrap().selection
}

fn told(options: &[OptionCount]) -> Vec<(&str, &str, u64)> {
    options.iter().map(|option| (option.code.as_str(), option.label.as_str(), option.count)).collect()
}

#[test]
fn blank_cells_are_found_and_counted_alike_in_every_way() {
    let sent = "Area,Sex,Value\nEngland,,9\nEngland,Female,4\nEngland,Male,5\nWales, ,3\nWales,Female,1\n";
    let (gathered, tables) = made_of(sent);
    let sexes = [("", "", 2), ("Female", "Female", 2), ("Male", "Male", 1)];
    assert_eq!(told(&gathered[1].options), sexes);
    for table in &tables {
        let page = table.options("Sex", &Selection::default(), "", 10, 0).unwrap();
        assert_eq!((told(&page.options), page.total), (sexes.to_vec(), 3));
        assert_eq!(told(&table.options("Sex", &Selection::default(), "fem", 10, 0).unwrap().options), [sexes[1]]);
        let in_wales = table.options("Sex", &wanted("dim.Area=Wales"), "", 10, 0).unwrap();
        assert_eq!(told(&in_wales.options), [("", "", 1), ("Female", "Female", 1), ("Male", "Male", 0)]);
        for (raw, rows) in [
            ("dim.Sex=", 2),
            ("dim.Sex=%20", 2),
            ("dim.Sex=,Female", 4),
            ("dim.Sex=Female,", 4),
            ("dim.Sex=&dim.Area=Wales", 1),
            ("dim.Sex=Female", 2),
        ] {
            let selection = wanted(raw);
            assert_eq!(table.check(&selection).unwrap(), [], "{raw}");
            assert_eq!(table.count(&selection).unwrap(), rows, "{raw}");
            assert_eq!(table.count(&wanted(&selection.to_query())).unwrap(), rows, "{raw}");
        }
        // As filters were kept that were made before blank options were one.
        let kept = DimensionFilter { name: "Sex".into(), options: vec!["  ".into()] };
        let kept = Selection { dimensions: vec![kept], ..Selection::default() };
        assert_eq!((table.check(&kept).unwrap(), table.count(&kept).unwrap()), (Vec::new(), 2));
        let problems = table.check(&wanted("dim.Area=,Wales")).unwrap();
        assert_eq!(
            (problems.len(), problems[0].field.as_str(), problems[0].code.as_str()),
            (1, "dim.Area", "unknown_option")
        );
        assert!(problems[0].message.contains("no blank cells"), "{}", problems[0].message);
    }
}

#[test]
fn blank_cells_are_offered_first_to_whoever_chooses() {
    let (_, [table, _]) = made_of("Sex,Value\nFemale,1\nMale,2\n,3\n");
    let offered = |raw: &str, listed: usize| {
        let page = table.options_to_choose("Sex", &wanted(raw), "", listed).unwrap();
        page.options.into_iter().map(|option| option.code).collect::<Vec<_>>()
    };
    assert_eq!(offered("", 2), ["", "Female"]);
    assert_eq!(offered("dim.Sex=Male", 2), ["Male", ""]);
    assert_eq!(offered("dim.Sex=,Male", 1), ["Male", ""]);
}

#[test]
fn a_row_is_blank_where_it_has_neither_a_code_nor_a_label() {
    let (gathered, tables) = made_of("Area code,Area,Value\nE1,England,1\n,Wales,2\nE3,,3\n,,4\nE1,England,5\n");
    let areas = [("E1", "England", 2), ("Wales", "Wales", 1), ("E3", "E3", 1), ("", "", 1)];
    assert_eq!(told(&gathered[0].options), areas);
    for table in &tables {
        assert_eq!(told(&table.options("Area", &Selection::default(), "", 10, 0).unwrap().options), areas);
        for (code, _, rows) in areas {
            assert_eq!(table.count(&wanted(&format!("dim.Area={code}"))).unwrap(), rows, "{code}");
        }
        assert_eq!(table.count(&wanted("dim.Area=,E3")).unwrap(), 2);
    }
}

#[test]
fn parts_without_blank_cells_are_passed_over_and_those_with_some_are_not() {
    let blank = |at: u64| if (20..23).contains(&at) { String::new() } else { "Wales".to_owned() };
    let rows: Vec<Row> = (0..40).map(|at| Row { code: blank(at), area: blank(at), ..Row::plain(at, "") }).collect();
    let made = file(&rows, 7);
    let table = Table::open(made.path()).unwrap();
    assert_eq!((table.count(&wanted("dim.area=")).unwrap(), table.count(&wanted("dim.area=Wales")).unwrap()), (3, 37));
}

#[test]
fn periods_of_one_code_are_their_own_codes() {
    let rows = "1,Month,Jan-96,K02,UK\n2,Month,Feb-96,K02,UK\n3,Month,Jan-96,K02,UK\n";
    let (gathered, tables) = made_of(&format!("V4_0,Time_codelist,Time,Geography_codelist,Geography\n{rows}"));
    let months = [("Jan-96", "Jan-96", 2), ("Feb-96", "Feb-96", 1)];
    assert_eq!((told(&gathered[0].options), told(&gathered[1].options)), (months.to_vec(), vec![("K02", "UK", 3)]));
    for table in &tables {
        assert_eq!(told(&table.options("Time", &Selection::default(), "", 10, 0).unwrap().options), months);
        assert_eq!(told(&table.options("Time", &Selection::default(), "feb", 10, 0).unwrap().options), [months[1]]);
        assert_eq!(table.count(&wanted("dim.Time=Jan-96")).unwrap(), 2);
        assert_eq!(table.count(&wanted("dim.Geography=K02")).unwrap(), 3);
        assert_eq!(table.check(&wanted("dim.Time=Month")).unwrap()[0].code, "unknown_option");
    }
}

#[test]
fn a_file_that_does_not_say_its_codes_answers_alike() {
    let described = columns().into_iter().enumerate().map(|(at, mut column)| {
        column.role = if column.name == "area" { ColumnRole::Dimension } else { ColumnRole::Attribute };
        column.label = if at == 0 { "V4_0".to_owned() } else { column.label };
        column
    });
    let described: Vec<_> = described.collect();
    let options = |codes: &[&str]| {
        let areas = ["Jan-96", "Feb-96", "Jan-96"];
        let row = |(at, (code, area)): (u64, (&&str, &str))| Row { code: (*code).to_owned(), ..Row::plain(at, area) };
        let rows: Vec<Row> = (0..).zip(codes.iter().zip(areas)).map(row).collect();
        let made = file_with(&described, &rows, 2);
        let table = Table::open(made.path()).unwrap();
        let page = table.options("area", &Selection::default(), "", 10, 0).unwrap();
        page.options.into_iter().map(|option| (option.code, option.count)).collect::<Vec<_>>()
    };
    let expected = |codes: [&str; 2]| vec![(codes[0].to_owned(), 2), (codes[1].to_owned(), 1)];
    assert_eq!(options(&["Month", "Month", "Month"]), expected(["Jan-96", "Feb-96"]));
    assert_eq!(options(&["1", "2", "1"]), expected(["1", "2"]));
}
