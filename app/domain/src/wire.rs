//! Enums whose values travel as snake_case words.

/// Declares an enum with its wire words, so that the words stand in one place only.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
        pub enum $name {
            $(
                $(#[$vmeta])*
                #[serde(rename = $word)]
                #[cfg_attr(not(target_family = "wasm"), schema(rename = $word))]
                $variant
            ),+
        }

        impl $name {
            /// Every value, in the order of the workflow.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for this value on the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads a word in any case and also in `CamelCase` or with hyphens; unknown words give `None`.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                let plain = $crate::wire::plain(word);
                Self::ALL.iter().copied().find(|value| $crate::wire::plain(value.as_str()) == plain)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use wire_enum;

/// Lower case without separators, so that `InProgress`, `in-progress` and `IN_PROGRESS` are one word.
pub(crate) fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(not(target_family = "wasm"))]
    #[test]
    fn schemas_hold_the_words_that_travel() {
        use utoipa::PartialSchema;
        let schema = serde_json::to_value(crate::bundle::BundleStage::schema()).unwrap();
        let words: Vec<_> = crate::bundle::BundleStage::ALL.iter().map(|stage| stage.as_str()).collect();
        assert_eq!(schema["enum"], serde_json::json!(words));
    }
}
