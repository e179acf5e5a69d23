//! Statements about the catalogue's things, and how they are written down.

use std::collections::HashSet;

use oxjsonld::JsonLdSerializer;
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, Literal, NamedNode, QuadRef, Term, Triple};
use oxttl::TurtleSerializer;
use services::ServiceError;

use crate::api::problem::Problem;

/// The vocabularies in use, by the names under which statements are written.
pub const PREFIXES: &[(&str, &str)] = &[
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Statements in the order in which they were made, each once.
///
/// Names are written as `dcat:Dataset`. What cannot be an address is left out, since a document has to be readable whole.
#[derive(Debug, Default)]
pub struct Graph {
    triples: Vec<Triple>,
    seen: HashSet<Triple>,
}

impl Graph {
    /// Says what kind of thing something is.
    pub fn is_a(&mut self, subject: &str, class: &str) {
        self.push(subject, rdf::TYPE.into_owned(), named(class).map(Term::from));
    }

    /// Leads from one thing to another.
    pub fn leads(&mut self, subject: &str, property: &str, object: &str) {
        if let Some(property) = named(property) {
            self.push(subject, property, NamedNode::new(object).ok().map(Term::from));
        }
    }

    /// Says a name of a vocabulary, such as `spdx:checksumAlgorithm_sha256`.
    pub fn names(&mut self, subject: &str, property: &str, object: &str) {
        if let Some(property) = named(property) {
            self.push(subject, property, named(object).map(Term::from));
        }
    }

    /// Says a text in a language; blank texts are left out.
    pub fn says(&mut self, subject: &str, property: &str, text: &str, language: &str) {
        let literal = Literal::new_language_tagged_literal(text, language).ok();
        self.literal(subject, property, text, literal);
    }

    /// Says a text that belongs to no language; blank texts are left out.
    pub fn states(&mut self, subject: &str, property: &str, text: &str) {
        self.literal(subject, property, text, Some(Literal::new_simple_literal(text)));
    }

    /// Says a value of a datatype, such as `xsd:date`.
    pub fn values(&mut self, subject: &str, property: &str, value: &str, datatype: &str) {
        let literal = named(datatype).map(|datatype| Literal::new_typed_literal(value, datatype));
        self.literal(subject, property, value, literal);
    }

    fn literal(&mut self, subject: &str, property: &str, text: &str, literal: Option<Literal>) {
        if let Some(property) = named(property).filter(|_| !text.trim().is_empty()) {
            self.push(subject, property, literal.map(Term::from));
        }
    }

    fn push(&mut self, subject: &str, property: NamedNode, object: Option<Term>) {
        let (Ok(subject), Some(object)) = (NamedNode::new(subject), object) else { return };
        let triple = Triple::new(subject, property, object);
        if self.seen.insert(triple.clone()) {
            self.triples.push(triple);
        }
    }

    /// The statements as Turtle.
    pub fn turtle(&self) -> Result<Vec<u8>, Problem> {
        let mut serializer = TurtleSerializer::new();
        for (name, address) in PREFIXES {
            serializer = serializer.with_prefix(*name, *address).map_err(fault)?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        for triple in &self.triples {
            writer.serialize_triple(triple.as_ref()).map_err(fault)?;
        }
        writer.finish().map_err(fault)
    }

    /// The statements as JSON-LD.
    pub fn json_ld(&self) -> Result<Vec<u8>, Problem> {
        let mut serializer = JsonLdSerializer::new();
        for (name, address) in PREFIXES {
            serializer = serializer.with_prefix(*name, *address).map_err(fault)?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        for triple in &self.triples {
            let Triple { subject, predicate, object } = triple;
            let quad = QuadRef::new(subject.as_ref(), predicate.as_ref(), object.as_ref(), GraphNameRef::DefaultGraph);
            writer.serialize_quad(quad).map_err(fault)?;
        }
        writer.finish().map_err(fault)
    }
}

/// The address of `prefix:name`.
fn named(short: &str) -> Option<NamedNode> {
    let (prefix, name) = short.split_once(':')?;
    let (_, address) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
    NamedNode::new(format!("{address}{name}")).ok()
}

fn fault(error: impl std::fmt::Display) -> Problem {
    ServiceError::Internal(format!("a document could not be written: {error}")).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use oxjsonld::JsonLdParser;
    use oxttl::TurtleParser;

    use super::*;

    #[test]
    fn both_notations_say_the_same_statements() {
        let mut graph = Graph::default();
        let it = "https://example.org/ŵ#it";
        graph.is_a(it, "dcat:Dataset");
        graph.says(it, "dct:title", "Prices \"quoted\"\n<b>", "en");
        graph.says(it, "dct:title", "Prisiau", "cy");
        graph.says(it, "dct:title", "  ", "en");
        graph.states(it, "dcat:version", "1");
        graph.values(it, "dcat:byteSize", "12", "xsd:nonNegativeInteger");
        graph.leads(it, "dcat:landingPage", "https://example.org/a?b=c&d");
        graph.leads(it, "dcat:landingPage", "not an address");
        graph.names(it, "spdx:algorithm", "spdx:checksumAlgorithm_sha256");
        graph.states(it, "dcat:version", "1");
        let said: HashSet<Triple> = graph.triples.iter().cloned().collect();
        assert_eq!((said.len(), graph.triples.len()), (7, 7));
        let turtle: HashSet<Triple> =
            TurtleParser::new().for_slice(&graph.turtle().unwrap()).map(Result::unwrap).collect();
        assert_eq!(turtle, said);
        let json: HashSet<Triple> =
            JsonLdParser::new().for_slice(&graph.json_ld().unwrap()).map(|quad| quad.unwrap().into()).collect();
        assert_eq!(json, said);
    }
}
