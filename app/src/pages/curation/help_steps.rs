//! The guides of the portal as data: who does what in which order. `docs/guide` holds the same words, kept alike by a test.

/// What somebody with a role does, from beginning to end.
#[derive(Debug, PartialEq, Eq)]
pub struct Guide {
    /// Its last part of the address, and the name of its file in `docs/guide`.
    pub slug: &'static str,
    /// Whom it is for.
    pub title: &'static str,
    /// What it leads to, in a sentence.
    pub lead: &'static str,
    /// The steps in their order.
    pub steps: &'static [Step],
}

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub title: &'static str,
    /// How, and what the program does about it.
    pub text: &'static str,
    /// The picture beside it: its file in `public/guide` without the ending, and what is to be seen on it.
    pub picture: Option<(&'static str, &'static str)>,
}

/// The guide with this last part of the address.
#[must_use]
pub fn guide(slug: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.slug == slug)
}

/// Every guide, in the order of the workflow.
pub const GUIDES: &[Guide] = &[
    Guide {
        slug: "editors",
        title: "For editors",
        lead: "From the moment that new figures have arrived until they lie in a bundle that waits for review.",
        steps: &[
            Step {
                title: "Begin at the dashboard",
                text: "After signing in you see what waits for you, which versions and bundles you have in preparation, and what is published next. From any page the keys g and h bring you back, and Ctrl and K lead to any page, do what the page offers, make something new, or find a dataset by a part of its title. Notifications, with its count in the rail, tells what others did with your versions and bundles, who commented and what waits for you; a day and an hour before its instant it brings a bundle to mind, with what it still lacks. Account, Notifications chooses what is told there and what comes by letter.",
                picture: Some((
                    "dashboard",
                    "The dashboard of an editor: counts by state, what waits, the next publication.",
                )),
            },
            Step {
                title: "Make the next version",
                text: "Open the dataset and, under its edition, New version. Give the release date that readers will see. Carry over brings, unless you take the tick away, what holds from version to version: the quality designation, the time and the smallest places covered, the usage notes and what is said of columns. What changed is said anew each time. Step by step leads to the same through pages of its own. Move up and Move down put editions in another order, which readers of the pages see between public ones at once; moving those takes the right to correct, and so does a move that gives a public edition its first place.",
                picture: Some(("new-version", "An edition of a dataset with the form for its next version unfolded.")),
            },
            Step {
                title: "Send the files",
                text: "Choose the files or drop them, as many as there are. A table is read as it arrives: what is broken is named by its line and has to be mended, what is only odd is listed for you to look at. A large file that was cut off goes on where it stopped, even after the page was loaded again. Where one of several is refused, the others are kept. Files lists all that you may see, the newest first, with their state, what is wrong with them and the version that uses them.",
                picture: Some((
                    "files",
                    "A version in preparation with a table that was read: its rows, its columns and the checks.",
                )),
            },
            Step {
                title: "Look at what changed",
                text: "The part Data puts the figures beside those of the version before: rows that came and went, values that were revised, the largest moves. Details and Files do the same for what is said and sent, and All, to print has everything on one page. Say in the details what readers should know of it.",
                picture: Some(("changes", "The figures of a version beside the one before, with the revised value.")),
            },
            Step {
                title: "Submit it for approval",
                text: "A reviewer or an approver who did not edit it last approves the version, or returns it with a reason, which stands in its history. A button that cannot be used yet says why.",
                picture: None,
            },
            Step {
                title: "Collect versions in a bundle",
                text: "A bundle is what becomes public at one instant. Put into a bundle, on the page of an approved version, takes it into one of yours or into a new one. Create one, or repeat a past bundle, whose successors it fills in. Add many at once shows every version that is free, and why another is not.",
                picture: Some((
                    "picker",
                    "Choosing approved versions for a bundle; those that cannot be added say why.",
                )),
            },
            Step {
                title: "Send the bundle for review",
                text: "Readiness lists every check with a link to what is in the way. What is to mend keeps the bundle back. What could be better is advice: say under the list that you have looked at it, and the history tells it to the approver. Somebody else approves it; until it is scheduled, an editor can still request changes with a reason.",
                picture: Some((
                    "bundle",
                    "A bundle with its contents, its checklist and the button that sends it for review.",
                )),
            },
            Step {
                title: "Keep many datasets in order",
                text: "Datasets is narrowed by title or id, the state of the latest version, topic, department and what is amiss, such as a next release that nobody told. Save this view keeps what you chose under a name, for you or for your team. Tick several and unfold Change those that are ticked to give them another main topic, department or next release: each is changed by itself, so one that is refused, or that somebody changed meanwhile, keeps none of the others. Import metadata takes all of this from a table, pasted or chosen as a file: it says first what each line would do, names every wrong cell by line and column, and gives an example with every column. What an import did can be undone on its page, as far as nobody has touched it since.",
                picture: None,
            },
            Step {
                title: "Let a program work for you",
                text: "Account, API tokens makes a token with a part of your rights, if you like for some departments alone, that ends within a year. Its secret is shown once. What the program does counts as yours, so it cannot approve what you prepared. What you did shows your own lines of the audit trail, with those of your tokens: look there if something was changed that you do not remember.",
                picture: None,
            },
        ],
    },
    Guide {
        slug: "reviewers",
        title: "For reviewers",
        lead: "From what waits to a version approved or returned, and a release looked at as its readers will see it.",
        steps: &[
            Step {
                title: "Take the oldest first",
                text: "Review lists the versions and bundles that wait, with how long and who sent them, and how the checks of versions came out. Begin with the oldest opens the first; Previous and Next lead through the rest. Take it tells the others that you are reviewing something and since when; it keeps nobody out, another can take it over, and it ends with the decision or with Give it up. Reviewed by narrows the queue to what is yours or nobody’s. Notifications tells of versions and bundles that wait for you; of versions letters come, too, if you choose so under Account, Notifications.",
                picture: Some(("review", "The review queue: versions and bundles that wait, with their checks.")),
            },
            Step {
                title: "Read what differs",
                text: "Details, Data and Files show each only what is not as it was in the version before; another version can be chosen to compare with. All, to print is the same on paper. Comments, on each of them, are for what has to be said before the decision: whoever reads the dataset before it is public reads and writes them, who made the version is told, and readers never see them. The key c leads to a new one.",
                picture: Some((
                    "version-data",
                    "What is new in the columns and figures of a version that waits for review.",
                )),
            },
            Step {
                title: "Approve it or return it",
                text: "Approve takes the version out of its editors’ hands. Return to its editor asks what has to change, and the editor reads it in the history. Who edited a version last cannot approve it. The keys n and p lead to the next version and the one before, a to the button that approves, r to the reason for a return. Versions whose checks are all green can be ticked in the queue and approved together: each is decided by itself, and one that you have not opened since it last changed stays.",
                picture: None,
            },
            Step {
                title: "Look at the whole release",
                text: "On a bundle, Preview shows every item, one after the other, with its downloads. Open its page as readers will find it leads to the very page, with its figure, chart, table and explorer, as it will be at the instant, and from there to the page as readers find it now. Checked by me signs an item off; when the item changes afterwards, the signature is marked as older. Comments are read by whoever sees the bundle, never by the public.",
                picture: Some(("preview", "A bundle previewed item by item, with sign-offs and comments beside it.")),
            },
            Step {
                title: "Send it back if it is not right",
                text: "Send back to the editors needs a reason and puts the bundle in progress again. Approving the bundle is left to an approver.",
                picture: None,
            },
        ],
    },
    Guide {
        slug: "approvers",
        title: "For approvers",
        lead: "From a bundle that waits for its approval to the instant at which all of it is public.",
        steps: &[
            Step {
                title: "See exactly what becomes public",
                text: "What becomes public lists each version with the fields of its dataset and of itself that change, its files with their sizes and hashes, and what it replaces. Approve what is shown here approves that and nothing else: an item that changes meanwhile has to be looked at anew. The button on the bundle’s own page leads there, too: nothing is approved unseen. In Review, Take it tells the others that you are looking at a bundle. Somebody else approves what you prepared; if an administrator has switched four eyes off, every page of the portal says so, and each approval of one’s own work is marked in the audit trail.",
                picture: Some((
                    "approve",
                    "The approval of a bundle: what changes for the public, the decision, and who did what.",
                )),
            },
            Step {
                title: "Choose the instant",
                text: "Suggestions and the week offers the usual time on the next working days, each as free or with what speaks against it, and shows what else comes out. Any date and time can be typed, always on a UK clock; clashes, neighbours in the hours in which most releases come out, and times outside working hours are pointed out. Where the clocks go back and a time comes twice, you are asked which is meant; one that they leave out in spring is refused. Where channels are configured, tick those on which people are to be told. If the release calendar has promised another date, the reason is asked for, since the public reads it.",
                picture: Some(("schedule", "Usual times with what speaks for and against them, and the week around.")),
            },
            Step {
                title: "Change or cancel while there is time",
                text: "Change the time gives a scheduled bundle another instant and asks why, for your colleagues to read in its history, which has a page of its own to search and take along. Cancel the schedule needs a reason and leaves the bundle approved. Request changes takes the approval back from a bundle that is approved and not scheduled, with a reason; an editor can do so, too.",
                picture: None,
            },
            Step {
                title: "Watch it become public",
                text: "The publication page counts down and follows each step by itself. At the instant everything becomes public in one commit, or nothing does, with every reason. What follows from it, such as letters and other systems, is listed with its tries; nothing of that can undo the publication.",
                picture: Some((
                    "publication",
                    "The publication of a bundle that waits for its instant: the clock and the steps.",
                )),
            },
            Step {
                title: "Be told what happens",
                text: "Notifications tells which versions and bundles wait for you, and what became of those that you made yourself. A day and an hour before its instant it brings a bundle to mind that you approved or edited, or that still waits for you, with what it lacks. Account, Notifications chooses what is told there and what comes by letter. A program that is to help you gets a token of its own under Account, API tokens, with a part of your rights: what it does counts as yours, and four eyes hold for it, too.",
                picture: None,
            },
        ],
    },
    Guide {
        slug: "operators",
        title: "For operators",
        lead: "From the first look in the morning to the recovery of a publication that failed.",
        steps: &[
            Step {
                title: "Look at the overview",
                text: "Overview sets the readings against the thresholds of the runbook and lists what needs somebody. Health shows every component with when it was last in order, and has all of them checked at once. With scripts, the pages about how things stand draw themselves anew as they change; Look again does it without.",
                picture: Some((
                    "operations",
                    "The operations overview: readings against their thresholds, and what waits.",
                )),
            },
            Step {
                title: "Hold or publish by hand",
                text: "Queue desk lists what is scheduled, in order, with its lateness and who holds it. Hold takes the instant from a bundle and leaves it approved; Publish now makes it public at once and asks for its title and a reason; in the hours in which most releases come out, from 9am to noon on a UK clock unless Settings say otherwise, it warns. Manual bundles are published this way as a rule. Pause the whole queue stops every publication on every node, at its instant and by hand, until it is resumed: it asks for a typed confirmation and a reason, which everybody in the portal then reads, and the page lists what is due meanwhile. Resume publishes that at once, each marked late because the queue was paused.",
                picture: Some(("queue", "The publish queue at the operations desk, with hold and publish now.")),
            },
            Step {
                title: "Recover what failed",
                text: "Guided recovery shows each publication that failed, is overdue or waits for a receiver, which of the five root causes it is, the evidence, and the one safe thing to do next as a button. The other steps are listed with why they are not offered.",
                picture: Some(("recovery", "A failed publication with its cause, the evidence and the next step.")),
            },
            Step {
                title: "See to the receivers and the files",
                text: "Integrations tells of each receiver whether it is reached, what it is owed, and lets a delivery be tried again or left out, letters and alerts of incidents, too. File queue does the same for files that are looked into. Performance names the slow addresses, Limits how often who may ask and how many were refused; each limit is changed there with a reason, on every node at once, until somebody goes back to what the environment says. Search index tells whether this node finds what is public, looks a dataset up that somebody misses, and has the index made anew while searches go on. Files, among the work of everybody, finds any file by its name, state, format and sender, with the version that uses it.",
                picture: None,
            },
            Step {
                title: "Answer for an incident",
                text: "Alerts lists the conditions of the runbook with what was measured, and the incidents that they have opened, each with its clocks. Acknowledge stops the first of them; while a critical one lasts, an update is due every hour. Mark it as mitigated once it harms nobody, and resolve it with its cause; the text to begin its review with is then on its page. What no condition sees is opened by hand. Silence has a condition that is known open no incident for some hours, for a reason; it is shown as before.",
                picture: None,
            },
            Step {
                title: "Follow the runbook",
                text: "Runbook holds the procedures with the live values beside them, commands to copy, and who is to be told within which time.",
                picture: None,
            },
            Step {
                title: "Look at the database and the log",
                text: "Database shows the size, the steps of the schema, the connections, the statements that run long or stand in the way of others, what the nodes hold and until when, and how old the last backup is against an hour. Idle connections can be renewed there without cutting anybody off. Logs finds the newest lines of the node that answers by level, words, request, bundle and time, and gives them as CSV or NDJSON; secrets are masked, and each look is in the audit trail; following the newest lines is one look in ten minutes.",
                picture: None,
            },
            Step {
                title: "See to the subscribers",
                text: "Subscribers tells how many letters and programs were asked for, by dataset and topic, and how many of them are still to be confirmed, with what could not be delivered. A single subscription, whose address is masked, is ended with a reason, which the audit trail keeps; its address is then forgotten.",
                picture: None,
            },
            Step {
                title: "Know what the office has set",
                text: "Settings shows what the office decides while the catalogue runs: a banner on every public page in both languages, maintenance, four eyes, the suggested time of publication with the hours in which most releases come out, the lengths of sessions, and how many hours before an instant people are reminded of it. Administrators change them with a reason; a change is in force at once on every node. While maintenance is on, changes are refused, and reading and what is scheduled go on. What the environment gives is listed below, its secrets masked, and changed only where the program is started.",
                picture: None,
            },
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A guide as its page in `docs/guide`.
    fn page(guide: &Guide) -> String {
        let mut page = format!("# {}\n\n{}\n", guide.title, guide.lead);
        for (n, step) in guide.steps.iter().enumerate() {
            page.push_str(&format!("\n## {}. {}\n\n{}\n", n + 1, step.title, step.text));
            if let Some((file, words)) = step.picture {
                page.push_str(&format!("\n![{words}](../../public/guide/{file}.png)\n"));
            }
        }
        page
    }

    #[test]
    fn the_pages_in_docs_say_the_same() {
        for guide in GUIDES {
            let path = format!("../docs/guide/{}.md", guide.slug);
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            let wanted = page(guide);
            assert!(found == wanted, "{path} should read:\n{wanted}");
        }
    }

    #[test]
    fn every_picture_is_there_and_of_one_step() {
        let mut named: Vec<String> = GUIDES
            .iter()
            .flat_map(|guide| guide.steps)
            .filter_map(|step| step.picture)
            .map(|(file, _)| format!("{file}.png"))
            .collect();
        let mut there: Vec<String> = std::fs::read_dir("../public/guide")
            .map(|all| all.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        named.sort();
        there.sort();
        assert_eq!(named, there);
    }
}
