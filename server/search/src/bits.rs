//! Sets of documents of one segment, a bit for each.

use tantivy::DocId;

/// A set of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

const fn place(doc: DocId) -> (usize, u64) {
    ((doc >> 6) as usize, 1 << (doc & 63))
}

impl Bits {
    /// No document, of `size` that there are.
    pub fn none(size: u32) -> Self {
        Self(vec![0; (size as usize).div_ceil(64)])
    }

    /// Every document of `size` that there are.
    pub fn all(size: u32) -> Self {
        let mut bits = Self(vec![u64::MAX; (size as usize).div_ceil(64)]);
        if let (Some(last), rest @ 1..) = (bits.0.last_mut(), size % 64) {
            *last = (1 << rest) - 1;
        }
        bits
    }

    /// Puts a document in.
    pub fn insert(&mut self, doc: DocId) {
        let (word, bit) = place(doc);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Takes a document out.
    pub fn remove(&mut self, doc: DocId) {
        let (word, bit) = place(doc);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether a document is in.
    pub fn contains(&self, doc: DocId) -> bool {
        let (word, bit) = place(doc);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Keeps what is in both.
    pub fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in the other.
    pub fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// Takes out what is in the other.
    pub fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    /// How many are in.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many are in both.
    pub fn count_common(&self, other: &Self) -> u64 {
        self.0.iter().zip(&other.0).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// The documents in their order.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        (0_u32..).step_by(64).zip(&self.0).flat_map(|(start, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then(|| start + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Bits;

    fn of(docs: &BTreeSet<u32>) -> Bits {
        let mut bits = Bits::none(200);
        docs.iter().for_each(|doc| bits.insert(*doc));
        bits
    }

    fn set() -> impl Strategy<Value = BTreeSet<u32>> {
        prop::collection::btree_set(0..200_u32, 0..80)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn they_are_sets(a in set(), b in set()) {
            let bits = of(&a);
            prop_assert_eq!(bits.iter().collect::<BTreeSet<_>>(), a.clone());
            prop_assert_eq!(bits.count(), a.len() as u64);
            prop_assert_eq!(bits.count_common(&of(&b)), a.intersection(&b).count() as u64);
            let (mut both, mut either, mut less) = (bits.clone(), bits.clone(), bits.clone());
            both.intersect(&of(&b));
            either.unite(&of(&b));
            less.subtract(&of(&b));
            prop_assert_eq!(both, of(&a.intersection(&b).copied().collect()));
            prop_assert_eq!(either, of(&a.union(&b).copied().collect()));
            prop_assert_eq!(less, of(&a.difference(&b).copied().collect()));
            let mut without = bits;
            b.iter().for_each(|doc| without.remove(*doc));
            prop_assert_eq!(without, of(&a.difference(&b).copied().collect()));
        }
    }

    #[test]
    fn all_is_exactly_as_many_as_there_are() {
        for size in [0, 1, 63, 64, 65, 200] {
            assert_eq!(Bits::all(size).count(), u64::from(size));
            assert_eq!(Bits::all(size).iter().count(), size as usize);
        }
    }
}
