//! Descriptions for people who want them as plain text: facts, and lists under headings.

/// A text that is being written, line by line.
pub struct PlainText(Vec<String>);

impl PlainText {
    /// Begins with a title over a line.
    pub fn titled(title: &str) -> Self {
        Self(vec![title.to_owned(), "=".repeat(title.chars().count()), String::new()])
    }

    /// A fact by its name; nothing where there is none. What has several lines stands below the name.
    pub fn say(&mut self, name: &str, fact: &str) {
        let fact = fact.trim();
        if fact.lines().nth(1).is_some() {
            self.0.push(format!("{name}:"));
            self.indented("  ", fact);
        } else if !fact.is_empty() {
            self.0.push(format!("{name}: {fact}"));
        }
    }

    /// A list under a heading, of entries that begin with a line, after which stands what is said of them; nothing where it is empty.
    pub fn list(&mut self, heading: &str, entries: impl IntoIterator<Item = Vec<String>>) {
        let mut entries = entries.into_iter().peekable();
        if entries.peek().is_none() {
            return;
        }
        self.0.extend([String::new(), format!("{heading}:")]);
        for entry in entries {
            for (place, text) in (0..).zip(&entry) {
                self.indented(if place == 0 { "  " } else { "    " }, text.trim());
            }
        }
    }

    /// The whole, with an end to its last line.
    pub fn finish(mut self) -> String {
        self.0.push(String::new());
        self.0.join("\n")
    }

    fn indented(&mut self, by: &str, text: &str) {
        self.0.extend(text.lines().map(|line| format!("{by}{line}").trim_end().to_owned()));
    }
}

/// A column by what it is called and by the name that addresses use.
pub fn column_line(label: &str, name: &str) -> String {
    format!("{label} ({name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_leaves_no_trace_and_lines_stay_below_their_name() {
        let mut text = PlainText::titled("Môn");
        text.say("Unit", " ");
        text.say("Rows", "2");
        text.say("About", "One.\n\nTwo.\n");
        text.list("Nothing", Vec::new());
        text.list("Columns", [vec![column_line("Year", "year"), "Ends\nin May.".to_owned(), String::new()]]);
        let expected =
            "Môn\n===\n\nRows: 2\nAbout:\n  One.\n\n  Two.\n\nColumns:\n  Year (year)\n    Ends\n    in May.\n";
        assert_eq!(text.finish(), expected);
    }
}
