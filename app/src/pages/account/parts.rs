//! What the pages of one's own account share.

use leptos::prelude::*;

use crate::components::portal::tabs;

/// The parts of the account with their addresses.
const PARTS: [(&str, &str); 4] = [
    ("Account", "/account"),
    ("Notifications", "/account/notifications"),
    ("API tokens", "/account/tokens"),
    ("What you did", "/account/activity"),
];

/// Links to the parts of the account; the one at `here` is shown.
pub(super) fn account_tabs(here: &str) -> AnyView {
    tabs("Parts of the account", PARTS.iter().map(|(text, href)| part(text, href, here)).collect())
}

fn part(text: &str, href: &str, here: &str) -> (String, String, bool) {
    (text.to_owned(), href.to_owned(), href == here)
}
