//! Cells of a few bytes, each copied whole and at one length: most cells of most tables are such.

/// Bytes that a short cell takes; the last one says how many of them count.
pub(super) const SHORT: usize = 16;
/// The widest span of whole numbers that are written beforehand.
const SPAN: i64 = 4_096;
/// Powers of ten, which all are exact.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// A cell as a short one, if it is.
pub(super) fn short(cell: &[u8]) -> Option<[u8; SHORT]> {
    let mut bytes = [0; SHORT];
    bytes.get_mut(..cell.len()).filter(|_| cell.len() < SHORT)?.copy_from_slice(cell);
    bytes[SHORT - 1] = u8::try_from(cell.len()).ok()?;
    Some(bytes)
}

/// Whole numbers not far apart, written beforehand.
#[derive(Default)]
pub(super) struct Short {
    least: i64,
    cells: Vec<[u8; SHORT]>,
}

impl Short {
    /// The least number and the cells from it on, where the numbers of these rows are near each other and no more than they are.
    pub(super) fn near(
        &mut self,
        numbers: &[i64],
        rows: impl ExactSizeIterator<Item = usize>,
        after: &[u8],
        cell: &mut Vec<u8>,
    ) -> Option<(i64, &[[u8; SHORT]])> {
        let count = i64::try_from(rows.len()).ok()?;
        let (least, most) = rows.fold((i64::MAX, i64::MIN), |(least, most), row| {
            let number = numbers.get(row).copied().unwrap_or(0);
            (least.min(number), most.max(number))
        });
        let held = i64::try_from(self.cells.len()).ok()?;
        if held > 0 && least >= self.least && most.checked_sub(self.least).is_some_and(|span| span < held) {
            return Some((self.least, &self.cells));
        }
        let span = most.checked_sub(least)?;
        if !(0..SPAN.min(count)).contains(&span) {
            return None;
        }
        self.cells.clear();
        self.least = least;
        for number in least..=most {
            cell.clear();
            cell.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            cell.extend_from_slice(after);
            let Some(short) = short(cell) else {
                self.cells.clear();
                return None;
            };
            self.cells.push(short);
        }
        Some((self.least, &self.cells))
    }
}

/// Lines as they grow: what was written before is overwritten instead of made anew.
#[derive(Default)]
pub(super) struct Line {
    bytes: Vec<u8>,
    end: usize,
}

impl Line {
    /// Bytes written.
    pub(super) const fn len(&self) -> usize {
        self.end
    }

    fn room(&mut self, more: usize) {
        let wanted = self.end + more;
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted.max(2 * self.bytes.len()), 0);
        }
    }

    /// A short cell; it is written at its full length, and counts as far as it goes.
    pub(super) fn short(&mut self, cell: &[u8; SHORT]) {
        self.room(SHORT);
        if let Some(into) = self.bytes.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut::<SHORT>) {
            *into = *cell;
            self.end += usize::from(cell[SHORT - 1]);
        }
    }

    /// Any bytes.
    pub(super) fn put(&mut self, cell: &[u8]) {
        self.room(cell.len());
        self.bytes[self.end..self.end + cell.len()].copy_from_slice(cell);
        self.end += cell.len();
    }

    /// A figure as Rust's `Display` writes it, if it is a whole number of tenths, hundredths and so on; `decimals` is what is
    /// tried first, and then what was right.
    ///
    /// A number of at most fifteen digits over a power of ten is the nearest to what these digits say, and no shorter digits
    /// say the same.
    pub(super) fn decimal(&mut self, number: f64, decimals: &mut usize, most: usize) -> bool {
        let size = number.abs();
        if !(1e-4..1e9).contains(&size) {
            return false;
        }
        let fits = |places: usize| {
            let whole = (size * POWERS[places]).round();
            (whole / POWERS[places] == size).then_some(whole)
        };
        let found = fits(*decimals).or_else(|| {
            let places = (0..=most).find(|places| fits(*places).is_some())?;
            *decimals = places;
            fits(places)
        });
        let Some(whole) = found else { return false };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and below 1e9 times 1e6"
        )]
        let (mut whole, mut places) = (whole as u64, *decimals);
        while places > 0 && whole % 10 == 0 {
            whole /= 10;
            places -= 1;
        }
        if number < 0.0 {
            self.put(b"-");
        }
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(whole).as_bytes();
        if places == 0 {
            self.put(digits);
            return true;
        }
        match digits.len().checked_sub(places) {
            Some(before) if before > 0 => {
                self.put(&digits[..before]);
                self.put(b".");
                self.put(&digits[before..]);
            }
            _ => {
                self.put(b"0.");
                self.put(&b"000000"[..places - digits.len()]);
                self.put(digits);
            }
        }
        true
    }

    /// Gives what was written, and begins anew.
    pub(super) fn hand_over(&mut self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.bytes[..self.end]);
        self.end = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(number: f64, mut decimals: usize) -> Option<String> {
        let mut line = Line::default();
        let done = line.decimal(number, &mut decimals, 4);
        let mut bytes = Vec::new();
        line.hand_over(&mut bytes);
        done.then(|| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn short_cells_say_how_long_they_are() {
        let cell = short(b"A00042,").unwrap();
        assert_eq!((&cell[..7], cell[SHORT - 1]), (&b"A00042,"[..], 7));
        assert!(short(b"fifteen bytes 5").is_some() && short(b"sixteen bytes, 6").is_none());
        assert_eq!(short(b"").unwrap()[SHORT - 1], 0);
    }

    #[test]
    fn numbers_that_are_near_are_written_beforehand_and_others_not() {
        let (mut near, mut cell) = (Short::default(), Vec::new());
        let numbers: Vec<i64> = (0..40).map(|at| 1990 + at % 34).collect();
        let (least, cells) = near.near(&numbers, 0..40, b",", &mut cell).unwrap();
        assert_eq!((least, &cells[33][..5]), (1990, &b"2023,"[..]));
        // Those within are written already; a wider span is written anew, one that is wider than there are rows not at all.
        assert_eq!(near.near(&[2000, 2001], 0..2, b",", &mut cell).unwrap().0, 1990);
        assert_eq!(near.near(&[5, 5, 6], 0..3, b",", &mut cell).unwrap().0, 5);
        for far in [[0, 900, 1], [i64::MIN, i64::MAX, 0], [i64::MAX, i64::MIN, -1]] {
            assert!(near.near(&far, 0..3, b",", &mut cell).is_none(), "{far:?}");
        }
        assert!(near.near(&[1_000_000_000_000_000; 3], 0..3, b",", &mut cell).is_none(), "too long");
        assert!(near.near(&[], 0..0, b",", &mut cell).is_none());
    }

    fn cell(bytes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), bytes)
    }

    proptest! {
        #[test]
        fn figures_are_written_as_displayed_or_not_at_all(
            number in prop_oneof![
                (-10_000_000i64..10_000_000, 0..7usize).prop_map(|(n, places)| n as f64 / POWERS[places]),
                any::<f64>(),
                -1e9..1e9f64,
            ],
            decimals in 0..5usize,
        ) {
            if let Some(written) = written(number, decimals) {
                prop_assert_eq!(written, number.to_string());
            }
        }

        #[test]
        fn tenths_are_written(n in 1..10_000_000i64, decimals in 0..5usize) {
            let number = n as f64 / 10.0;
            prop_assert_eq!(written(number, decimals), Some(number.to_string()));
        }

        #[test]
        fn lines_hold_what_was_put(cells in prop::collection::vec(prop_oneof![cell(0..20), cell(100..200), cell(500..2_000)], 0..50)) {
            let (mut line, mut into, mut wanted) = (Line::default(), b"before".to_vec(), b"before".to_vec());
            for cell in &cells {
                match short(cell) {
                    Some(cell) => line.short(&cell),
                    None => line.put(cell),
                }
                wanted.extend_from_slice(cell);
            }
            line.hand_over(&mut into);
            line.hand_over(&mut into);
            prop_assert_eq!(into, wanted);
        }
    }
}
