//! Images: pictures that belong to a version and go public with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::text::{check_line, check_optional};

/// The longest alternative text, in characters: what is longer belongs into the page's own text.
pub const MAX_ALT: usize = 500;

/// What people write about an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageTexts {
    /// What the image shows, for those who do not see it.
    pub alt: String,
    /// What stands below it.
    pub caption: Option<String>,
    /// A title for people.
    pub title: Option<String>,
}

impl ImageTexts {
    /// Of texts as they were sent: without the space around them, and nothing where there is only space.
    #[must_use]
    pub fn new(alt: String, caption: Option<String>, title: Option<String>) -> Self {
        let trimmed = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            alt: trimmed(alt).unwrap_or_default(),
            caption: caption.and_then(trimmed),
            title: title.and_then(trimmed),
        }
    }

    /// Everything that is wrong with them.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "alt", &self.alt, MAX_ALT);
        check_optional(&mut problems, "caption", self.caption.as_deref().unwrap_or_default(), 1000, false);
        check_optional(&mut problems, "title", self.title.as_deref().unwrap_or_default(), 200, false);
        problems
    }
}

/// An image in one size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageVariant {
    /// The size's word, such as `original`.
    pub variant: String,
    /// The media type.
    pub media_type: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

/// An image of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// An opaque id.
    pub id: String,
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// What people wrote about it.
    pub texts: ImageTexts,
    /// Its sizes, the narrowest first.
    pub variants: Vec<ImageVariant>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// Counts its changes.
    pub revision: i64,
    /// Whether it was recalled once it was public, so that nobody outside gets it.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Image {
    /// The key of a size's bytes in storage.
    #[must_use]
    pub fn object_key(&self, variant: &str) -> String {
        format!("images/{}/{variant}", self.id)
    }

    /// Where a size's bytes are given out.
    #[must_use]
    pub fn href(&self, variant: &str) -> String {
        format!("/images/{}/downloads/{variant}", self.id)
    }

    /// The addresses of all sizes with their widths, as browsers choose among them.
    #[must_use]
    pub fn srcset(&self) -> String {
        let one = |made: &ImageVariant| format!("{} {}w", self.href(&made.variant), made.width);
        self.variants.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The size as which it was sent.
    #[must_use]
    pub fn original(&self) -> Option<&ImageVariant> {
        self.variants.iter().find(|made| made.variant == "original")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(alt: &str, caption: &str, title: &str) -> Vec<(String, String)> {
        let texts = ImageTexts { alt: alt.into(), caption: Some(caption.into()), title: Some(title.into()) };
        texts.problems().into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn an_image_needs_words_for_those_who_do_not_see_it() {
        assert_eq!(codes("A line that rises", "", ""), []);
        assert_eq!(codes(&"ŵ".repeat(MAX_ALT), &"x".repeat(1000), &"x".repeat(200)), []);
        for blank in ["", " ", "\t\n"] {
            assert_eq!(codes(blank, "", ""), [("alt".to_owned(), "required".to_owned())]);
        }
        let too_long = |field: &str| (field.to_owned(), "too_long".to_owned());
        let all = codes(&"x".repeat(MAX_ALT + 1), &"x".repeat(1001), &"x".repeat(201));
        assert_eq!(all, ["alt", "caption", "title"].map(too_long));
        assert_eq!(codes("a\u{7}b", "", ""), [("alt".to_owned(), "control_characters".to_owned())]);
    }
}
