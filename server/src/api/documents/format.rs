//! The vocabularies of metadata documents, and which one an `Accept` header asks for.

/// The profile that tells schema.org apart from DCAT, both being JSON-LD.
const SCHEMA_ORG: &str = "https://schema.org";

/// A vocabulary in its notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The catalogue's own JSON.
    Json,
    /// DCAT-AP 3 as JSON-LD.
    Dcat,
    /// DCAT-AP 3 as Turtle.
    Turtle,
    /// schema.org as JSON-LD.
    SchemaOrg,
    /// CSV on the Web.
    Csvw,
    /// Data Package.
    DataPackage,
    /// Words for people.
    Text,
}

impl Format {
    /// Every format, those preferred first where the caller has no preference.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::Dcat, Self::SchemaOrg, Self::Turtle, Self::Csvw, Self::DataPackage, Self::Text];

    /// The suffix of its address.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Dcat => "jsonld",
            Self::Turtle => "ttl",
            Self::SchemaOrg => "schema.jsonld",
            Self::Csvw => "csvw.json",
            Self::DataPackage => "datapackage.json",
            Self::Text => "txt",
        }
    }

    /// The format with this suffix.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.suffix() == suffix)
    }

    /// The media type without parameters.
    pub const fn plain_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Dcat | Self::SchemaOrg => "application/ld+json",
            Self::Turtle => "text/turtle",
            Self::Csvw => "application/csvm+json",
            Self::DataPackage => "application/vnd.datapackage+json",
            Self::Text => "text/plain",
        }
    }

    /// The media type by which it is asked for.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::SchemaOrg => "application/ld+json;profile=\"https://schema.org/\"",
            other => other.plain_type(),
        }
    }

    /// What the answer says it is.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            other => other.media_type(),
        }
    }

    /// The format that an `Accept` header likes best; without one the catalogue's own.
    pub fn chosen(accept: &str) -> Option<Self> {
        if accept.trim().is_empty() {
            return Some(Self::Json);
        }
        let ranges: Vec<Range> = accept.split(',').filter_map(Range::of).collect();
        let mut best = None;
        for format in Self::ALL {
            let quality = ranges.iter().filter_map(|r| Some((r.fits(format)?, r.quality))).max_by_key(|(s, _)| *s);
            let quality = quality.map_or(0, |(_, quality)| quality);
            if quality > best.map_or(0, |(_, best)| best) {
                best = Some((format, quality));
            }
        }
        best.map(|(format, _)| format)
    }
}

/// One range of an `Accept` header.
struct Range {
    kind: String,
    profile: Option<String>,
    /// In thousandths.
    quality: u32,
}

impl Range {
    fn of(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next().filter(|kind| !kind.is_empty())?.to_ascii_lowercase();
        let mut range = Self { kind, profile: None, quality: 1000 };
        for part in parts {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "profile" => range.profile = Some(value.trim_end_matches('/').replace("http://", "https://")),
                "q" => {
                    let quality = value.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "between nought and a thousand"
                    )]
                    let quality = quality.round() as u32;
                    range.quality = quality;
                }
                _ => {}
            }
        }
        Some(range)
    }

    /// How exactly the range names the format; `None` where it does not.
    fn fits(&self, format: Format) -> Option<u8> {
        let wanted = format.plain_type();
        let family = wanted.split('/').next().unwrap_or_default();
        match &self.profile {
            Some(profile) if self.kind == wanted && profile == SCHEMA_ORG => (format == Format::SchemaOrg).then_some(4),
            // Another profile of JSON-LD, such as its compacted form, is DCAT in that form as far as we have it.
            Some(_) if self.kind == wanted => (format != Format::SchemaOrg).then_some(3),
            _ if self.kind == wanted => (format != Format::SchemaOrg).then_some(3),
            _ if self.kind == format!("{family}/*") => Some(2),
            _ if self.kind == "*/*" => Some(1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn the_format_liked_best_is_chosen() {
        for (accept, format) in [
            ("", Some(Format::Json)),
            ("*/*", Some(Format::Json)),
            ("application/json", Some(Format::Json)),
            ("application/*;q=0.5, text/turtle", Some(Format::Turtle)),
            ("text/*", Some(Format::Turtle)),
            ("text/plain", Some(Format::Text)),
            ("text/plain;charset=utf-8, text/turtle;q=0.5", Some(Format::Text)),
            ("application/ld+json", Some(Format::Dcat)),
            ("application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", Some(Format::Dcat)),
            ("application/ld+json; profile=\"https://schema.org/\"", Some(Format::SchemaOrg)),
            ("application/ld+json;q=0.4, text/turtle;q=0.6, */*;q=0.1", Some(Format::Turtle)),
            ("application/csvm+json", Some(Format::Csvw)),
            ("application/vnd.datapackage+json", Some(Format::DataPackage)),
            ("application/json;q=0, */*", Some(Format::Dcat)),
            ("application/rdf+xml", None),
            ("image/*, text/csv", None),
            ("*/*;q=0", None),
        ] {
            assert_eq!(Format::chosen(accept), format, "{accept}");
        }
    }

    #[test]
    fn every_format_has_an_address_of_its_own() {
        for format in Format::ALL {
            assert_eq!(Format::of_suffix(format.suffix()), Some(format));
        }
        assert_eq!(Format::of_suffix("xml"), None);
    }
}
