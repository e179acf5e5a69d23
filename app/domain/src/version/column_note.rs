//! What editors say about a column of a version's table.

use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::text::{check_href, check_line, check_optional};

/// The longest name of a column that can be described: a heading without spaces is its column's name, and no cell of a spreadsheet
/// holds more characters.
const LONGEST_NAME: usize = 32_767;

/// What editors say about a column: what it is called, what it holds, and how far it can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ColumnNote {
    /// The column's name in the table, as dimensions are named.
    #[cfg_attr(not(target_family = "wasm"), schema(required = true, example = "council"))]
    pub name: String,
    /// What readers are to call it, where the table's heading does not say it.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "Council area"))]
    pub label: String,
    /// What it holds.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "Councils as their boundaries were in 2023."))]
    pub description: String,
    /// How far it can be trusted.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "Two councils did not answer."))]
    pub quality_statement_text: String,
    /// Where more is said about that.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "https://example.org/quality"))]
    pub quality_statement_url: String,
    /// Where the list of its codes is, such as a register of areas.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "https://example.org/codes/councils"))]
    pub code_list_url: String,
}

impl ColumnNote {
    /// Whether nothing is said: the name alone says nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let texts = [&self.label, &self.description, &self.quality_statement_text];
        let addresses = [&self.quality_statement_url, &self.code_list_url];
        texts.iter().chain(&addresses).all(|text| text.trim().is_empty())
    }

    /// The note about a column, where there is one.
    #[must_use]
    pub fn about<'a>(notes: &'a [Self], column: &str) -> Option<&'a Self> {
        notes.iter().find(|note| note.name == column)
    }

    /// Every problem of its parts, under the name of the row that holds them.
    pub(super) fn check(&self, problems: &mut Vec<FieldProblem>, row: &str) {
        check_line(problems, &format!("{row}.name"), &self.name, LONGEST_NAME);
        check_optional(problems, &format!("{row}.label"), &self.label, 300, false);
        check_optional(problems, &format!("{row}.description"), &self.description, 5000, true);
        let quality = format!("{row}.quality_statement_text");
        check_optional(problems, &quality, &self.quality_statement_text, 5000, true);
        let addresses =
            [("quality_statement_url", &self.quality_statement_url), ("code_list_url", &self.code_list_url)];
        for (part, address) in addresses.into_iter().filter(|(_, address)| !address.is_empty()) {
            check_href(problems, &format!("{row}.{part}"), address);
        }
    }
}
