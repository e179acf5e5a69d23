//! What dimensions hold.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::table::DimensionOptions;
use tables::{inspect, options};

fn found(text: &str, limit: usize) -> Vec<DimensionOptions> {
    let profile = inspect(text.as_bytes(), "table.csv").unwrap();
    options(text.as_bytes(), &profile, limit)
}

fn words(dimension: &DimensionOptions) -> Vec<String> {
    dimension.options.iter().map(|o| format!("{}={} {}", o.code, o.label, o.count)).collect()
}

#[test]
fn options_stand_in_the_order_of_the_table_with_their_counts() {
    let table = "Year,Region,Value\n2023,Wales,1\n2023,England,2\n2024,Wales,3\n2024,,4\n";
    let found = found(table, 10);
    assert_eq!(found.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["Year", "Region"]);
    assert_eq!(words(&found[0]), ["2023=2023 2", "2024=2024 2"]);
    assert_eq!(words(&found[1]), ["Wales=Wales 2", "England=England 1", "= 1"]);
}

#[test]
fn codes_are_taken_from_the_column_beside() {
    let plain = "Area code,Area,Value\nW1,Wales,1\nE1,England,2\nW1,Wales,3\n";
    assert_eq!(words(&found(plain, 10)[0]), ["W1=Wales 2", "E1=England 1"]);
    let v4 = "v4_0,calendar-years,Time,admin,Geography\n1,2023,Year 2023,W92,Wales\n2,2024,Year 2024,W92,Wales\n";
    let found = found(v4, 10);
    assert_eq!(words(&found[0]), ["2023=Year 2023 1", "2024=Year 2024 1"]);
    assert_eq!(words(&found[1]), ["W92=Wales 2"]);
    let months = "v4_0,codelist,Time,admin,Geography\n1,Month,Jan-96,W92,\n2,Month,Feb-96,W92,\n";
    let found = self::found(months, 10);
    assert_eq!(words(&found[0]), ["Jan-96=Jan-96 1", "Feb-96=Feb-96 1"]);
    assert_eq!(words(&found[1]), ["W92=W92 2"]);
}

#[test]
fn what_is_left_out_is_told() {
    let table = "Name,Value\na,1\nb,2\nc,3\na,4\n";
    let found = found(table, 2);
    assert!(!found[0].complete);
    assert_eq!(words(&found[0]), ["a=a 2", "b=b 1"]);
}
