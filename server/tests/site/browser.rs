//! A browser without scripts: keeps cookies, posts forms from pages, follows redirects when told.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, SET_COOKIE, USER_AGENT};
use reqwest::{Method, RequestBuilder, Url};
use serde_json::Value;

use crate::support::*;

/// What browsers call themselves in tests.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A browser with its cookies, by host and port.
pub struct Browser {
    site: String,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    http: reqwest::Client,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(site: &Site) -> Self {
        Self { site: site.url.clone(), cookies: BTreeMap::new(), http: plain_client() }
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(site: &Site, email: &str) -> Self {
        let mut browser = Self::new(site);
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.header("location"), "/admin", "{answer:?}");
        browser
    }

    /// Posts the sign-in form.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/rpc/account/sign-in", "/account/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Looks at a page or follows a link, here or elsewhere.
    pub async fn get(&mut self, address: &str) -> Answer {
        self.send(Method::GET, address, None, &[]).await
    }

    /// Posts a form from a page of this site.
    pub async fn post(&mut self, address: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, address, Some(page), fields).await
    }

    /// Posts JSON, as a script of a page of this site does.
    pub async fn post_json(&mut self, address: &str, page: &str, body: &Value) -> Answer {
        let url = self.absolute(address);
        let request = self.http.request(Method::POST, url.clone()).header(ACCEPT, "application/json");
        let request = self.sent_from(request, page).json(body);
        self.exchange(&url, request).await
    }

    /// Posts a form and looks at the page that follows.
    pub async fn submit(&mut self, address: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(address, page, fields).await.must_be(303);
        self.get(&answer.header("location")).await
    }

    /// Follows redirects until something else comes or `until` is met; the last address and its answer.
    pub async fn follow(&mut self, address: &str, until: &str) -> (String, Answer) {
        let mut address = self.absolute(address);
        for _ in 0..20 {
            let answer = self.get(address.as_str()).await;
            let to = answer.header("location");
            if !answer.status.is_redirection() {
                return (address.to_string(), answer);
            }
            address = address.join(&to).unwrap();
            if address.as_str().contains(until) {
                return (address.to_string(), answer);
            }
        }
        panic!("redirects without end at {address}");
    }

    /// The address of this site's cookie, to be used elsewhere.
    pub fn cookie(&self) -> String {
        self.cookie_header(&self.absolute("/"))
    }

    /// The id of the session that this site's cookie names.
    pub fn session(&self) -> String {
        let jar = self.cookies.get(self.absolute("/").authority());
        jar.and_then(|jar| jar.get("catalogue_session")).cloned().unwrap_or_default()
    }

    fn absolute(&self, address: &str) -> Url {
        Url::parse(&self.site).unwrap().join(address).unwrap()
    }

    fn cookie_header(&self, url: &Url) -> String {
        let jar = self.cookies.get(url.authority());
        let pairs: Vec<String> = jar.into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    async fn send(&mut self, method: Method, address: &str, page: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let url = self.absolute(address);
        let mut request = self.http.request(method, url.clone()).header(ACCEPT, "text/html");
        if let Some(page) = page {
            request = self.sent_from(request, page).form(fields);
        }
        self.exchange(&url, request).await
    }

    fn sent_from(&self, request: RequestBuilder, page: &str) -> RequestBuilder {
        let page = self.absolute(page);
        request.header("origin", page.origin().ascii_serialization()).header("referer", page.as_str())
    }

    async fn exchange(&mut self, url: &Url, request: RequestBuilder) -> Answer {
        let mut request = request.header(USER_AGENT, FIREFOX);
        let cookies = self.cookie_header(url);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let response = request.send().await.unwrap();
        let jar = self.cookies.entry(url.authority().to_owned()).or_default();
        for set in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap_or_default() {
                "" => jar.remove(name),
                value => jar.insert(name.to_owned(), value.to_owned()),
            };
        }
        read(response).await
    }
}

/// What a browser would send of a page's form that posts to this endpoint, as the page fills it in.
pub fn filled(page: &str, endpoint: &str) -> Vec<(String, String)> {
    let form = page.split(&format!("action=\"/rpc/{endpoint}\"")).nth(1).unwrap().split("</form>").next().unwrap();
    let mut fields = Vec::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let Some(name) = attribute(tag, "name").filter(|name| !name.is_empty()) else { continue };
        let kind = attribute(tag, "type").unwrap_or_default();
        let left = ["checkbox", "radio"].contains(&kind.as_str()) && !tag.contains(" checked");
        let value = match tag.split(' ').next().unwrap() {
            "input" if !left && kind != "file" => attribute(tag, "value").unwrap_or_default(),
            "textarea" => unescaped(text),
            "select" => chosen_in(form, tag),
            _ => continue,
        };
        fields.push((name, value));
    }
    fields
}

/// Types something else into one of these fields.
pub fn type_in(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields.iter_mut().find(|(known, _)| known == name);
    value.clone_into(&mut field.unwrap_or_else(|| panic!("there is no field {name}")).1);
}

fn chosen_in(form: &str, select: &str) -> String {
    let options = form.split(select).nth(1).unwrap().split("</select>").next().unwrap();
    let tags: Vec<&str> = options.split("<option").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    let chosen = tags.iter().find(|tag| tag.contains(" selected")).or(tags.first());
    chosen.and_then(|tag| attribute(tag, "value")).unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    Some(unescaped(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
