//! Versions that wait: told to whoever may approve them, while they wait.

use domain::actor::Caller;
use domain::dataset::Dataset;
use domain::event::Event;
use domain::notification::{Concern, NotificationKind};
use domain::policy::{Grant, Role};
use domain::version::{Version, VersionState};
use persistence::events::{self, Concerned};
use persistence::versions;
use testkit::builders::{self, actor, caller, grant_for};
use testkit::on_both_databases;

use crate::records::{append, event};
use crate::support::{add_dataset, add_version};

on_both_databases! {
    async fn a_version_that_waits_is_told_to_whoever_may_approve_it(db: TestDatabase) {
        add_version(&db, "cpi", "all", 1, VersionState::Submitted).await;
        add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        let of_cai = Version { state: VersionState::Submitted, last_edited_by: actor("cai"), ..builders::version("cpi", "all", 3) };
        versions::insert(db.pool(), &of_cai).await.unwrap();
        add_dataset(&db, &Dataset { department: "health".to_owned(), ..builders::dataset("births") }).await;
        add_version(&db, "births", "all", 11, VersionState::Submitted).await;
        let sent = |id: &str, version: &str| Event {
            event_type: "submitted".to_owned(),
            actor: actor("editor"),
            ..event(id, "version", version, 1)
        };
        let returned = Event { event_type: "returned".to_owned(), ..sent("e", "cpi/all/1") };
        append(&db, [sent("a", "cpi/all/1"), sent("b", "cpi/all/2"), sent("c", "cpi/all/3"), sent("d", "births/all/11"), returned])
            .await
            .unwrap();
        let told = async |caller: Caller| {
            let concerned = Concerned { caller: &caller, after: 0, limit: 9 };
            let found = events::concerning(db.pool(), &concerned, Concern::VersionWaiting, NotificationKind::ALL).await;
            found.unwrap().into_iter().map(|record| record.event.id).collect::<Vec<_>>()
        };
        let approver = |id: &str| caller(id, &[Grant::of(Role::Approver)]);
        assert_eq!(told(approver("approver")).await, ["d", "c", "a"], "what is approved waits no more");
        assert_eq!(told(caller("reviewer", &[grant_for(Role::Reviewer, &["economy"])])).await, ["c", "a"]);
        assert_eq!(told(caller("reviewer", &[grant_for(Role::Reviewer, &["health"])])).await, ["d"]);
        assert_eq!(told(approver("cai")).await, ["d", "a"], "nobody approves what they edited last");
        assert_eq!(told(Caller { approve_own: true, ..approver("cai") }).await, ["d", "c", "a"]);
        assert!(told(approver("editor")).await.is_empty(), "who sent it knows");
        assert!(told(caller("reader", &[Grant::of(Role::Editor)])).await.is_empty());
    }
}
