//! What stands in the braces of an address: each thing of a plan, hidden ones among them, and something that never was.

use super::plan::{Plan, dataset_id, edition_id};
use super::world::NOTHING;

/// The metadata of a version in every form.
const DOCUMENTS: [&str; 7] = [
    "metadata.ttl",
    "metadata.jsonld",
    "metadata.schema.jsonld",
    "metadata.csvw.json",
    "metadata.datapackage.json",
    "metadata.json",
    "metadata.txt",
];

/// The portal's page of a version.
const VERSION_PAGE: &str = "/admin/datasets/{id}/editions/{edition}/versions/{version}";

/// Whether it is about what the viewers may see without it being public.
pub fn is_own(address: &str) -> bool {
    address.contains("own")
}

/// The template with what stands for its words in braces, once for each thing.
pub fn filled(plan: &Plan, template: &str) -> Vec<String> {
    // An address that names another one is about what that one is about.
    if let Some((before, at)) = template.split_once("?at=") {
        return filled(plan, at).into_iter().map(|at| format!("{before}?at={at}")).collect();
    }
    let words: Vec<&str> = template.split(['/', '?']).filter(|segment| segment.starts_with('{')).collect();
    if words.is_empty() {
        return vec![template.to_owned()];
    }
    let put = |pairs: &[(&str, String)]| {
        pairs.iter().fold(template.to_owned(), |text, (word, value)| text.replace(word, value))
    };
    let has = |word: &str| words.contains(&word);
    let of_dataset =
        ["/datasets/{", "/catalogue/{", "/embed/{", "/downloads/{"].iter().any(|part| template.contains(part));
    if of_dataset {
        let mut all = Vec::new();
        for (place, (dataset, edition, version)) in places(plan, has("{edition}"), has("{version}")).iter().enumerate()
        {
            // The first version in every form, each other one in the next two.
            let forms = DOCUMENTS.into_iter().cycle().skip(place).take(if place == 0 { DOCUMENTS.len() } else { 2 });
            for document in forms.take(if has("{document}") { DOCUMENTS.len() } else { 1 }) {
                all.push(put(&[
                    ("{id}", dataset.clone()),
                    ("{dataset}", dataset.clone()),
                    ("{filename}", format!("{dataset}.csv")),
                    ("{edition}", edition.clone()),
                    ("{version}", version.to_string()),
                    ("{document}", document.to_owned()),
                    ("{name}", ["Year", "Value"][place % 2].to_owned()),
                    ("{alert}", NOTHING.to_owned()),
                    ("{step}", "details".to_owned()),
                ]));
            }
        }
        return all;
    }
    let kind = template.trim_start_matches("/v1").trim_start_matches("/cy").trim_start_matches("/admin");
    let kind = kind.split('/').nth(1).unwrap();
    let ids: Vec<String> = match kind {
        "bundles" | "wagtail" => {
            [plan.labelled("bundle"), vec!["{bundle-own}".to_owned(), NOTHING.to_owned()]].concat()
        }
        "files" => {
            [plan.labelled("file"), plan.recalled("file"), vec!["{file-own}".to_owned(), NOTHING.to_owned()]].concat()
        }
        "images" => {
            [plan.labelled("image"), plan.recalled("image"), vec!["{image-own}".to_owned(), NOTHING.to_owned()]]
                .concat()
        }
        "topics" => ["output", "trade", "people", "nothing"].map(str::to_owned).to_vec(),
        "departments" => ["economy", "health", "nothing"].map(str::to_owned).to_vec(),
        "releases" => {
            let of = |dataset| ["release", "announced"].map(|what| format!("{what}-{dataset}"));
            (0..=plan.datasets).flat_map(of).chain(["own-release".to_owned()]).collect()
        }
        "filters" => [plan.kept("filter"), vec![NOTHING.to_owned()]].concat(),
        "outputs" | "filter-outputs" => [plan.kept("output"), vec![NOTHING.to_owned()]].concat(),
        "developers" => ["datasets", "nothing"].map(str::to_owned).to_vec(),
        "roles" => vec!["editor".to_owned()],
        "help" => vec!["editors".to_owned(), "nobody".to_owned()],
        "teams" => vec!["press".to_owned(), "nothing".to_owned()],
        "users" | "invitations" | "policies" | "service-tokens" | "webhooks" | "subscriptions" | "incidents"
        | "ops" | "settings" | "search" | "account" | "imports" => {
            vec![NOTHING.to_owned()]
        }
        _ => panic!("say what stands in the braces of {template}"),
    };
    let one = |id: String| {
        let item = id.replace("bundle-", "item-");
        put(&[
            ("{id}", id.clone()),
            ("{token}", id.clone()),
            ("{bundle_id}", id.clone()),
            ("{bundle}", id.clone()),
            ("{guide}", id.clone()),
            ("{group}", id),
            ("{item}", item),
            ("{step}", "search_index".to_owned()),
            ("{delivery}", NOTHING.to_owned()),
            ("{name}", "Year".to_owned()),
            ("{option}", "2023".to_owned()),
            ("{format}", "csv".to_owned()),
            ("{upload}", NOTHING.to_owned()),
            ("{passkey}", NOTHING.to_owned()),
            ("{variant}", "original".to_owned()),
        ])
    };
    let all: Vec<String> = ids.into_iter().map(one).collect();
    let left = |address: &String| address.split('/').any(|word| word.starts_with('{') && !word.contains('-'));
    assert!(!all.iter().any(left), "say what stands in the braces of {template}");
    all
}

/// Datasets, and where they are asked for their editions and versions: those of the plan, what comes after, what never was.
fn places(plan: &Plan, editions: bool, versions: bool) -> Vec<(String, String, u32)> {
    let mut all: Vec<(usize, usize, u32)> = Vec::new();
    for dataset in 0..=plan.datasets {
        let mut of_plan =
            plan.editions().into_iter().filter(|(of, _)| *of == dataset).map(|(_, e)| e).collect::<Vec<_>>();
        of_plan.push(of_plan.iter().max().map_or(0, |last| last + 1));
        for edition in if editions { of_plan } else { vec![0] } {
            let last =
                plan.versions().into_iter().filter(|(d, e, _)| (*d, *e) == (dataset, edition)).map(|(.., v)| v).max();
            for version in if versions { 1..=last.unwrap_or(0) + 1 } else { 1..=1 } {
                all.push((dataset, edition, version));
            }
        }
    }
    let own = ("own-figures".to_owned(), "edition-0".to_owned(), 1);
    let named = all.into_iter().map(|(dataset, edition, version)| (dataset_id(dataset), edition_id(edition), version));
    named.chain([own]).collect()
}

/// Forms with every field that a server function of this group reads, one for each thing.
pub fn forms(plan: &Plan, group: &str, name: &str) -> Vec<String> {
    let text = "&revision=1&reason=A+reason&title=A+title+{n}&title_cy=&description=A+text&kind=scheduled&type=correction\
                &publication_date=2027-12-01&publication_time=09:30&notification_channels[0]=webhook&step=search_index&page=1";
    let of_bundles = |id: String| {
        let item = id.replace("bundle-", "item-");
        format!(
            "id={id}&bundle={id}&version=own-figures/edition-0/1&item_id={item}&past={item}&items[0]={item}&change=with&team=press&chosen[0]={id}+1\
             &how=by&days=1&expected=1&confirmation=move+1{text}"
        )
    };
    let of_versions = |(dataset, edition, version): (String, String, u32)| {
        format!(
            "id={dataset}&dataset_id={dataset}&edition={edition}&version={version}&alert={NOTHING}&department=health\
             &release_date=2027-12-01&prefix={dataset}&language=en&query[q]={dataset}&query[view]=upcoming\
             &chosen[0]={dataset}+1&change=next_release&next_release=2028-05-01&way=up&past=edition-0&text=A+text&confirmation={dataset}{text}"
        )
    };
    let bundles = || [plan.labelled("bundle"), vec![NOTHING.to_owned()]].concat();
    let forms: Vec<String> = match group {
        "bundles" => {
            let added = plan.versions().into_iter().map(|(dataset, edition, version)| {
                let version = format!("{}/{}/{version}", dataset_id(dataset), edition_id(edition));
                format!("id={{bundle-own}}&bundle={{bundle-own}}&version={version}{text}&q=secret")
            });
            bundles().into_iter().map(of_bundles).chain(added).collect()
        }
        "files" => {
            let of = |id| format!("id={id}&filename=renamed-{{n}}.csv{text}");
            plan.labelled("file").into_iter().chain([NOTHING.to_owned()]).map(of).collect()
        }
        "live" => {
            let pages = ["/admin/bundles/{id}", "/admin/releases/{id}", VERSION_PAGE, "/admin/datasets/{id}"];
            pages.into_iter().flat_map(|page| filled(plan, page)).map(|page| format!("at={page}")).collect()
        }
        "images" => plan
            .labelled("image")
            .into_iter()
            .chain([NOTHING.to_owned()])
            .map(|id| format!("id={id}&alt=A+picture{text}"))
            .collect(),
        "operations" => bundles()
            .into_iter()
            .map(|id| format!("id={id}&receiver=search_index&ask={id}&dataset=secret{text}"))
            .collect(),
        "inbox" => vec![format!("id={NOTHING}&asked[q]=secret&asked[state]=new&note=A+note{text}")],
        "incidents" => ["p1", "p4"]
            .map(|severity| {
                format!("id={NOTHING}&severity={severity}&state=open&q=secret&cause=A+cause&text=A+text{text}")
            })
            .to_vec(),
        "releases" => {
            let of = |dataset| ["release", "announced"].map(|what| format!("id={what}-{dataset}&q={what}{text}"));
            (0..=plan.datasets).flat_map(of).chain([format!("id=own-release{text}")]).collect()
        }
        "topics" => ["output", "trade", "people", "nothing"].map(|id| format!("id={id}&into=output{text}")).to_vec(),
        "access" | "audit" | "webhooks" => {
            let of = |word: &str| {
                format!(
                    "id={NOTHING}&kind=user&q={word}&asked[q]={word}&email=nobody@example.org&name=Nobody&call={NOTHING}{text}"
                )
            };
            ["series", "secret"].map(of).to_vec()
        }
        "office" => vec![format!("name=maintenance&on=true&text=A+text&hours=24,1{text}")],
        "search-desk" => (0..=plan.datasets)
            .map(|dataset| {
                let id = dataset_id(dataset);
                format!("id={NOTHING}&revision=0&q={id}&asked=&words={id}%0Aother&query={id}&datasets={id}&on=true")
            })
            .collect(),
        "archive" => {
            places(plan, true, true).into_iter().map(of_versions).map(|form| format!("{form}&q=secret")).collect()
        }
        "imports" => {
            let of = |dataset| format!("csv=id,title%0A{},Another+title&id={NOTHING}&things=1", dataset_id(dataset));
            (0..=plan.datasets).map(of).collect()
        }
        "saved-views" => ["bundles", "datasets", "versions", "audit"]
            .map(|list| format!("list={list}&query=q={{n}}&name=Name+{{n}}&team={NOTHING}&id={NOTHING}"))
            .to_vec(),
        "filters" => {
            let ids = plan.kept("output").into_iter().chain([NOTHING.to_owned()]).cycle();
            places(plan, true, true)
                .into_iter()
                .zip(ids)
                .map(|((dataset, edition, version), id)| {
                    format!("language=en&id={id}&dataset_id={dataset}&edition={edition}&version={version}&query=")
                })
                .collect()
        }
        "feedback" => (0..=plan.datasets)
            .map(|dataset| format!("language=en&kind=problem&page=/catalogue/{}&message=Odd", dataset_id(dataset)))
            .collect(),
        "reviews" => {
            let versions = places(plan, true, true).into_iter().map(|(dataset, edition, version)| {
                let named = format!("{dataset}/{edition}/{version}");
                format!("object=version/{named}&chosen[0]={named}+1&looked=yes")
            });
            let of_bundle = |id: String| format!("object=bundle/{id}&chosen[0]={id}&to={NOTHING}");
            versions.chain(bundles().into_iter().map(of_bundle)).collect()
        }
        "datasets" | "versions" => places(plan, true, true).into_iter().map(of_versions).collect(),
        "catalogue" => {
            let of = |id: String| format!("id={id}&prefix={id}&language=en&query[q]={id}&query[view]=upcoming");
            let ids = ["output", "trade", "secret", "r", "joint"].map(str::to_owned);
            let releases = (0..=plan.datasets).map(|dataset| format!("release-{dataset}"));
            places(plan, true, true)
                .into_iter()
                .map(of_versions)
                .chain(ids.into_iter().chain(releases).map(of))
                .collect()
        }
        "subscriptions" => {
            let of = |(id, ..): (String, String, u32)| {
                format!("dataset_id={id}&topic_id=&address=nobody@example.org&language=en&token={NOTHING}")
            };
            places(plan, false, false).into_iter().map(of).collect()
        }
        "account" => vec![format!(
            "token={NOTHING}&new_password=nothing&email=nobody@example.org&id={NOTHING}&newest={NOTHING}&page=1"
        )],
        _ => panic!("say what the server functions of {group} are asked with"),
    };
    // Names are one space: what is begun here is called like nothing else, for a name that is taken has to be refused.
    if name == "create" && group != "versions" {
        let begun = ["begun-here", "begun-here-too"].map(|id| format!("id={id}&department=health{text}"));
        return begun.into_iter().enumerate().map(|(place, form)| form.replace("{n}", &place.to_string())).collect();
    }
    let numbered = |(place, form): (usize, String)| form.replace("{n}", &format!("{group}-{place}"));
    forms.into_iter().enumerate().map(numbered).collect()
}
