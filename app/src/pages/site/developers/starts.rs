//! Quick starts: short programs that are true for the demonstration data.

use domain::language::Language;
use leptos::prelude::*;

use crate::i18n::t;

const CURL: &str = r#"# Find datasets
curl -s "SITE/v1/search?q=rainfall"

# Read one, and a version of it with its files
curl -s SITE/v1/datasets/monthly-rainfall
curl -s SITE/v1/datasets/monthly-rainfall/editions/countries/versions/1

# Download the figures
curl -sO SITE/v1/files/downloads/monthly-rainfall/rainfall-countries.csv"#;

const PYTHON: &str = r#"import csv
import io

import requests

site = "SITE"

found = requests.get(f"{site}/v1/search", params={"q": "rainfall"}, timeout=30).json()
for item in found["items"]:
    print(item["dataset_id"], "-", item["title"])

download = requests.get(f"{site}/v1/files/downloads/monthly-rainfall/rainfall-countries.csv", timeout=30)
download.raise_for_status()
rows = list(csv.DictReader(io.StringIO(download.text)))
print(len(rows), "rows, the last one:", rows[-1])"#;

const R: &str = r#"library(httr2)

site <- "SITE"

found <- request(site) |>
  req_url_path("/v1/search") |>
  req_url_query(q = "rainfall") |>
  req_perform() |>
  resp_body_json(simplifyVector = TRUE)
found$items[, c("dataset_id", "title")]

rainfall <- read.csv(paste0(site, "/v1/files/downloads/monthly-rainfall/rainfall-countries.csv"))
tail(rainfall)"#;

const CHANGE: &str = r#"# With a service token: read with its entity tag, change on the strength of it
TOKEN="Authorization: Bearer cat_…"
curl -si -H "$TOKEN" SITE/v1/datasets/monthly-rainfall | grep -i etag
curl -s -X PATCH -H "$TOKEN" -H "Content-Type: application/json" -H 'If-Match: "…"' \
  SITE/v1/datasets/monthly-rainfall -d '{"next_release": "12 December 2025"}'"#;

/// All quick starts, over this site's address.
pub(super) fn quick_starts(lang: Language, address: &str) -> AnyView {
    let start = |id: &'static str, title: String, program: &str| {
        view! {
            <section class="api-start" aria-labelledby=id>
                <h3 id=id>{title}</h3>
                <pre tabindex="0" data-start=id><code>{program.replace("SITE", address)}</code></pre>
            </section>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="starts">
            <header class="section__head"><h2 id="starts">{t(lang, "developers-starts")}</h2></header>
            <div class="api-starts">
                {start("curl", "curl".to_owned(), CURL)}
                {start("python", "Python".to_owned(), PYTHON)}
                {start("r", "R".to_owned(), R)}
                {start("change", t(lang, "developers-change"), CHANGE)}
            </div>
        </section>
    }
    .into_any()
}
