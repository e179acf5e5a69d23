//! Values for the parameters and bodies of the description.

use serde_json::Value;

/// Texts to look for: what titles are made of, what only hidden things hold, and an id.
const TEXTS: [&str; 6] = ["rainfall", "secret", "joint", "series-1", "and", "r"];

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Every query worth asking: each parameter with each of its values, and orders with pages.
pub fn queries(document: &Value, said: &Value) -> Vec<String> {
    let parameters = said["parameters"].as_array().into_iter().flatten().map(|of| resolved(document, of));
    let of_query: Vec<&Value> = parameters.filter(|of| of["in"] == "query").collect();
    let has = |name: &str| of_query.iter().any(|of| of["name"] == name);
    let mut all = Vec::new();
    for parameter in &of_query {
        let name = parameter["name"].as_str().unwrap();
        if matches!(name, "limit" | "offset") {
            continue;
        }
        for value in values(document, name, &parameter["schema"]) {
            if name == "sort" && has("limit") {
                all.push(format!("sort={value}&limit=2"));
                all.push(format!("sort={value}&limit=1&offset=1"));
            } else {
                all.push(format!("{name}={value}"));
            }
            if name == "q" && has("sort") && has("limit") {
                all.push(format!("q={value}&sort=title&limit=2"));
            }
        }
    }
    if has("limit") {
        all.extend(["limit=1&offset=1", "limit=1000&offset=2", "limit=1000"].map(str::to_owned));
    }
    if has("edition") && has("version") {
        for (edition, version) in [(0, 1), (0, 2), (0, 3), (1, 1), (2, 1)] {
            all.push(format!("edition=edition-{edition}&version={version}"));
        }
    }
    all
}

/// The values of a parameter: those that its schema lists, otherwise what its name stands for here.
fn values(document: &Value, name: &str, schema: &Value) -> Vec<String> {
    let schema = resolved(document, schema);
    let schema = if schema["type"] == "array" { resolved(document, &schema["items"]) } else { schema };
    if let Some(listed) = schema["enum"].as_array() {
        return listed.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
    }
    let words = schema["pattern"].as_str().map(alternatives).unwrap_or_default();
    if !words.is_empty() {
        return words;
    }
    let known: &[&str] = match name {
        "q" => &TEXTS,
        "topic" | "topics" => &["output", "trade", "people", "trade,people"],
        "department" | "departments" => &["economy", "health"],
        "id" => &["series-0,series-1,series-2", "series-3", "series-4", "series-5"],
        "team" => &["press", "other"],
        "state" => &["created", "published"],
        "assigned" => &["me", "nobody"],
        "publish_date_from" | "publish_date_to" | "from" | "to" => &["2026-11-19", "2027-12-01"],
        "formats" => &["csv", "xlsx"],
        "geography" | "publishers" => &["united-kingdom", "office"],
        "years" => &["2026", "2027"],
        "frequency" => &["Monthly", "monthly"],
        "designation" => &["official", "accredited-official"],
        "parent_id" => &["output", "trade"],
        "edition" => &["edition-0", "edition-1", "edition-2"],
        "version" => &["1", "2", "3"],
        "columns" => &["Year", "Value,Year"],
        "sort" => &["-Value", "Year"],
        "cursor" => &["none"],
        "file" => &["series-0.csv", "series-3.csv"],
        "keep_versions" | "keep_months" => &["1", "2"],
        "live" | "disabled" | "has_chart" => &["true", "false"],
        "dataset" | "resource_id" => &["series-0", "series-3"],
        "release" => &["release-0", "release-3"],
        "bundle" | "subject" | "member" | "actor" | "action" | "resource_type" | "permission" | "role" | "kind" => {
            &["editor", "bundle"]
        }
        _ => panic!("say which values of {name} are worth asking for: {schema}"),
    };
    known.iter().map(|&value| value.to_owned()).collect()
}

/// The words of a pattern that lists them, with and without a sign where it may stand; none where it lists none.
fn alternatives(pattern: &str) -> Vec<String> {
    if pattern.contains(['[', '+', '*', '{', '\\', '.']) {
        return Vec::new();
    }
    let plain = pattern.trim_start_matches('^').trim_end_matches('$');
    let (signed, inner) = match plain.strip_prefix("-?(") {
        Some(inner) => (true, inner),
        None => (false, plain),
    };
    let inner = inner.trim_start_matches('(').trim_end_matches(')');
    let both = |word: &str| match word.strip_prefix("-?") {
        Some(word) => vec![word.to_owned(), format!("-{word}")],
        None if signed => vec![word.to_owned(), format!("-{word}")],
        None => vec![word.to_owned()],
    };
    inner.split('|').flat_map(both).collect()
}

/// A body on the line: as JSON or as a form with a file.
pub fn encoded(kind: &str, body: &Value) -> (String, String) {
    if !kind.starts_with("multipart/") {
        return (kind.to_owned(), body.to_string());
    }
    let mut text = String::new();
    for (name, value) in body.as_object().unwrap() {
        let file = if name == "file" { "; filename=\"a.csv\"" } else { "" };
        let value = value.as_str().unwrap();
        text += &format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n");
    }
    ("multipart/form-data; boundary=limit".to_owned(), format!("{text}--limit--\r\n"))
}

#[test]
fn patterns_are_taken_apart() {
    assert_eq!(alternatives("^-?(title|created_at)$"), ["title", "-title", "created_at", "-created_at"]);
    assert_eq!(alternatives("^(-?title|newest)$"), ["title", "-title", "newest"]);
    assert_eq!(alternatives("^-?timestamp$"), ["timestamp", "-timestamp"]);
    assert_eq!(alternatives("^[1-9][0-9]{0,8}$"), Vec::<String>::new());
}
