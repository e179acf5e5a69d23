//! The runbook's procedures as data, and the live value beside each step.

use domain::operations::Overview as Data;

use super::span_words;

/// What is shown beside a step, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// Nothing.
    None,
    /// How everything stands.
    Status,
    /// The queue's length.
    Queue,
    /// Failed bundles.
    Failed,
    /// The last sign of life of the scheduler.
    Scheduler,
    /// An indicator by its place in the overview.
    Indicator(usize),
    /// Files that failed.
    Files,
    /// Deliveries that were given up.
    GivenUp,
    /// A component by its name.
    Component(&'static str),
    /// How often this node found such records broken, by the word of the measure.
    Broken(&'static str),
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub what: &'static str,
    pub page: &'static str,
    pub command: &'static str,
    pub live: Live,
}

/// One procedure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Procedure {
    pub id: &'static str,
    pub title: &'static str,
    pub when: &'static str,
    pub steps: &'static [Step],
}

impl Step {
    /// Its command as it is typed for the site at this address.
    pub(super) fn command_at(&self, site: &str) -> String {
        if site.is_empty() { self.command.to_owned() } else { self.command.replace(WRITTEN_FOR, site) }
    }
}

/// The address that commands are written for here; each is shown with that of the site.
const WRITTEN_FOR: &str = "http://localhost:22000";

const fn step(what: &'static str, page: &'static str, command: &'static str, live: Live) -> Step {
    Step { what, page, command, live }
}

/// The runbook's procedures, in its order.
pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        id: "health",
        title: "Is it well?",
        when: "At the start of a shift, and whenever an alert comes.",
        steps: &[
            step("Look at every component", "/ops/health", "curl http://localhost:22000/healthcheck", Live::Status),
            step("See that the scheduler is alive", "/ops/health", "", Live::Scheduler),
            step(
                "Response time, target p95 below 500 ms",
                "/ops/performance",
                "curl http://localhost:22000/metrics",
                Live::Indicator(0),
            ),
            step("Faults, target below 0.1 %", "/ops/performance", "", Live::Indicator(1)),
            step("Publications that succeed, target 99.5 %", "/ops/publications", "", Live::Indicator(2)),
            step(
                "Queue depth, warn above 10",
                "/ops/queue",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/publish-queue",
                Live::Queue,
            ),
        ],
    },
    Procedure {
        id: "failed-bundle",
        title: "A scheduled bundle was not published",
        when: "A bundle is failed, or still scheduled after its instant; the alert says: Bundle publication failed.",
        steps: &[
            step(
                "Find the bundle, its root cause and the evidence",
                "/ops/failures",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}",
                Live::Failed,
            ),
            step(
                "Mend what the evidence names: approve versions, add content, wait for the receiver",
                "/ops/failures",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}/contents",
                Live::None,
            ),
            step(
                "Reset the bundle to approved",
                "/ops/failures",
                "curl -X PUT -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}/reset-to-approved",
                Live::None,
            ),
            step(
                "Schedule it again",
                "/admin/bundles?state=approved",
                "curl -X PUT -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}/schedule -d '{\"publication_date\": \"…\"}'",
                Live::Queue,
            ),
            step(
                "Watch it become public",
                "/ops/publications",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}/status",
                Live::None,
            ),
        ],
    },
    Procedure {
        id: "paused-queue",
        title: "No bundle may be published for now",
        when: "Figures of several bundles are doubted, or something is wrong that would make every publication wrong. A bundle that is due meanwhile counts as overdue.",
        steps: &[
            step(
                "Pause the whole queue, with a reason that everybody in the portal reads",
                "/ops/queue",
                "curl -X POST -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" -H \"Content-Type: application/json\" http://localhost:22000/publish-queue/pause -d '{\"reason\": \"…\"}'",
                Live::Component("Publish queue"),
            ),
            step(
                "See what is due meanwhile, and hold what must not come out, or have it moved (an approver moves)",
                "/ops/queue",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/publish-queue",
                Live::Queue,
            ),
            step(
                "Resume the queue: what is overdue is published at once and says why it is late",
                "/ops/queue",
                "curl -X POST -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" -H \"Content-Type: application/json\" http://localhost:22000/publish-queue/resume -d '{\"reason\": \"…\"}'",
                Live::None,
            ),
        ],
    },
    Procedure {
        id: "receiver-down",
        title: "Wagtail, Tracker or another receiver is down",
        when: "Deliveries fail. Publications go on unless they are told to wait for the receiver.",
        steps: &[
            step(
                "See which receiver is left in peace, and ask it",
                "/ops/integrations",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/wagtail/status/{bundle-id}",
                Live::GivenUp,
            ),
            step(
                "Once it is back, have it called again and replay what was given up",
                "/ops/integrations",
                "",
                Live::None,
            ),
            step("If it stays down, leave it out for the bundle, with a reason", "/ops/failures", "", Live::None),
        ],
    },
    Procedure {
        id: "slow",
        title: "Requests time out",
        when: "Answers of 504, or pages that take long.",
        steps: &[
            step("Find the slow endpoints", "/ops/performance", "", Live::Indicator(0)),
            step(
                "Look at the database",
                "/ops/health",
                "curl http://localhost:22000/healthcheck | jq '.checks[] | select(.name==\"Database\")'",
                Live::Component("Database"),
            ),
            step(
                "Renew its connections",
                "/ops/health",
                "curl -X POST -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/admin/database/reset-connections",
                Live::None,
            ),
        ],
    },
    Procedure {
        id: "files",
        title: "Uploads or downloads fail",
        when: "Uploads end in errors, files stay in processing, or links answer 404.",
        steps: &[
            step("Look at the storage", "/ops/files", "", Live::Component("Storage")),
            step(
                "Look at the queue of files",
                "/ops/files",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/files/queue/status",
                Live::Files,
            ),
            step(
                "Clear stuck jobs",
                "/ops/files",
                "curl -X DELETE -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/files/queue/clear-failed",
                Live::None,
            ),
        ],
    },
    Procedure {
        id: "investigation",
        title: "What happened to a bundle?",
        when: "Somebody asks why something was, or was not, published.",
        steps: &[
            step(
                "Read its records, with who, when and why",
                "/admin/audit?resource_type=bundle",
                "curl -H \"Authorization: Bearer $SERVICE_AUTH_TOKEN\" http://localhost:22000/bundles/{bundle-id}/timeline",
                Live::None,
            ),
            step(
                "Check that the audit trail is whole",
                "/admin/audit?verify=yes",
                "catalogue audit verify",
                Live::Broken("audit records"),
            ),
            step(
                "Read what became public, and when",
                "/publication-log",
                "catalogue publication-log verify",
                Live::Broken("publication log"),
            ),
        ],
    },
];

/// The live value of a step, in words.
pub(super) fn value(live: Live, data: &Data) -> Option<String> {
    let component = |name: &str| data.readings.components.iter().find(|component| component.name == name);
    match live {
        Live::None => None,
        Live::Status => Some(data.standing().to_owned()),
        Live::Queue => Some(format!("{} in the queue", data.queued)),
        Live::Failed => Some(format!("{} failed", data.failed.total_count)),
        Live::Scheduler => {
            let ago =
                |at: chrono::DateTime<chrono::Utc>| format!("seen {} ago", span_words((data.now - at).num_seconds()));
            Some(data.readings.last_beat.map_or_else(|| "none on this node".to_owned(), ago))
        }
        Live::Indicator(place) => data.indicators.get(place).map(|indicator| indicator.value.clone()),
        Live::Files => Some(format!("{} failed", data.failed_files)),
        Live::GivenUp => Some(format!("{} deliveries given up", data.given_up)),
        Live::Component(name) => component(name).map(|found| format!("{}, {}", found.status, found.message)),
        Live::Broken(what) => {
            let found = data.readings.labelled("data_corruption_total", "what", what)?;
            Some(format!("found broken {found:.0} times since this node started"))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::operations::{Readings, indicators, read_exposition};
    use domain::page::{Page, Paging};

    use super::*;

    /// How everything stands where a node has measured this.
    fn overview(measured: &str) -> Data {
        let now = DateTime::UNIX_EPOCH;
        let readings = Readings {
            status: "OK".into(),
            components: Vec::new(),
            started_at: now,
            last_beat: None,
            version: String::new(),
            commit: String::new(),
            samples: read_exposition(measured),
            settings: Vec::new(),
            firing: Vec::new(),
            limits: Vec::new(),
            callers: Vec::new(),
            caches: Vec::new(),
        };
        Data {
            indicators: indicators(&readings, 0, 0, 0),
            readings,
            incidents: Vec::new(),
            next: None,
            queued: 0,
            failed: Page::new(Vec::new(), 0, Paging::WHOLE),
            given_up: 0,
            failed_files: 0,
            node: "a".into(),
            now,
        }
    }

    #[test]
    fn commands_ask_the_site_that_shows_them() {
        let site = "https://data.example.org";
        let steps = || PROCEDURES.iter().flat_map(|procedure| procedure.steps);
        assert!(steps().all(|step| !step.command_at(site).contains("localhost")));
        let asked: Vec<String> = steps().map(|step| step.command_at(site)).collect();
        assert!(asked.contains(&format!("curl {site}/healthcheck")), "{asked:?}");
        assert!(steps().all(|step| step.command_at("") == step.command), "a site without an address");
    }

    #[test]
    fn what_was_found_of_files_is_not_told_of_the_audit_trail() {
        let steps = || PROCEDURES.iter().flat_map(|procedure| procedure.steps);
        let told = |command: &str, measured: &str| {
            let step = steps().find(|step| step.command == command).unwrap();
            value(step.live, &overview(measured))
        };
        let files = "data_corruption_total{what=\"files\"} 1\ndata_corruption_total{what=\"audit records\"} 0";
        let none = Some("found broken 0 times since this node started".to_owned());
        assert_eq!(told("catalogue audit verify", files), none);
        assert_eq!(told("catalogue publication-log verify", files), None);
        let records = "data_corruption_total{what=\"audit records\"} 2";
        assert_eq!(
            told("catalogue audit verify", records),
            Some("found broken 2 times since this node started".to_owned())
        );
    }
}
