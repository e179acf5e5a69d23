//! Incidents: one of each condition while it is open, saved at its revision, and noted by whoever is faster.

use domain::operations::{Condition, Firing, Incident, IncidentSeverity, IncidentState, NewIncident, NewSilence};
use domain::page::Paging;
use persistence::PersistenceError;
use persistence::incidents::{self, IncidentFilter};
use persistence::silences;
use testkit::builders::{actor, at};
use testkit::on_both_databases;

fn by_hand(id: &str, severity: IncidentSeverity) -> Incident {
    let new = NewIncident { title: format!("Incident {id}"), description: "Odd figures".into(), severity };
    Incident::by_hand(id.into(), new, actor("operator"), at(0))
}

fn by_condition(id: &str, condition: Condition, subject: &str) -> Incident {
    let firing = Firing { condition, subject: subject.into(), value: 1.0, since: at(0), is_due: true };
    Incident::by_condition(id.into(), &firing, actor("housekeeping"), at(60))
}

on_both_databases! {
    async fn a_condition_has_one_incident_while_it_is_open(db: TestDatabase) {
        let first = by_condition("1", Condition::IntegrationDown, "slack");
        incidents::insert(db.pool(), &first).await.unwrap();
        assert_eq!(incidents::find(db.pool(), "1").await.unwrap(), Some(first.clone()));
        let again = incidents::insert(db.pool(), &by_condition("2", Condition::IntegrationDown, "slack")).await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))), "{again:?}");
        incidents::insert(db.pool(), &by_condition("3", Condition::IntegrationDown, "email")).await.unwrap();
        for id in ["4", "5"] {
            incidents::insert(db.pool(), &by_hand(id, IncidentSeverity::P2)).await.unwrap();
        }
        let over = Incident { state: IncidentState::Resolved, resolved_at: Some(at(120)), cause: Some("x".into()), ..first.clone() };
        assert!(incidents::save(db.pool(), &over).await.unwrap());
        assert!(!incidents::save(db.pool(), &over).await.unwrap(), "the revision is another now");
        incidents::insert(db.pool(), &by_condition("2", Condition::IntegrationDown, "slack")).await.unwrap();
        let reopened = incidents::save(db.pool(), &Incident { revision: 2, ..first }).await;
        assert!(matches!(reopened, Err(PersistenceError::Duplicate(_))), "{reopened:?}");
    }

    async fn a_condition_is_silenced_until_its_time_is_over_or_it_is_taken_back(db: TestDatabase) {
        let new = |key: &str, hours| NewSilence { key: key.into(), hours, reason: "It is moved".into() };
        let slack = new("integration_down:slack", 1).begin("Ada", at(0)).unwrap();
        let slow = new("slow_answers:", 2).begin("Ben", at(60)).unwrap();
        for silence in [&slack, &slow] {
            silences::save(db.pool(), silence).await.unwrap();
        }
        assert_eq!(silences::list(db.pool(), at(120)).await.unwrap(), [slow.clone(), slack.clone()]);
        assert_eq!(silences::list(db.pool(), at(3600)).await.unwrap(), std::slice::from_ref(&slow), "it has an end");
        let longer = new("integration_down:slack", 3).begin("Cai", at(90)).unwrap();
        silences::save(db.pool(), &longer).await.unwrap();
        assert_eq!(silences::find(db.pool(), &slack.key()).await.unwrap(), Some(longer), "one of it at a time");
        assert!(silences::remove(db.pool(), &slack.key()).await.unwrap());
        assert!(!silences::remove(db.pool(), &slack.key()).await.unwrap());
        assert_eq!(silences::delete_expired(db.pool(), slow.until).await.unwrap(), 1);
        assert_eq!(silences::find(db.pool(), &slow.key()).await.unwrap(), None);
    }

    async fn incidents_are_found_by_state_severity_and_words(db: TestDatabase) {
        let late = Incident { opened_at: at(90), ..by_hand("1", IncidentSeverity::P1) };
        incidents::insert(db.pool(), &late).await.unwrap();
        incidents::insert(db.pool(), &by_hand("2", IncidentSeverity::P3)).await.unwrap();
        let over = Incident { state: IncidentState::Resolved, ..by_condition("3", Condition::DataCorrupt, "files") };
        incidents::insert(db.pool(), &over).await.unwrap();
        let ask = async |filter: IncidentFilter| {
            let page = incidents::list(db.pool(), &filter, Paging::WHOLE).await.unwrap();
            page.items.into_iter().map(|incident| incident.id).collect::<Vec<_>>()
        };
        assert_eq!(ask(IncidentFilter::default()).await, ["1", "3", "2"]);
        assert_eq!(ask(IncidentFilter { states: vec![IncidentState::Resolved], ..IncidentFilter::default() }).await, ["3"]);
        assert_eq!(ask(IncidentFilter { severities: vec![IncidentSeverity::P3], ..IncidentFilter::default() }).await, ["2"]);
        assert_eq!(ask(IncidentFilter { text: Some("FILES".into()), ..IncidentFilter::default() }).await, ["3"]);
        assert_eq!(ask(IncidentFilter { text: Some("odd fig".into()), ..IncidentFilter::default() }).await, ["1", "2"]);
        let live: Vec<String> = incidents::live(db.pool()).await.unwrap().into_iter().map(|incident| incident.id).collect();
        assert_eq!((live, incidents::count_live(db.pool()).await.unwrap()), (vec!["1".to_owned(), "2".to_owned()], 2));
    }

    async fn nodes_note_a_condition_once_and_leave_the_revision_alone(db: TestDatabase) {
        let mut incident = by_condition("1", Condition::PublishQueueLong, "");
        incidents::insert(db.pool(), &incident).await.unwrap();
        incidents::insert(db.pool(), &by_hand("2", IncidentSeverity::P1)).await.unwrap();
        let watched = async || incidents::watched(db.pool()).await.unwrap().into_iter().map(|i| i.id).collect::<Vec<_>>();
        assert_eq!(watched().await, ["2", "1"]);
        assert!(incidents::note_condition(db.pool(), &incident, at(120), None).await.unwrap());
        assert!(!incidents::note_condition(db.pool(), &incident, at(121), None).await.unwrap(), "another node was faster");
        incident.last_seen_at = Some(at(120));
        assert_eq!(incidents::find(db.pool(), "1").await.unwrap(), Some(incident.clone()));
        // What a person saves meanwhile does not take back what a node noted.
        let old = Incident { last_seen_at: Some(at(60)), state: IncidentState::Resolved, ..incident.clone() };
        assert!(incidents::save(db.pool(), &old).await.unwrap());
        assert_eq!(watched().await, ["2", "1"], "its condition still holds");
        assert!(incidents::note_condition(db.pool(), &incident, at(120), Some(at(120))).await.unwrap());
        assert!(!incidents::note_condition(db.pool(), &incident, at(120), Some(at(120))).await.unwrap());
        assert_eq!(watched().await, ["2"]);
        let kept = incidents::find(db.pool(), "1").await.unwrap().unwrap();
        assert_eq!((kept.revision, kept.recovered_at, kept.last_seen_at), (2, Some(at(120)), Some(at(120))));
    }
}
