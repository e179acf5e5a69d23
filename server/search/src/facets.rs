//! Counting the filters: one pass over everything the words find.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::catalogue::{FacetCount, SearchQuery};
use domain::language::Language;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::fields::FACETS;
use crate::labels::Labels;

/// The chosen values of each filter, in the order of [`FACETS`]; none chosen lets everything through.
pub type Selection = [Vec<String>; 6];

/// Reads the chosen values from a query.
pub fn selection(query: &SearchQuery) -> Selection {
    [
        query.topics.clone(),
        query.formats.iter().map(|format| format.to_lowercase()).collect(),
        query.years.iter().map(i32::to_string).collect(),
        query.frequency.clone(),
        query.designation.clone(),
        query.departments.clone(),
    ]
}

/// Counts what passes all filters, and each filter's values among what passes the others.
pub struct FacetCounter<'a> {
    pub selection: &'a Selection,
}

/// The counts of a search.
#[derive(Default)]
pub struct Counts {
    /// How many documents pass every filter.
    pub total: u64,
    values: [HashMap<String, u64>; 6],
}

impl Counts {
    /// Names and sorts the counts: years latest first, the rest by count and then by name. A chosen value is always
    /// listed, so that it can be given up again.
    pub fn named(
        mut self,
        selection: &Selection,
        labels: &Labels,
        language: Language,
    ) -> BTreeMap<String, Vec<FacetCount>> {
        let mut facets = BTreeMap::new();
        for (facet, name) in FACETS.into_iter().enumerate() {
            let mut values = std::mem::take(&mut self.values[facet]);
            for chosen in &selection[facet] {
                values.entry(chosen.clone()).or_insert(0);
            }
            let mut counts: Vec<_> = values
                .into_iter()
                .map(|(value, count)| FacetCount { label: labels.label(name, &value, language), value, count })
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

impl Collector for FacetCounter<'_> {
    type Fruit = Counts;
    type Child = SegmentCounter;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentCounter> {
        let mut columns = Vec::with_capacity(FACETS.len());
        for (name, chosen) in FACETS.iter().zip(self.selection) {
            let column = segment.fast_fields().str(&format!("facet_{name}"))?;
            let mut ords = HashSet::new();
            if let Some(column) = &column {
                for value in chosen {
                    ords.extend(column.dictionary().term_ord(value)?);
                }
            }
            let counts = vec![0; column.as_ref().map_or(0, |column| column.num_terms())];
            columns.push(Facet { column, chosen: (!chosen.is_empty()).then_some(ords), counts });
        }
        Ok(SegmentCounter { facets: columns, total: 0 })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<std::io::Result<Counts>>) -> tantivy::Result<Counts> {
        let mut merged = Counts::default();
        for fruit in fruits {
            let counts = fruit?;
            merged.total += counts.total;
            for (into, from) in merged.values.iter_mut().zip(counts.values) {
                for (value, count) in from {
                    *into.entry(value).or_insert(0) += count;
                }
            }
        }
        Ok(merged)
    }
}

/// The counter of one segment.
pub struct SegmentCounter {
    facets: Vec<Facet>,
    total: u64,
}

struct Facet {
    column: Option<StrColumn>,
    chosen: Option<HashSet<u64>>,
    counts: Vec<u64>,
}

impl Facet {
    fn lets_through(&self, doc: DocId) -> bool {
        match (&self.chosen, &self.column) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(chosen), Some(column)) => column.term_ords(doc).any(|ord| chosen.contains(&ord)),
        }
    }

    fn count(&mut self, doc: DocId) {
        let Some(column) = &self.column else { return };
        for ord in column.term_ords(doc) {
            if let Some(count) = usize::try_from(ord).ok().and_then(|ord| self.counts.get_mut(ord)) {
                *count += 1;
            }
        }
    }
}

impl SegmentCollector for SegmentCounter {
    type Fruit = std::io::Result<Counts>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let mut stopped_by = None;
        for (at, facet) in self.facets.iter().enumerate() {
            if !facet.lets_through(doc) && stopped_by.replace(at).is_some() {
                return;
            }
        }
        match stopped_by {
            Some(only) => self.facets[only].count(doc),
            None => {
                self.total += 1;
                self.facets.iter_mut().for_each(|facet| facet.count(doc));
            }
        }
    }

    fn harvest(self) -> std::io::Result<Counts> {
        let mut counts = Counts { total: self.total, ..Counts::default() };
        for (facet, into) in self.facets.into_iter().zip(&mut counts.values) {
            let Some(column) = facet.column else { continue };
            for (ord, count) in (0..).zip(facet.counts) {
                let mut value = String::new();
                if count > 0 && column.ord_to_str(ord, &mut value)? {
                    into.insert(value, count);
                }
            }
        }
        Ok(counts)
    }
}
