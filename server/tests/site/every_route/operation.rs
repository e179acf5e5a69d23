//! An operation as the description tells of it.

use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The address with words in braces, under `/v1`.
    pub path: String,
    /// The method, in capitals.
    pub method: String,
    /// The other methods that the address takes, this one included.
    pub methods: Vec<String>,
    /// What is said of it.
    said: Value,
    parameters: Vec<Value>,
    is_page: bool,
}

/// Every operation of the description.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap();
        let methods: Vec<String> = item.keys().map(|method| method.to_uppercase()).collect();
        let one = |(method, said): (&String, &Value)| Operation {
            path: path.clone(),
            method: method.to_uppercase(),
            methods: methods.clone(),
            said: said.clone(),
            parameters: said["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|p| resolved(document, p).clone())
                .collect(),
            is_page: is_page(document, said),
        };
        item.iter().map(one).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn is_page(document: &Value, said: &Value) -> bool {
    let schema = resolved(document, &said["responses"]["200"]["content"]["application/json"]["schema"]);
    ["items", "count", "limit", "offset", "total_count"].iter().all(|name| schema["properties"].get(name).is_some())
}

impl Operation {
    /// Method and address.
    pub fn id(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn is_read(&self) -> bool {
        self.method == "GET"
    }

    pub fn is_public(&self) -> bool {
        self.said["x-public"] == true
    }

    /// Whether it is for whoever shows the token of a subscription.
    pub fn takes_subscription_token(&self) -> bool {
        self.said["security"].as_array().into_iter().flatten().any(|way| way.get("subscription").is_some())
    }

    /// Whether it speaks tus, whose words are in headers.
    pub fn is_resumable_upload(&self) -> bool {
        self.path.starts_with("/v1/files/uploads")
    }

    pub fn is_unprefixed(&self) -> bool {
        self.said["x-unprefixed"] == true
    }

    /// Whether it tells how the program is, and is answered before anybody is identified.
    pub fn is_health(&self) -> bool {
        self.said["security"].as_array().is_some_and(Vec::is_empty)
    }

    pub fn is_page(&self) -> bool {
        self.is_page
    }

    /// The words in braces.
    pub fn words(&self) -> Vec<&str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    pub fn takes_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    }

    /// Whether it takes `If-Match`, and whether it needs it.
    pub fn if_match(&self) -> Option<bool> {
        let said = self.parameters.iter().find(|parameter| parameter["name"] == "If-Match")?;
        Some(said["required"] == true)
    }

    /// The media type of its body and an example of it.
    pub fn body(&self) -> Option<(String, Value)> {
        let content = self.said["requestBody"]["content"].as_object()?;
        let (kind, media) = content.iter().next()?;
        let example = media.get("example").or_else(|| media["schema"].get("example")).unwrap();
        Some((kind.clone(), example.clone()))
    }

    /// Whether it takes a thing from one state to another at an address of its own, as the runbook's lines do.
    pub fn is_action(&self) -> bool {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let steps = self.method == "PUT" && self.if_match() == Some(false) && !last.starts_with('{');
        steps || self.path.ends_with("/publish")
    }

    /// Whether an answer of this status is described.
    pub fn describes(&self, status: u16) -> bool {
        self.said["responses"].get(status.to_string()).is_some()
    }

    /// The media types of an answer with 200.
    pub fn answers_as(&self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let content = self.said["responses"]["200"]["content"].as_object();
        content.is_some_and(|content| content.contains_key(essence) || content.contains_key("*/*"))
    }
}
