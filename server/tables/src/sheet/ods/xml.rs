//! The XML of a document, event by event: nothing is held but the tag or text that was met last.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::damaged;
use crate::records::MAX_RECORD;
use crate::source::Refused;

/// How many elements may be open at once; no document of people comes near.
const MAX_DEPTH: u32 = 1000;
/// Bytes that the name of an element may have: the names of all that are open are held.
const MAX_NAME: usize = 256;

/// Reads a document from its start.
pub(super) struct Xml<'x> {
    reader: Reader<Bounded<'x>>,
    buffer: Vec<u8>,
    depth: u32,
}

impl<'x> Xml<'x> {
    pub(super) fn new(input: Box<dyn BufRead + 'x>) -> Self {
        let mut reader = Reader::from_reader(Bounded { input, left: MAX_RECORD });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    /// What comes next; the end only where nothing is open any more. An element without content is opened and closed.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Refused> {
        self.buffer.clear();
        self.reader.get_mut().left = MAX_RECORD;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(damaged)?;
        match &event {
            Event::Start(element) if element.name().0.len() > MAX_NAME => {
                return Err(damaged("the name of an element is too long"));
            }
            Event::Start(_) if self.depth == MAX_DEPTH => return Err(damaged("too many elements are open at once")),
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(damaged("it was cut off")),
            _ => {}
        }
        Ok(event)
    }

    /// Passes over all of the element that was opened last.
    pub(super) fn pass(&mut self) -> Result<(), Refused> {
        let mut open = 1_u32;
        while open > 0 {
            match self.next()? {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Eof => return Err(damaged("it was cut off")),
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is read, but of one tag or text no more than a row may have: all of it is held at once.
struct Bounded<'x> {
    input: Box<dyn BufRead + 'x>,
    left: usize,
}

impl Read for Bounded<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.input.read(bytes)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag or text is too long"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.input.consume(count);
    }
}

/// What an attribute says.
pub(super) fn value(attribute: &Attribute<'_>) -> Result<String, Refused> {
    Ok(unescape(&attribute.value).map_err(damaged)?.into_owned())
}

/// What the attribute of this name says, where the element has it.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refused> {
    element.try_get_attribute(name).map_err(damaged)?.map(|found| value(&found)).transpose()
}

/// How often something is repeated, once where nothing is said.
pub(super) fn times(said: Option<&str>) -> Result<u32, Refused> {
    said.map_or(Ok(1), |said| said.trim().parse::<u32>().map_err(damaged).map(|times| times.max(1)))
}

/// Adds what a reference in a text stands for, such as `&amp;`.
pub(super) fn resolve(reference: &BytesRef<'_>, text: &mut String) -> Result<(), Refused> {
    match reference.resolve_char_ref().map_err(damaged)? {
        Some(letter) => text.push(letter),
        None => text.push_str(resolve_predefined_entity(reference).ok_or_else(|| damaged("a reference is unknown"))?),
    }
    Ok(())
}
