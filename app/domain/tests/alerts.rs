//! The rules for Prometheus and the conditions of the operations desk are the same: names, thresholds, times and severities.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use domain::operations::Condition;

/// What only somebody outside of the process can see, or follows from an incident.
const ELSEWHERE: [&str; 2] = ["CatalogueDown", "IncidentClockBreached"];

/// An alert as `alerts.yml` has it.
#[derive(Debug, Default, PartialEq)]
struct Alert {
    threshold: f64,
    minutes: i64,
    severity: String,
}

fn minutes(time: &str) -> i64 {
    let (number, unit) = time.split_at(time.len() - 1);
    number.parse::<i64>().unwrap() * if unit == "h" { 60 } else { 1 }
}

fn alerts() -> BTreeMap<String, Alert> {
    let text = std::fs::read_to_string("../../deploy/prometheus/alerts.yml").unwrap();
    let mut found: BTreeMap<String, Alert> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(alert) = line.strip_prefix("- alert: ") {
            name = alert.to_owned();
            found.insert(name.clone(), Alert::default());
        }
        let Some(alert) = found.get_mut(&name) else { continue };
        if let Some(expr) = line.strip_prefix("expr: ") {
            alert.threshold = expr.rsplit(' ').next().unwrap().parse().unwrap();
        } else if let Some(time) = line.strip_prefix("for: ") {
            alert.minutes = minutes(time);
        } else if let Some(labels) = line.strip_prefix("labels: { severity: ") {
            alert.severity = labels.trim_end_matches(" }").to_owned();
        }
    }
    found
}

#[test]
fn conditions_and_alerts_agree() {
    let alerts = alerts();
    assert!(alerts.len() > 10, "{alerts:?}");
    for condition in Condition::ALL {
        let rule = condition.rule();
        let wanted = Alert {
            threshold: rule.threshold,
            minutes: rule.held_for.num_minutes(),
            severity: rule.severity.label().to_owned(),
        };
        assert_eq!(alerts.get(rule.alert), Some(&wanted), "{condition}");
    }
    let known = |name: &String| Condition::ALL.iter().any(|condition| condition.rule().alert == name);
    let others: Vec<&String> = alerts.keys().filter(|name| !known(name)).collect();
    assert_eq!(others, ELSEWHERE, "a new alert belongs to the conditions, or here with its reason");
}
