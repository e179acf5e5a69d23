//! The different cells of a column, as long as they are few enough.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::counts::{Class, Counts};

/// Different cells that are told apart in one column.
const MAX_VALUES: usize = 50_000;
/// Different cells that a column shows.
const SAMPLES: usize = 5;
/// Letters of them.
const SAMPLE_LETTERS: usize = 80;

/// The memory that the columns of one table share for their different cells.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: 48 << 20 }
    }
}

impl Budget {
    const fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

#[derive(Debug)]
struct Value {
    hash: u64,
    start: u32,
    end: u32,
    count: u64,
    class: Class,
}

/// A cell looked up.
pub(super) enum Found {
    /// The same as the one before.
    Before,
    /// One of those known, which could be read in these forms of period.
    Known(u16),
    /// One that is not known.
    New(u64),
}

/// Every different cell with its count, in the order of the table.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    hasher: DefaultHashBuilder,
    places: HashTable<u32>,
    values: Vec<Value>,
    letters: String,
    last: usize,
    spent: usize,
}

impl Distinct {
    /// Looks a cell up and, where it is known, counts it.
    pub(super) fn find(&mut self, cell: &str) -> Found {
        let letters = self.letters.as_bytes();
        let is = |value: &Value| &letters[value.start as usize..value.end as usize] == cell.as_bytes();
        if let Some(value) = self.values.get_mut(self.last)
            && is(value)
        {
            value.count += 1;
            return Found::Before;
        }
        let hash = self.hasher.hash_one(cell);
        let Some(place) = self.places.find(hash, |place| is(&self.values[*place as usize])) else {
            return Found::New(hash);
        };
        self.last = *place as usize;
        let value = &mut self.values[self.last];
        value.count += 1;
        Found::Known(value.class.forms)
    }

    /// Adds a cell that is not known; false where there is no room for it.
    pub(super) fn add(&mut self, hash: u64, cell: &str, class: Class, budget: &mut Budget) -> bool {
        let cost = size_of::<Value>() + 2 * size_of::<u32>() + cell.len();
        if self.values.len() >= MAX_VALUES || !budget.take(cost) {
            return false;
        }
        self.spent += cost;
        let (Ok(start), Ok(place)) = (u32::try_from(self.letters.len()), u32::try_from(self.values.len())) else {
            return false;
        };
        let Ok(end) = u32::try_from(self.letters.len() + cell.len()) else {
            return false;
        };
        self.letters.push_str(cell);
        self.last = self.values.len();
        self.values.push(Value { hash, start, end, count: 1, class });
        let values = &self.values;
        self.places.insert_unique(hash, place, |place| values[*place as usize].hash);
        true
    }

    /// Gives its memory back.
    pub(super) const fn release(&self, budget: &mut Budget) {
        budget.left += self.spent;
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for value in &self.values {
            counts.add(value.class, value.count);
        }
        counts
    }

    /// The cells that hold something.
    pub(super) fn filled(&self) -> impl Iterator<Item = &str> {
        self.values
            .iter()
            .filter(|value| !value.class.is(Class::MISSING))
            .map(|value| &self.letters[value.start as usize..value.end as usize])
    }

    /// Every cell with how often it stands there, in the order of the table.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values.iter().map(|value| (&self.letters[value.start as usize..value.end as usize], value.count))
    }

    /// How many cells that hold something differ.
    pub(super) fn values(&self) -> u64 {
        self.filled().count() as u64
    }

    pub(super) fn samples(&self) -> Vec<String> {
        self.filled().take(SAMPLES).map(|cell| cell.chars().take(SAMPLE_LETTERS).collect()).collect()
    }
}
