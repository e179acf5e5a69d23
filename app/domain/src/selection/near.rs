//! Names that somebody may have meant.

/// The known names nearest to `wanted`, best first: those that differ by case or a few letters, or hold one another.
pub fn near_matches<'k>(wanted: &str, known: impl Iterator<Item = &'k str>, most: usize) -> Vec<&'k str> {
    let wanted = wanted.to_lowercase();
    let length = wanted.chars().count();
    let tolerated = 1 + length / 4;
    let mut found: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let other = lower.chars().count();
            if length >= 2 && (lower.contains(&wanted) || (other >= 3 && wanted.contains(&lower))) {
                return Some((other.abs_diff(length).min(tolerated), name));
            }
            (other.abs_diff(length) <= tolerated)
                .then(|| distance(&wanted, &lower))
                .filter(|distance| *distance <= tolerated)
                .map(|distance| (distance, name))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(most).map(|(_, name)| name).collect()
}

/// Letters to change, add or drop (Levenshtein); long words are compared by their first 64 letters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let cost = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::near_matches;

    #[test]
    fn slips_and_parts_are_found_and_strangers_are_not() {
        let known = ["geography", "time", "aggregate", "Sex"];
        assert_eq!(near_matches("geograpy", known.into_iter(), 3), ["geography"]);
        assert_eq!(near_matches("sex", known.into_iter(), 3), ["Sex"]);
        assert_eq!(near_matches("geo", known.into_iter(), 3), ["geography"]);
        assert!(near_matches("colour", known.into_iter(), 3).is_empty());
    }
}
