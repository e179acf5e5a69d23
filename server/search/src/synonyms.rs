//! Words of official statistics that mean the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use domain::search_desk::SynonymRule;

use crate::words::{normalised, stem, words};

/// Groups of words and phrases that come with the program; who asks for one also finds the others.
const GROUPS: &[&[&str]] = &[
    &[
        "cpi",
        "consumer prices index",
        "consumer price index",
        "consumer prices inflation",
        "mynegai prisiau defnyddwyr",
    ],
    &["cpih", "consumer prices index including housing costs"],
    &["cpi", "inflation"],
    &["cpih", "inflation"],
    &["rpi", "retail prices index"],
    &["rpi", "inflation"],
    &["ppi", "producer prices index"],
    &["inflation", "price rises", "rising prices", "cost of living", "chwyddiant", "costau byw"],
    &["gdp", "gross domestic product", "economic growth", "size of the economy", "cynnyrch domestig gros", "cdg"],
    &["gva", "gross value added", "gwerth ychwanegol gros"],
    &["economy", "economic", "economi"],
    &["unemployment", "jobless", "joblessness", "out of work", "diweithdra"],
    &["employment", "jobs", "work", "cyflogaeth", "swyddi"],
    &["occupation", "occupations", "jobs", "profession", "galwedigaeth"],
    &["lfs", "labour force survey", "arolwg o'r llafurlu"],
    &["wages", "pay", "earnings", "salaries", "salary", "enillion", "cyflogau"],
    &["income", "incwm"],
    &["poverty", "deprivation", "deprived", "disadvantage", "tlodi", "amddifadedd"],
    &["manager", "managers", "managerial", "boss", "bosses", "directors", "senior officials", "rheolwyr"],
    &["woman", "women", "female", "females", "menywod"],
    &["man", "men", "male", "males", "dynion"],
    &["gender", "sex", "rhyw"],
    &["child", "children", "plant"],
    &["infant", "infants", "baby", "babies", "under five", "under one", "babanod"],
    &["old people", "older people", "elderly", "pensioners", "pobl hŷn"],
    &["co2", "carbon dioxide", "carbon deuocsid"],
    &["ch4", "methane", "methan"],
    &["ghg", "greenhouse gas", "nwyon tŷ gwydr"],
    &["global warming", "climate change", "newid hinsawdd"],
    &["net zero", "sero net"],
    &["coronavirus", "covid", "covid 19", "pandemic", "sars cov 2", "coronafeirws"],
    &["rainfall", "rain", "precipitation", "glawiad", "glaw"],
    &["weather", "climate", "tywydd", "hinsawdd"],
    &["deaths", "died", "mortality", "fatalities", "killed", "marwolaethau"],
    &["births", "born", "fertility", "genedigaethau"],
    &["migration", "immigration", "emigration", "moved", "mudo"],
    &["population", "number of people", "residents", "inhabitants", "poblogaeth"],
    &["commuting", "travel to work", "journey to work", "teithio i'r gwaith"],
    &["working from home", "work at home", "wfh", "home working", "remote working", "gweithio gartref"],
    &["bicycle", "bike", "cycling", "beic"],
    &["car", "cars", "vehicles", "driving", "ceir"],
    &["crash", "crashes", "collisions", "accidents", "casualties"],
    &["road", "roads", "ffyrdd"],
    &["aviation", "air travel", "flights", "flying", "fly", "air passengers", "airlines", "hediadau"],
    &["airport", "airports", "maes awyr", "meysydd awyr"],
    &["alcohol", "drink", "booze", "alcoholic drinks", "beer wine spirits"],
    &["tax", "taxes", "duty", "duties", "treth", "tollau"],
    &["oil", "crude", "petroleum", "olew"],
    &["fuel", "oil", "petrol", "diesel", "tanwydd"],
    &["energy", "power", "electricity", "ynni"],
    &["renewable", "renewables", "green", "sustainable", "adnewyddadwy"],
    &["house prices", "property prices", "home prices", "house values", "home values", "prisiau tai"],
    &["house", "home", "property", "dwelling", "tŷ", "cartref"],
    &["housing", "tai"],
    &["rent", "rents", "rental"],
    &["lsoa", "lower layer super output area", "lower super output area"],
    &["msoa", "middle layer super output area", "middle super output area"],
    &["imd", "index of multiple deprivation", "indices of deprivation"],
    &["soc", "standard occupational classification"],
    &["sic", "standard industrial classification"],
    &["gss", "government statistical service"],
    &["local authority", "local authorities", "council", "councils", "district", "awdurdod lleol", "awdurdodau lleol"],
    &["local area", "local areas", "neighbourhood", "small area", "small areas", "ardal leol"],
    &["region", "regions", "rhanbarth"],
    &["uk", "united kingdom", "britain", "y deyrnas unedig"],
    &["england", "lloegr"],
    &["wales", "cymru"],
    &["scotland", "yr alban"],
    &["northern ireland", "gogledd iwerddon"],
    &["ons", "office for national statistics", "swyddfa ystadegau gwladol"],
    &["hmrc", "hm revenue customs", "revenue and customs"],
    &["dft", "department for transport"],
    &["defra", "department for environment food and rural affairs"],
    &["desnz", "department for energy security and net zero"],
    &["nhs", "national health service"],
    &["noaa", "national oceanic and atmospheric administration"],
    &["eia", "energy information administration"],
    &["census", "cyfrifiad"],
    &["health", "iechyd"],
    &["disability", "disabled", "anabledd"],
    &["education", "schools", "addysg"],
    &["crime", "offences", "trosedd"],
    &["trade", "imports exports", "masnach"],
    &["welsh", "cymraeg"],
    &["bilingual", "bilingualism", "dwyieithog", "dwyieithrwydd"],
    &["speak", "speaker", "speakers", "speaking", "siarad"],
    &["index", "indices", "mynegai"],
    &["price", "prices", "cost", "pris", "prisiau"],
    &["place names", "names of places", "enwau lleoedd"],
    &["wellbeing", "well being", "happiness", "llesiant"],
    &["productivity", "output per hour", "cynhyrchiant"],
];

/// The groups that come with the program, each by an id that stays while its first two words do.
#[must_use]
pub fn built_in_synonyms() -> Vec<(String, SynonymRule)> {
    let rule = |group: &&[&str]| {
        let first: Vec<String> = group.iter().take(2).map(|text| normalised(text).replace(' ', "-")).collect();
        let words = group.iter().map(|text| (*text).to_owned()).collect();
        (format!("built-in-{}", first.join("-")), SynonymRule { asked: Vec::new(), words })
    };
    GROUPS.iter().map(rule).collect()
}

/// A word or phrase of a group, in two shapes.
#[derive(PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Folded words.
    pub plain: Vec<String>,
    /// Their stems.
    pub stems: Vec<String>,
}

impl Phrase {
    /// The phrase of a text; nothing where it has no word.
    fn of(text: &str) -> Option<Arc<Self>> {
        let plain: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        let stems = plain.iter().map(|word| stem(word)).collect();
        (!plain.is_empty()).then(|| Arc::new(Self { plain, stems }))
    }
}

/// A phrase, and what else those who ask for it find.
struct Meaning {
    asked: Arc<Phrase>,
    others: Vec<Arc<Phrase>>,
}

/// All rules of synonyms, ready to be asked.
pub struct Thesaurus {
    meanings: Vec<Meaning>,
    /// Tells what was found out by these rules from what was by others.
    pub number: u64,
}

impl Thesaurus {
    /// The rules in their order.
    pub fn of<'a>(rules: impl IntoIterator<Item = &'a SynonymRule>) -> Self {
        let mut meanings = Vec::new();
        let mut hasher = DefaultHasher::new();
        for rule in rules {
            rule.hash(&mut hasher);
            let found: Vec<Arc<Phrase>> = rule.words.iter().filter_map(|text| Phrase::of(text)).collect();
            if rule.is_one_way() {
                let asked = rule.asked.iter().filter_map(|text| Phrase::of(text));
                meanings.extend(asked.map(|asked| Meaning { asked, others: found.clone() }));
            } else {
                for (place, asked) in found.iter().enumerate() {
                    let others = found.iter().enumerate().filter(|(other, _)| *other != place);
                    let others = others.map(|(_, phrase)| Arc::clone(phrase)).collect();
                    meanings.push(Meaning { asked: Arc::clone(asked), others });
                }
            }
        }
        Self { meanings, number: hasher.finish() }
    }

    /// For every word of a query, the phrases that may stand in its place, given the stems of all its words.
    pub fn synonyms(&self, stems: &[String]) -> Vec<Vec<Arc<Phrase>>> {
        let mut found: Vec<Vec<Arc<Phrase>>> = stems.iter().map(|_| Vec::new()).collect();
        for meaning in &self.meanings {
            let length = meaning.asked.stems.len();
            let starts = stems.windows(length).enumerate().filter(|(_, window)| *window == meaning.asked.stems);
            for (start, _) in starts {
                for slot in &mut found[start..start + length] {
                    slot.extend(meaning.others.iter().map(Arc::clone));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::search_desk::SynonymRule;

    use super::{Thesaurus, built_in_synonyms};
    use crate::words::{normalised, stem};

    fn for_words(thesaurus: &Thesaurus, words: &[&str]) -> Vec<Vec<String>> {
        let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
        let found = thesaurus.synonyms(&stems);
        found.iter().map(|slot| slot.iter().map(|phrase| phrase.plain.join(" ")).collect()).collect()
    }

    fn built_in() -> Thesaurus {
        Thesaurus::of(built_in_synonyms().iter().map(|(_, rule)| rule))
    }

    fn rule(asked: &[&str], words: &[&str]) -> SynonymRule {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        SynonymRule { asked: owned(asked), words: owned(words) }
    }

    #[test]
    fn a_phrase_gives_its_synonyms_to_each_of_its_words() {
        let both = vec!["co2", "carbon deuocsid"];
        assert_eq!(for_words(&built_in(), &["world", "carbon", "dioxide"]), [vec![], both.clone(), both]);
        assert_eq!(for_words(&built_in(), &["co2"]), [["carbon dioxide", "carbon deuocsid"]]);
        assert_eq!(for_words(&built_in(), &["carbon"]), [Vec::<String>::new()]);
    }

    #[test]
    fn a_rule_of_one_way_leads_that_way_alone() {
        let thesaurus = Thesaurus::of([&rule(&["fags", "smokes"], &["tobacco"]), &rule(&["?"], &["!", ""])]);
        assert_eq!(for_words(&thesaurus, &["fags"]), [["tobacco"]]);
        assert_eq!(for_words(&thesaurus, &["tobacco"]), [Vec::<String>::new()]);
    }

    #[test]
    fn other_rules_are_told_apart() {
        let one = [rule(&[], &["a", "b"])];
        let numbers = [&one[..], &[], &[rule(&["a"], &["b"])]].map(|rules| Thesaurus::of(rules).number);
        assert_eq!(HashSet::from(numbers).len(), 3);
        assert_eq!(Thesaurus::of(&one).number, numbers[0]);
    }

    #[test]
    fn what_comes_with_the_program_keeps_the_rules_of_the_desk() {
        let all = built_in_synonyms();
        for (id, rule) in &all {
            assert!(rule.problems(normalised).is_empty(), "{id}: {:?}", rule.problems(normalised));
        }
        assert_eq!(all.iter().map(|(id, _)| id).collect::<HashSet<_>>().len(), all.len());
    }
}
