//! The API as the developers' pages show it, read from its description.

use std::fmt;
use std::sync::Arc;

/// The whole reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiReference {
    /// What it is called.
    pub title: String,
    /// The site's public address, without a slash at the end.
    pub address: String,
    /// Its parts, in reading order.
    pub groups: Vec<Group>,
}

impl ApiReference {
    /// The part with this name.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The operation with this id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.groups.iter().flat_map(|group| &group.operations).find(|operation| operation.id == id)
    }
}

/// Where pages get the reference from: it is made when the first of them asks, for most never do; cheap to clone.
#[derive(Clone)]
pub struct ReferenceSource(Arc<dyn Fn() -> Arc<ApiReference> + Send + Sync>);

impl ReferenceSource {
    /// A source that asks `make` each time.
    pub fn new(make: impl Fn() -> Arc<ApiReference> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// The reference.
    #[must_use]
    pub fn reference(&self) -> Arc<ApiReference> {
        (self.0)()
    }
}

impl fmt::Debug for ReferenceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReferenceSource")
    }
}

/// Operations that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name in addresses.
    pub id: String,
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub about: String,
    /// What can be done.
    pub operations: Vec<Operation>,
}

/// One method at one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// Its unique id.
    pub id: String,
    /// The method in capitals.
    pub method: String,
    /// The path with names in braces.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// More about it, by paragraph.
    pub description: Vec<String>,
    /// The permissions of which one is needed; empty where being signed in is enough, or where it is public.
    pub permissions: Vec<String>,
    /// Whether it needs nobody to be signed in.
    pub is_public: bool,
    /// Whether it also answers without `/v1`.
    pub is_unprefixed: bool,
    /// What it takes besides a body.
    pub parameters: Vec<Parameter>,
    /// The body it takes.
    pub body: Option<Body>,
    /// What it answers when it succeeds.
    pub answers: Vec<Answer>,
    /// What it answers when it does not.
    pub errors: Vec<Answer>,
}

/// One parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it must be given.
    pub is_required: bool,
    /// Its type in words.
    pub kind: String,
    /// What it means.
    pub about: String,
    /// An example; empty where there is none.
    pub example: String,
    /// The values to choose from; empty where others are possible.
    pub choices: Vec<String>,
}

/// A body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Its media type.
    pub media_type: String,
    /// Whether it must be sent.
    pub is_required: bool,
    /// Its members, nested ones with dots.
    pub fields: Vec<Field>,
    /// An example, ready to be sent.
    pub example: String,
}

/// A member of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name, with dots for nesting and `[]` for lists.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it means.
    pub about: String,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: String,
    /// When it is given.
    pub about: String,
    /// The media type of what it holds; empty where it holds nothing.
    pub media_type: String,
    /// Its members, nested ones with dots.
    pub fields: Vec<Field>,
    /// An example of what it holds.
    pub example: String,
}
