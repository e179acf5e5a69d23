//! Counting the filters by sets of documents: one for each value, made once for a segment, as segments never change.

use std::collections::{BTreeMap, HashMap};

use domain::catalogue::{FILTERS, FacetCount, SearchQuery};
use domain::language::Language;
use tantivy::SegmentReader;

use crate::SearchError;
use crate::bits::Bits;
use crate::fields::{FILTER_COUNT, facet_field, slug};
use crate::labels::Labels;
use crate::ordering::Orders;

/// The chosen values of each filter, in the order of [`FILTERS`]; none chosen lets everything through.
pub type Selection = [Vec<String>; FILTER_COUNT];

/// Reads the chosen values from a query.
pub fn selection(query: &SearchQuery) -> Selection {
    FILTERS.map(|filter| {
        let chosen = query.chosen(filter);
        match filter {
            "formats" => chosen.iter().map(|format| format.to_lowercase()).collect(),
            "frequency" | "geography" | "publishers" => chosen.iter().map(|text| slug(text)).collect(),
            _ => chosen,
        }
    })
}

/// Which documents of a segment have which values.
pub struct SegmentFacets {
    size: u32,
    /// What its documents are ordered by.
    pub orders: Orders,
    values: [HashMap<String, Holders>; FILTER_COUNT],
}

/// The documents that have a value: few by their numbers, many by bits.
enum Holders {
    Few(Vec<u32>),
    Many(Bits),
}

/// One in so many documents is few.
const FEW: usize = 32;

impl Holders {
    fn of(docs: Vec<u32>, size: u32) -> Self {
        if docs.len() * FEW < size as usize {
            return Self::Few(docs);
        }
        let mut bits = Bits::none(size);
        docs.into_iter().for_each(|doc| bits.insert(doc));
        Self::Many(bits)
    }

    fn count_in(&self, found: &Bits) -> u64 {
        match self {
            Self::Few(docs) => docs.iter().filter(|doc| found.contains(**doc)).count() as u64,
            Self::Many(bits) => found.count_common(bits),
        }
    }

    fn add_to(&self, into: &mut Bits) {
        match self {
            Self::Few(docs) => docs.iter().for_each(|doc| into.insert(*doc)),
            Self::Many(bits) => into.unite(bits),
        }
    }
}

impl SegmentFacets {
    /// Reads the values of all documents of a segment.
    pub fn read(segment: &SegmentReader) -> Result<Self, SearchError> {
        let size = segment.max_doc();
        let mut values: [HashMap<String, Holders>; FILTER_COUNT] = Default::default();
        for (filter, into) in FILTERS.into_iter().zip(&mut values) {
            let Some(column) = segment.fast_fields().str(&facet_field(filter))? else { continue };
            let mut holders: Vec<Vec<u32>> = vec![Vec::new(); column.num_terms()];
            for doc in 0..size {
                for ord in column.term_ords(doc) {
                    if let Some(docs) = usize::try_from(ord).ok().and_then(|ord| holders.get_mut(ord)) {
                        docs.push(doc);
                    }
                }
            }
            for (ord, docs) in (0..).zip(holders) {
                let mut value = String::new();
                if column.ord_to_str(ord, &mut value)? {
                    into.insert(value, Holders::of(docs, size));
                }
            }
        }
        Ok(Self { size, orders: Orders::read(segment)?, values })
    }

    /// What the chosen values of one filter let through.
    fn passing(&self, filter: usize, chosen: &[String]) -> Bits {
        let mut passing = Bits::none(self.size);
        for holders in chosen.iter().filter_map(|value| self.values[filter].get(value)) {
            holders.add_to(&mut passing);
        }
        passing
    }
}

/// The counts of a search.
#[derive(Default)]
pub struct Counts {
    /// How many documents pass every filter.
    pub total: u64,
    /// How many there are without filters.
    pub unfiltered: u64,
    values: [HashMap<String, u64>; FILTER_COUNT],
}

impl Counts {
    /// Counts what was found in a segment, each filter's values among what passes the others; gives what passes all.
    pub fn add(&mut self, facets: &SegmentFacets, found: Bits, selection: &Selection) -> Bits {
        self.unfiltered += found.count();
        let masks: Vec<(usize, Bits)> = (0..FILTER_COUNT)
            .filter(|filter| !selection[*filter].is_empty())
            .map(|filter| (filter, facets.passing(filter, &selection[filter])))
            .collect();
        let all_but = |left_out: Option<usize>| {
            let mut passing = found.clone();
            for (_, mask) in masks.iter().filter(|(filter, _)| Some(*filter) != left_out) {
                passing.intersect(mask);
            }
            passing
        };
        let passing = all_but(None);
        self.total += passing.count();
        for (filter, into) in self.values.iter_mut().enumerate() {
            let others = masks.iter().any(|(masked, _)| *masked == filter).then(|| all_but(Some(filter)));
            let counted = others.as_ref().unwrap_or(&passing);
            for (value, holders) in &facets.values[filter] {
                match holders.count_in(counted) {
                    0 => {}
                    count => match into.get_mut(value) {
                        Some(sum) => *sum += count,
                        None => drop(into.insert(value.clone(), count)),
                    },
                }
            }
        }
        passing
    }

    /// Names and sorts the counts: years latest first, the rest by count and then by name. A chosen value is always
    /// listed, so that it can be given up again.
    pub fn named(
        mut self,
        selection: &Selection,
        labels: &Labels,
        language: Language,
    ) -> BTreeMap<String, Vec<FacetCount>> {
        let mut facets = BTreeMap::new();
        for (facet, name) in FILTERS.into_iter().enumerate() {
            let mut values = std::mem::take(&mut self.values[facet]);
            for chosen in &selection[facet] {
                values.entry(chosen.clone()).or_insert(0);
            }
            let mut counts: Vec<_> = values
                .into_iter()
                .map(|(value, count)| {
                    let (label, language) = labels.label(name, &value, language);
                    FacetCount { label, language, value, count, parent: None }
                })
                .collect();
            counts.sort_by(|a, b| {
                let by_count = if name == "years" { b.value.cmp(&a.value) } else { b.count.cmp(&a.count) };
                by_count.then_with(|| a.label.cmp(&b.label)).then_with(|| a.value.cmp(&b.value))
            });
            facets.insert(name.to_owned(), counts);
        }
        facets
    }
}
