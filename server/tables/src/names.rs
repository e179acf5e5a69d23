//! Names of columns: the heading where it is a plain word, else its slug, made unique.

use std::collections::HashSet;

/// One name for each heading.
pub(crate) fn unique(labels: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let base = name(label).unwrap_or_else(|| format!("column_{}", index + 1));
        let mut candidate = base.clone();
        let mut count = 2;
        while !taken.insert(candidate.clone()) {
            candidate = format!("{base}-{count}");
            count += 1;
        }
        names.push(candidate);
    }
    names
}

fn name(label: &str) -> Option<String> {
    let label = label.trim();
    if label.is_empty() {
        return None;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if label.bytes().all(plain) {
        return Some(label.to_owned());
    }
    let slug = slug(label);
    (!slug.is_empty()).then_some(slug)
}

/// Lower-case letters and digits with hyphens between the words; marks over Latin letters are dropped.
pub(crate) fn slug(label: &str) -> String {
    let mut slug = String::with_capacity(label.len());
    for letter in label.chars().flat_map(char::to_lowercase).map(unmarked) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    while slug.ends_with('-') {
        slug.pop();
    }
    slug
}

const fn unmarked(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ẃ' | 'ẁ' | 'ŵ' | 'ẅ' => 'w',
        'ý' | 'ỳ' | 'ŷ' | 'ÿ' => 'y',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::unique;

    #[test]
    fn plain_words_stay_and_all_names_differ() {
        let labels = ["V4_0", "time", "time", "", "Cases (new)", "Tŷ a thŷ", "£"].map(str::to_owned);
        assert_eq!(unique(&labels), ["V4_0", "time", "time-2", "column_4", "cases-new", "ty-a-thy", "column_7"]);
    }

    #[test]
    fn a_made_name_never_takes_one_that_stands_there() {
        let labels = ["time", "time", "time-2"].map(str::to_owned);
        let names = unique(&labels);
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    }
}
