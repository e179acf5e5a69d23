//! Finding out which conditions hold, from what the program measures every few seconds.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::conditions::{Condition, Firing};
use super::meters::within;
use super::{Readings, Sample};

/// Over how long answers are judged.
const ANSWERS: TimeDelta = TimeDelta::minutes(5);
/// Over how long warnings of bundles at risk count.
const WARNINGS: TimeDelta = TimeDelta::minutes(10);
/// Over how long damage counts.
const DAMAGE: TimeDelta = TimeDelta::minutes(15);

/// The counters at one moment; they only ever go up.
#[derive(Clone, Debug, Default)]
struct Tally {
    at: DateTime<Utc>,
    requests: f64,
    faults: f64,
    warnings: f64,
    damage: BTreeMap<String, f64>,
    /// Answers up to each edge in seconds, by the edge's bits so that they sort: edges are never negative.
    buckets: BTreeMap<u64, f64>,
}

impl Tally {
    fn of(samples: &[Sample], at: DateTime<Utc>) -> Self {
        let mut tally = Self { at, ..Self::default() };
        for sample in samples {
            let label = |name: &str| sample.labels.get(name).map_or("", String::as_str);
            match sample.name.as_str() {
                "http_requests_total" => {
                    tally.requests += sample.value;
                    if label("status").starts_with('5') {
                        tally.faults += sample.value;
                    }
                }
                "bundle_preflight_warnings_total" => tally.warnings += sample.value,
                "data_corruption_total" => {
                    *tally.damage.entry(label("what").to_owned()).or_default() += sample.value;
                }
                "http_request_duration_seconds_bucket" if matches!(label("kind"), "api" | "page" | "portal") => {
                    let edge = label("le").parse().unwrap_or(f64::INFINITY);
                    *tally.buckets.entry(f64::to_bits(edge)).or_default() += sample.value;
                }
                _ => {}
            }
        }
        tally
    }

    /// The share of faults among the answers since `before`; none where nothing was answered.
    fn faults_since(&self, before: &Self) -> f64 {
        let answered = self.requests - before.requests;
        if answered > 0.0 { (self.faults - before.faults) / answered } else { 0.0 }
    }

    /// The time within which 95 of 100 answers since `before` were given, in seconds.
    fn p95_since(&self, before: &Self) -> f64 {
        let since = |(edge, count): (&u64, &f64)| {
            (f64::from_bits(*edge), count - before.buckets.get(edge).copied().unwrap_or_default())
        };
        within(&self.buckets.iter().map(since).collect::<Vec<_>>(), 0.95)
    }
}

/// What was measured lately, and since when each condition has held.
#[derive(Clone, Debug)]
pub struct Watch {
    tallies: VecDeque<Tally>,
    since: BTreeMap<(Condition, String), DateTime<Utc>>,
}

impl Watch {
    /// A watch that begins with the process, whose counters stand at nought.
    #[must_use]
    pub fn starting(at: DateTime<Utc>) -> Self {
        Self { tallies: VecDeque::from([Tally { at, ..Tally::default() }]), since: BTreeMap::new() }
    }

    /// The conditions that hold now; `outcomes` counts the publications of the month that succeeded and that failed.
    pub fn look(&mut self, readings: &Readings, outcomes: (u64, u64), now: DateTime<Utc>) -> Vec<Firing> {
        let tally = Tally::of(&readings.samples, now);
        let mut measured = self.counted(&tally, now);
        measured.extend(stood(readings));
        measured.extend(share(outcomes).map(|part| (Condition::PublicationsBelowTarget, String::new(), part)));
        measured.retain(|(condition, _, value)| condition.holds_at(*value));
        let held: BTreeMap<_, _> = measured
            .iter()
            .map(|(condition, subject, _)| {
                let key = (*condition, subject.clone());
                let since = self.since.get(&key).copied().unwrap_or(now);
                (key, since)
            })
            .collect();
        self.since = held;
        self.tallies.push_back(tally);
        // The last one before the longest span stays, to count from.
        while self.tallies.get(1).is_some_and(|second| second.at <= now - DAMAGE) {
            self.tallies.pop_front();
        }
        let firing = |(condition, subject, value): (Condition, String, f64)| {
            let since = self.since.get(&(condition, subject.clone())).copied().unwrap_or(now);
            Firing { is_due: now - since >= condition.rule().held_for, condition, subject, value, since }
        };
        measured.into_iter().map(firing).collect()
    }

    /// The newest tally that is at least so old, or the oldest there is.
    fn before(&self, span: TimeDelta, now: DateTime<Utc>) -> Tally {
        let old = self.tallies.iter().rev().find(|tally| tally.at <= now - span);
        old.or_else(|| self.tallies.front()).cloned().unwrap_or_default()
    }

    /// What counters have gone up by.
    fn counted(&self, tally: &Tally, now: DateTime<Utc>) -> Vec<(Condition, String, f64)> {
        let (answers, damage) = (self.before(ANSWERS, now), self.before(DAMAGE, now));
        let faults = tally.faults_since(&answers);
        let mut measured = vec![
            (Condition::SlowAnswers, String::new(), tally.p95_since(&answers)),
            (Condition::Faults, String::new(), faults),
            (Condition::ManyFaults, String::new(), faults),
            (Condition::PublicationAtRisk, String::new(), tally.warnings - self.before(WARNINGS, now).warnings),
        ];
        measured.extend(tally.damage.iter().map(|(what, count)| {
            let found = count - damage.damage.get(what).copied().unwrap_or_default();
            (Condition::DataCorrupt, what.clone(), found)
        }));
        measured
    }
}

/// The share of publications that succeeded; none where there were none.
#[expect(clippy::cast_precision_loss, reason = "counts this large do not occur")]
fn share((succeeded, failed): (u64, u64)) -> Option<f64> {
    let all = succeeded + failed;
    (all > 0).then(|| succeeded as f64 / all as f64)
}

/// What stands at a value now.
fn stood(readings: &Readings) -> Vec<(Condition, String, f64)> {
    let most = |name: &str| readings.samples.iter().filter(|s| s.name == name).map(|s| s.value).fold(0.0, f64::max);
    let mut measured: Vec<(Condition, String, f64)> = [
        (Condition::PublicationsFail, "bundle_publication_consecutive_failures"),
        (Condition::ClocksApart, "clock_skew_seconds"),
        (Condition::PublicationOverdue, "publish_queue_overdue_seconds"),
        (Condition::PublishQueueLong, "publish_queue_depth"),
        (Condition::PublishQueuePaused, "publish_queue_paused"),
        (Condition::FollowUpWorkLate, "outbox_oldest_age_seconds"),
    ]
    .into_iter()
    .map(|(condition, name)| (condition, String::new(), most(name)))
    .collect();
    let by_sink =
        [(Condition::DeliveryGivenUp, "deliveries_given_up"), (Condition::IntegrationDown, "delivery_circuit_open")];
    for (condition, name) in by_sink {
        let of = readings.samples.iter().filter(|sample| sample.name == name);
        measured.extend(of.map(|s| (condition, s.labels.get("sink").cloned().unwrap_or_default(), s.value)));
    }
    measured.extend(readings.components.iter().map(|component| {
        let value = match component.status.as_str() {
            "OK" => 1.0,
            "WARNING" => 0.5,
            _ => 0.0,
        };
        (Condition::ComponentCritical, component.name.clone(), value)
    }));
    measured
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{ComponentSight, read_exposition};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn readings(text: &str) -> Readings {
        Readings {
            status: "OK".into(),
            components: Vec::new(),
            started_at: at(0),
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

    fn answered(all: u32, faults: u32) -> Readings {
        readings(&format!(
            "http_requests_total{{status=\"200\"}} {}\nhttp_requests_total{{status=\"500\"}} {faults}",
            all - faults
        ))
    }

    fn found(firing: &[Firing]) -> Vec<(Condition, bool)> {
        firing.iter().map(|one| (one.condition, one.is_due)).collect()
    }

    #[test]
    fn nothing_measured_is_no_alarm() {
        assert_eq!(Watch::starting(at(0)).look(&readings(""), (0, 0), at(15)), []);
    }

    #[test]
    fn faults_alert_once_they_have_held_for_five_minutes() {
        let mut watch = Watch::starting(at(0));
        let mut look = |seconds, all, faults| found(&watch.look(&answered(all, faults), (0, 0), at(seconds)));
        assert_eq!(look(15, 100, 1), [], "one in a hundred is the threshold itself");
        assert_eq!(look(30, 200, 3), [(Condition::Faults, false)]);
        for round in 3..=21 {
            assert_eq!(look(round * 15, 200, 3), [(Condition::Faults, false)], "{round}");
        }
        assert_eq!(look(330, 1000, 30), [(Condition::Faults, true)], "five minutes after it began");
        // What is more than five minutes old counts no more.
        assert_eq!(look(631, 2000, 30), []);
        assert_eq!(look(646, 2010, 31), [], "it is within again");
    }

    #[test]
    fn one_fault_in_a_quiet_night_alerts_nobody() {
        let mut watch = Watch::starting(at(0));
        for round in 1..60 {
            let fault = u32::from(round > 3);
            let firing = watch.look(&answered(10 + fault, fault), (0, 0), at(round * 15));
            assert!(firing.iter().all(|one| !one.is_due), "{round}: {firing:?}");
        }
    }

    #[test]
    fn slow_answers_are_those_of_pages_and_the_api() {
        let slow = |kind: &str| {
            readings(&format!(
                "http_request_duration_seconds_bucket{{kind=\"{kind}\",le=\"0.5\"}} 90\n\
                 http_request_duration_seconds_bucket{{kind=\"{kind}\",le=\"2.5\"}} 100\n\
                 http_request_duration_seconds_bucket{{kind=\"{kind}\",le=\"+Inf\"}} 100"
            ))
        };
        let firing = Watch::starting(at(0)).look(&slow("page"), (0, 0), at(15));
        assert!((firing[0].value - 1.5).abs() < 1e-9 && firing.len() == 1, "{firing:?}");
        assert_eq!(Watch::starting(at(0)).look(&slow("asset"), (0, 0), at(15)), []);
    }

    #[test]
    fn damage_alerts_at_once_and_for_a_quarter_of_an_hour() {
        let mut watch = Watch::starting(at(0));
        let damaged =
            readings("data_corruption_total{what=\"files\"} 1\ndata_corruption_total{what=\"audit records\"} 0");
        let firing = watch.look(&damaged, (0, 0), at(15));
        assert_eq!(firing.iter().map(Firing::key).collect::<Vec<_>>(), ["data_corrupt:files"]);
        assert!(firing[0].is_due);
        assert_eq!(watch.look(&damaged, (0, 0), at(914)).len(), 1);
        assert_eq!(watch.look(&damaged, (0, 0), at(915)), []);
    }

    #[test]
    fn a_paused_queue_alerts_at_once_and_opens_no_incident() {
        let mut watch = Watch::starting(at(0));
        let firing = watch.look(&readings("publish_queue_paused 1"), (0, 0), at(15));
        assert_eq!(found(&firing), [(Condition::PublishQueuePaused, true)]);
        assert!(!firing[0].condition.rule().opens);
        assert_eq!(watch.look(&readings("publish_queue_paused 0"), (0, 0), at(30)), []);
    }

    #[test]
    fn what_stands_at_a_value_is_told_with_its_subject() {
        let mut found = readings(
            "bundle_publication_consecutive_failures 4\npublish_queue_depth 11\npublish_queue_overdue_seconds 61\n\
             delivery_circuit_open{sink=\"slack\"} 1\ndelivery_circuit_open{sink=\"email\"} 0\nclock_skew_seconds 0.2",
        );
        found.components = vec![ComponentSight {
            name: "Database".into(),
            status: "CRITICAL".into(),
            message: String::new(),
            last_checked: at(0),
            last_success: None,
            last_failure: None,
            duration_ms: 0,
            recent: Vec::new(),
        }];
        let mut watch = Watch::starting(at(0));
        let firing = watch.look(&found, (198, 2), at(0));
        let mut keys: Vec<(String, bool)> = firing.iter().map(|one| (one.key(), one.is_due)).collect();
        keys.sort();
        let wanted = [
            ("component_critical:Database", true),
            ("integration_down:slack", false),
            ("publication_overdue:", true),
            ("publications_below_target:", true),
            ("publications_fail:", true),
            ("publish_queue_long:", true),
        ];
        assert_eq!(keys, wanted.map(|(key, due)| (key.to_owned(), due)));
        let later = watch.look(&found, (199, 1), at(3600));
        let slack = later.iter().find(|one| one.condition == Condition::IntegrationDown).unwrap();
        assert!(slack.is_due && slack.since == at(0) && slack.due_at() == at(3600));
        assert!(later.iter().all(|one| one.condition != Condition::PublicationsBelowTarget));
    }
}
