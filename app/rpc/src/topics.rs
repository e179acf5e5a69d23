//! Forms and reads of administration about the taxonomy.

mod change;
mod fields;
mod read;

pub use change::{
    CreateTopic, DeleteTopic, EditTopic, MergeTopic, create_topic, delete_topic, edit_topic, merge_topic,
};
pub use fields::TopicFields;
pub use read::{TopicRead, TopicTree, topic_read, topic_tree};
