//! The order of results. It is total, as it ends with the id, so that pages neither overlap nor leave gaps.

use std::cmp::Ordering;

use domain::catalogue::Sort;
use domain::language::Language;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentReader};

use crate::SearchError;
use crate::bits::Bits;
use crate::fields::{ID, RELEASED, SORT_CY, SORT_EN};

/// What decides between two documents, in this order: the best score, the first title, the latest release, the first id.
struct Place {
    score: Score,
    /// Within one segment, ordinals stand for the texts.
    title: u64,
    released: i64,
    id: u64,
    doc: DocId,
}

/// The same across segments.
struct Contender<'a> {
    score: Score,
    title: String,
    released: i64,
    id: &'a str,
    address: DocAddress,
}

fn better<T: Ord, I: Ord>(a: (Score, &T, i64, &I), b: (Score, &T, i64, &I)) -> Ordering {
    b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)).then_with(|| b.2.cmp(&a.2)).then_with(|| a.3.cmp(b.3))
}

/// The columns that a segment is ordered by.
struct Columns {
    title: Option<StrColumn>,
    released: Option<Column<i64>>,
    id: Option<StrColumn>,
}

impl Columns {
    fn of(segment: &SegmentReader, sort: Sort, language: Language) -> Result<Self, SearchError> {
        let fast = segment.fast_fields();
        let titles = language.pick(SORT_EN, Some(SORT_CY));
        Ok(Self {
            title: if sort == Sort::Title { fast.str(titles)? } else { None },
            released: if sort == Sort::Title { None } else { Some(fast.i64(RELEASED)?) },
            id: fast.str(ID)?,
        })
    }

    fn place(&self, doc: DocId, score: Score) -> Place {
        let first = |column: &Option<StrColumn>| column.as_ref().and_then(|c| c.term_ords(doc).next()).unwrap_or(0);
        let released = self.released.as_ref().and_then(|column| column.first(doc)).unwrap_or(0);
        Place { score, title: first(&self.title), released, id: first(&self.id), doc }
    }

    fn contender<'a>(&self, place: &Place, ids: &'a [Box<str>], segment: u32) -> Result<Contender<'a>, SearchError> {
        let mut title = String::new();
        if let Some(column) = &self.title {
            column.ord_to_str(place.title, &mut title)?;
        }
        let id = usize::try_from(place.id).ok().and_then(|ord| ids.get(ord));
        Ok(Contender {
            score: place.score,
            title,
            released: place.released,
            id: id.map_or("", |id| id),
            address: DocAddress::new(segment, place.doc),
        })
    }
}

/// What is to be put in order: of each segment, what passed and how well it matches, if that counts.
pub struct Ranked<'a> {
    pub segment: &'a SegmentReader,
    pub ids: &'a [Box<str>],
    pub passing: Bits,
    pub scores: Option<Vec<Score>>,
}

/// The documents of one page of the whole.
pub fn page(
    segments: &[Ranked<'_>],
    sort: Sort,
    language: Language,
    offset: usize,
    limit: usize,
) -> Result<Vec<DocAddress>, SearchError> {
    let most = offset.saturating_add(limit);
    let mut contenders = Vec::new();
    for (number, ranked) in (0..).zip(segments) {
        let columns = Columns::of(ranked.segment, sort, language)?;
        let score = |doc: DocId| ranked.scores.as_ref().and_then(|s| s.get(doc as usize)).copied().unwrap_or(0.0);
        let mut best = Best { most, places: Vec::new() };
        ranked.passing.iter().for_each(|doc| best.offer(columns.place(doc, score(doc))));
        for place in best.places() {
            contenders.push(columns.contender(&place, ranked.ids, number)?);
        }
    }
    contenders.sort_by(|a, b| better((a.score, &a.title, a.released, &a.id), (b.score, &b.title, b.released, &b.id)));
    Ok(contenders.into_iter().skip(offset).take(limit).map(|contender| contender.address).collect())
}

/// The best so many of a segment, without ever sorting all of it.
struct Best {
    most: usize,
    places: Vec<Place>,
}

impl Best {
    fn order(a: &Place, b: &Place) -> Ordering {
        better((a.score, &a.title, a.released, &a.id), (b.score, &b.title, b.released, &b.id))
    }

    fn offer(&mut self, place: Place) {
        self.places.push(place);
        if self.places.len() >= self.most.saturating_mul(2).max(1024) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.places.len() > self.most && self.most > 0 {
            self.places.select_nth_unstable_by(self.most - 1, Self::order);
        }
        self.places.truncate(self.most);
    }

    fn places(mut self) -> Vec<Place> {
        self.cut();
        self.places
    }
}
