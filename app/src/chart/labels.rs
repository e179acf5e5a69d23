//! Words in a drawing: how wide they are, how they wrap, how they keep out of each other's way.

/// Width of a letter as a part of the size of its font; generous, as the reader's font is not known.
const LETTER: f64 = 0.56;

/// About how wide a text will be.
pub(super) fn width(text: &str, font: f64) -> f64 {
    text.chars().count() as f64 * font * LETTER
}

/// Wraps a label at spaces into at most `lines` lines of at most `letters` letters; the rest becomes an ellipsis.
pub(super) fn wrap(label: &str, letters: usize, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let long = |word: &str| word.chars().count() > letters;
    let pieces = label
        .split_whitespace()
        .flat_map(|word| if long(word) { word.split_inclusive('-') } else { word.split_inclusive(' ') });
    for word in pieces {
        let word = shorten(word, letters);
        match wrapped.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                if !line.ends_with('-') {
                    line.push(' ');
                }
                line.push_str(&word);
            }
            _ => wrapped.push(word),
        }
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            let cut: String = last.chars().take(letters.saturating_sub(1)).collect();
            *last = format!("{}…", cut.trim_end());
        }
    }
    wrapped
}

/// Cuts a text to this many letters.
pub(super) fn shorten(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let cut: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// Moves labels, given by middle and height, apart as little as needed and keeps them between `top` and `bottom`.
pub(super) fn spread(labels: &[(f64, f64)], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| labels[*a].0.total_cmp(&labels[*b].0));
    let mut middles: Vec<f64> = labels.iter().map(|(middle, _)| *middle).collect();
    let mut free = top;
    for at in &order {
        let half = labels[*at].1 / 2.0;
        middles[*at] = middles[*at].max(free + half);
        free = middles[*at] + half;
    }
    let mut floor = bottom;
    for at in order.iter().rev() {
        let half = labels[*at].1 / 2.0;
        middles[*at] = middles[*at].min(floor - half);
        floor = middles[*at] - half;
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::{spread, wrap};

    #[test]
    fn long_labels_wrap_and_end_in_an_ellipsis() {
        assert_eq!(wrap("northern ireland", 18, 3), ["northern ireland"]);
        assert_eq!(wrap("Net CO2 emissions (emissions minus removals)", 14, 2), ["Net CO2", "emissions…"]);
        assert_eq!(wrap("alcohol-duty-receipts", 14, 3), ["alcohol-duty-", "receipts"]);
        assert!(wrap("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", 12, 3)[0].chars().count() <= 12);
    }

    #[test]
    fn labels_never_overlap_nor_leave_the_plot() {
        let labels = [(100.0, 20.0), (102.0, 40.0), (101.0, 20.0), (290.0, 20.0), (299.0, 20.0)];
        let middles = spread(&labels, 10.0, 300.0);
        let mut spans: Vec<(f64, f64)> = middles
            .iter()
            .zip(labels)
            .map(|(middle, (_, height))| (middle - height / 2.0, middle + height / 2.0))
            .collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-9), "{spans:?}");
        assert!(spans.iter().all(|span| span.0 >= 10.0 && span.1 <= 300.0), "{spans:?}");
    }
}
