//! What is measured, read from the text that is handed to Prometheus.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One measured value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The measure.
    pub name: String,
    /// What it is of.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// How long an endpoint takes and how often it fails, since the process started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The method.
    pub method: String,
    /// The sort of address, such as `api` or `page`.
    pub kind: String,
    /// The address by its template.
    pub route: String,
    /// How many requests were answered.
    pub count: f64,
    /// How many of them with a fault of ours.
    pub faults: f64,
    /// How many of them with a refusal.
    pub refusals: f64,
    /// The time within which half of them were answered, in milliseconds.
    pub p50: f64,
    /// The same for 95 of 100.
    pub p95: f64,
    /// The same for 99 of 100.
    pub p99: f64,
}

/// Reads the Prometheus text format; lines that are none are left out.
#[must_use]
pub fn read_exposition(text: &str) -> Vec<Sample> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(read_line).collect()
}

fn read_line(line: &str) -> Option<Sample> {
    let (head, value) = line.trim().rsplit_once(' ')?;
    let value = value.parse().ok()?;
    let (name, labels) = match head.split_once('{') {
        Some((name, rest)) => (name, read_labels(rest.strip_suffix('}')?)),
        None => (head, BTreeMap::new()),
    };
    Some(Sample { name: name.to_owned(), labels, value })
}

/// Reads `a="b",c="d"`; a quote inside a value is escaped.
fn read_labels(mut text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let mut value = String::new();
        let mut letters = rest.char_indices();
        let mut end = rest.len();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => value.extend(letters.next().map(|(_, escaped)| if escaped == 'n' { '\n' } else { escaped })),
                '"' => {
                    end = at + 1;
                    break;
                }
                other => value.push(other),
            }
        }
        labels.insert(name.trim_matches([',', ' ']).to_owned(), value);
        text = rest.get(end..).unwrap_or_default();
    }
    labels
}

/// An endpoint and the buckets of its durations: edge in seconds, requests up to it.
type Measured = (Endpoint, Vec<(f64, f64)>);

/// The endpoints that were asked, the slowest first.
#[must_use]
pub fn endpoints(samples: &[Sample]) -> Vec<Endpoint> {
    let mut found: BTreeMap<[String; 3], Measured> = BTreeMap::new();
    for sample in samples {
        let label = |name: &str| sample.labels.get(name).cloned().unwrap_or_default();
        let key = [label("kind"), label("route"), label("method")];
        let place = |found: &mut BTreeMap<_, Measured>| {
            let [kind, route, method] = key.clone();
            found
                .entry(key.clone())
                .or_insert_with(|| (Endpoint { kind, route, method, ..Endpoint::default() }, Vec::new()));
        };
        match sample.name.as_str() {
            "http_request_duration_seconds_bucket" => {
                place(&mut found);
                let le = label("le");
                let edge = if le == "+Inf" { f64::INFINITY } else { le.parse().unwrap_or(f64::INFINITY) };
                found.entry(key).and_modify(|(_, buckets)| buckets.push((edge, sample.value)));
            }
            "http_requests_total" => {
                place(&mut found);
                let status = label("status");
                found.entry(key).and_modify(|(endpoint, _)| {
                    endpoint.count += sample.value;
                    match status.as_bytes().first() {
                        Some(b'5') => endpoint.faults += sample.value,
                        Some(b'4') => endpoint.refusals += sample.value,
                        _ => {}
                    }
                });
            }
            _ => {}
        }
    }
    let mut all: Vec<Endpoint> = found
        .into_values()
        .map(|(endpoint, mut buckets)| {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            let at = |part: f64| within(&buckets, part) * 1000.0;
            Endpoint { p50: at(0.5), p95: at(0.95), p99: at(0.99), ..endpoint }
        })
        .filter(|endpoint| endpoint.count > 0.0)
        .collect();
    all.sort_by(|a, b| b.p95.total_cmp(&a.p95).then(b.count.total_cmp(&a.count)));
    all
}

/// The time within which this part of the requests was answered, in seconds: even inside a bucket, as Prometheus has it.
#[must_use]
pub(super) fn within(buckets: &[(f64, f64)], part: f64) -> f64 {
    let total = buckets.last().map_or(0.0, |(_, count)| *count);
    if total <= 0.0 {
        return 0.0;
    }
    let wanted = total * part;
    let (mut from, mut before) = (0.0, 0.0);
    for (edge, count) in buckets {
        if *count >= wanted {
            if edge.is_infinite() {
                return from;
            }
            let inside = count - before;
            return if inside > 0.0 { from + (edge - from) * (wanted - before) / inside } else { *edge };
        }
        (from, before) = (*edge, *count);
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# TYPE http_requests_total counter
http_requests_total{method=\"GET\",kind=\"api\",route=\"/v1/datasets/{id}\",status=\"200\"} 90
http_requests_total{method=\"GET\",kind=\"api\",route=\"/v1/datasets/{id}\",status=\"500\"} 10
http_request_duration_seconds_bucket{method=\"GET\",kind=\"api\",route=\"/v1/datasets/{id}\",le=\"0.1\"} 50
http_request_duration_seconds_bucket{method=\"GET\",kind=\"api\",route=\"/v1/datasets/{id}\",le=\"0.5\"} 90
http_request_duration_seconds_bucket{method=\"GET\",kind=\"api\",route=\"/v1/datasets/{id}\",le=\"+Inf\"} 100
odd{name=\"a \\\"b\\\", c\"} 1.5
nonsense
publish_queue_depth 3";

    #[test]
    fn measures_are_read_with_their_labels() {
        let samples = read_exposition(TEXT);
        assert_eq!(samples.len(), 7);
        let named = |name: &str| samples.iter().find(|sample| sample.name == name).unwrap().clone();
        assert_eq!(named("odd").labels["name"], "a \"b\", c");
        assert!((named("publish_queue_depth").value - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn an_endpoint_is_told_by_its_times_and_faults() {
        let all = endpoints(&read_exposition(TEXT));
        assert_eq!(all.len(), 1);
        let one = &all[0];
        assert_eq!((one.route.as_str(), one.count, one.faults), ("/v1/datasets/{id}", 100.0, 10.0));
        assert!((one.p50 - 100.0).abs() < 1e-6 && (one.p95 - 500.0).abs() < 1e-6, "{one:?}");
    }

    #[test]
    fn nothing_measured_takes_no_time() {
        assert!(within(&[], 0.95).abs() < f64::EPSILON);
        assert!((within(&[(1.0, 10.0)], 0.5) - 0.5).abs() < 1e-9);
    }
}
