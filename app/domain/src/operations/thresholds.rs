//! The runbook's targets and alarms ("Health Monitoring & Alerts"), each with what is measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Readings;
use super::conditions::Condition;
use super::meters::within;

/// How a measure stands against its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// Within the target, or nothing measured yet.
    Good,
    /// Outside of the target.
    Warning,
    /// Where the runbook raises an alarm.
    Alarm,
}

/// Where a value and its threshold lie on a scale, in thousandths of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauge {
    /// The value; at an end of the scale where it lies beyond.
    pub now: u16,
    /// The threshold.
    pub threshold: u16,
}

impl Gauge {
    /// A value with its threshold on a scale that reaches from one number to another.
    fn on((from, to): (f64, f64), value: f64, threshold: f64) -> Self {
        let place = |value: f64| {
            let part = ((value - from) / (to - from)).clamp(0.0, 1.0) * 1000.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 1000")]
            let place = part.round() as u16;
            place
        };
        Self { now: place(value), threshold: place(threshold) }
    }
}

/// One measure with its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// What is measured.
    pub name: String,
    /// The value in words.
    pub value: String,
    /// The target, as the runbook has it.
    pub target: String,
    /// How it stands.
    pub grade: Grade,
    /// Where to look on.
    pub page: String,
    /// How far the value is from the threshold, where that can be drawn.
    #[serde(default)]
    pub gauge: Option<Gauge>,
}

impl Indicator {
    fn new(name: &str, value: String, target: &str, grade: Grade, page: &str) -> Self {
        Self { name: name.to_owned(), value, target: target.to_owned(), grade, page: page.to_owned(), gauge: None }
    }

    /// The same with a value and its threshold on a scale.
    fn drawn(self, scale: (f64, f64), value: f64, threshold: f64) -> Self {
        Self { gauge: Some(Gauge::on(scale, value, threshold)), ..self }
    }
}

const fn grade(warning: bool, alarm: bool) -> Grade {
    match (warning, alarm) {
        (_, true) => Grade::Alarm,
        (true, false) => Grade::Warning,
        (false, false) => Grade::Good,
    }
}

/// The runbook's indicators; `published` and `failed` count the publications of the last 30 days.
#[must_use]
pub fn indicators(readings: &Readings, queued: u64, published: u64, failed: u64) -> Vec<Indicator> {
    vec![
        response_time(readings),
        faults(readings),
        success(published, failed),
        in_a_row(readings),
        depth(queued),
        overdue(readings),
        corruption(readings),
        availability(readings),
    ]
}

/// The time within which 95 of 100 requests to pages and the API were answered.
fn response_time(readings: &Readings) -> Indicator {
    let mut buckets: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    let timed = readings.samples.iter().filter(|sample| sample.name == "http_request_duration_seconds_bucket");
    let timed = timed.filter(|sample| sample.labels.get("kind").is_none_or(|kind| kind != "asset" && kind != "health"));
    for sample in timed {
        let edge = sample.labels.get("le").map_or("+Inf", String::as_str);
        let edge = if edge == "+Inf" { f64::INFINITY } else { edge.parse().unwrap_or(f64::INFINITY) };
        buckets.entry(edge.to_bits()).or_insert((edge, 0.0)).1 += sample.value;
    }
    let mut buckets: Vec<(f64, f64)> = buckets.into_values().collect();
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ms = within(&buckets, 0.95) * 1000.0;
    Indicator::new(
        "Response time, p95",
        format!("{ms:.0} ms"),
        "below 500 ms; alarm above 1,000 ms",
        grade(ms >= 500.0, Condition::SlowAnswers.holds_at(ms / 1000.0)),
        "/ops/performance",
    )
    .drawn((0.0, 1000.0), ms, 500.0)
}

fn faults(readings: &Readings) -> Indicator {
    let all = readings.samples.iter().filter(|sample| sample.name == "http_requests_total");
    let (mut total, mut faults) = (0.0, 0.0);
    for sample in all {
        total += sample.value;
        if sample.labels.get("status").is_some_and(|status| status.starts_with('5')) {
            faults += sample.value;
        }
    }
    let part = if total > 0.0 { faults / total } else { 0.0 };
    Indicator::new(
        "Answers with a fault (5xx)",
        format!("{:.2} %", part * 100.0),
        "below 0.1 %; alarm above 1 %",
        grade(part >= 0.001, Condition::Faults.holds_at(part)),
        "/ops/performance",
    )
    .drawn((0.0, 0.01), part, 0.001)
}

fn success(published: u64, failed: u64) -> Indicator {
    let total = published + failed;
    #[expect(clippy::cast_precision_loss, reason = "counts this large do not occur")]
    let part = if total == 0 { 1.0 } else { published as f64 / total as f64 };
    Indicator::new(
        "Publications that succeeded, 30 days",
        if total == 0 { "none yet".to_owned() } else { format!("{:.1} % of {total}", part * 100.0) },
        "99.5 % or more",
        grade(Condition::PublicationsBelowTarget.holds_at(part), false),
        "/ops/publications",
    )
    .drawn((0.98, 1.0), part, 0.995)
}

fn in_a_row(readings: &Readings) -> Indicator {
    let failed = readings.sum("bundle_publication_consecutive_failures").unwrap_or_default();
    Indicator::new(
        "Failed publications in a row",
        format!("{failed:.0}"),
        "none; alarm above 3",
        grade(failed >= 1.0, Condition::PublicationsFail.holds_at(failed)),
        "/ops/failures",
    )
    .drawn((0.0, 6.0), failed, 3.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts this large do not occur")]
fn depth(queued: u64) -> Indicator {
    Indicator::new(
        "Bundles in the publish queue",
        queued.to_string(),
        "at most 10",
        grade(Condition::PublishQueueLong.holds_at(queued as f64), false),
        "/ops/queue",
    )
    .drawn((0.0, 20.0), queued as f64, 10.0)
}

fn overdue(readings: &Readings) -> Indicator {
    let seconds = readings.sum("publish_queue_overdue_seconds").unwrap_or_default();
    Indicator::new(
        "Longest wait beyond its instant",
        format!("{seconds:.0} s"),
        "none; high above 2 hours",
        grade(seconds > 5.0, Condition::PublicationOverdue.holds_at(seconds)),
        "/ops/queue",
    )
}

fn corruption(readings: &Readings) -> Indicator {
    let found = readings.sum("data_corruption_total").unwrap_or_default();
    Indicator::new(
        "Data found other than it was left",
        format!("{found:.0}"),
        "none; critical from the first",
        grade(false, Condition::DataCorrupt.holds_at(found)),
        "/ops/health",
    )
}

/// Nothing here runs while all of it is down, so that only somebody outside can measure this.
fn availability(readings: &Readings) -> Indicator {
    Indicator::new(
        "Availability",
        format!("this node since {}", crate::uk_time::date_time(readings.started_at)),
        "99.9 %; told by the monitor outside, CatalogueDown",
        Grade::Good,
        "/ops/health",
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::operations::read_exposition;

    fn readings(text: &str) -> Readings {
        Readings {
            status: "OK".into(),
            components: Vec::new(),
            started_at: DateTime::UNIX_EPOCH,
            last_beat: None,
            version: String::new(),
            commit: String::new(),
            samples: read_exposition(text),
            settings: Vec::new(),
            firing: Vec::new(),
            limits: Vec::new(),
            callers: Vec::new(),
            caches: Vec::new(),
        }
    }

    fn graded(text: &str, queued: u64, published: u64, failed: u64) -> Vec<Grade> {
        indicators(&readings(text), queued, published, failed).iter().map(|indicator| indicator.grade).collect()
    }

    #[test]
    fn nothing_measured_is_no_alarm() {
        assert!(graded("", 0, 0, 0).iter().all(|grade| *grade == Grade::Good));
    }

    #[test]
    fn a_value_is_drawn_beside_its_threshold_and_never_beyond_the_scale() {
        let gauge = |queued| indicators(&readings(""), queued, 0, 0)[4].gauge.unwrap();
        assert_eq!(gauge(5), Gauge { now: 250, threshold: 500 });
        assert_eq!((gauge(90).now, gauge(0).now), (1000, 0));
        let success = indicators(&readings(""), 0, 1, 1)[2].gauge.unwrap();
        assert_eq!(success, Gauge { now: 0, threshold: 750 });
    }

    #[test]
    fn every_threshold_of_the_runbook_is_drawn() {
        let slow = "http_request_duration_seconds_bucket{kind=\"page\",le=\"0.5\"} 10
http_request_duration_seconds_bucket{kind=\"page\",le=\"+Inf\"} 100
http_requests_total{status=\"200\"} 98
http_requests_total{status=\"503\"} 2
bundle_publication_consecutive_failures 4
publish_queue_overdue_seconds 61
data_corruption_total{what=\"files\"} 1";
        use Grade::{Alarm, Good, Warning};
        assert_eq!(graded(slow, 11, 99, 1), [Warning, Alarm, Warning, Alarm, Warning, Alarm, Alarm, Good]);
        assert_eq!(graded("", 10, 199, 1)[2], Grade::Good);
    }
}
