//! Words of official statistics that mean the same.

use std::sync::LazyLock;

use crate::words::{stem, words};

/// Groups of words and phrases; who asks for one also finds the others.
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

/// A word or phrase of a group, in two shapes.
#[derive(PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Folded words.
    pub plain: Vec<String>,
    /// Their stems.
    pub stems: Vec<String>,
}

static PHRASES: LazyLock<Vec<Vec<Phrase>>> = LazyLock::new(|| {
    let phrase = |text: &&str| {
        let plain: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        Phrase { stems: plain.iter().map(|word| stem(word)).collect(), plain }
    };
    GROUPS.iter().map(|group| group.iter().map(phrase).collect()).collect()
});

/// For every word of a query, the phrases that may stand in its place, given the stems of all its words.
pub fn synonyms(stems: &[String]) -> Vec<Vec<&'static Phrase>> {
    let mut found: Vec<Vec<&'static Phrase>> = stems.iter().map(|_| Vec::new()).collect();
    for group in PHRASES.iter() {
        for (asked, phrase) in group.iter().enumerate() {
            let length = phrase.stems.len();
            let starts = stems.windows(length).enumerate().filter(|(_, window)| *window == phrase.stems);
            for (start, _) in starts {
                for slot in &mut found[start..start + length] {
                    slot.extend(group.iter().enumerate().filter(|(other, _)| *other != asked).map(|(_, p)| p));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, synonyms};
    use crate::words::stem;

    fn for_words(words: &[&str]) -> Vec<Vec<String>> {
        let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
        synonyms(&stems).iter().map(|slot| slot.iter().map(|phrase| phrase.plain.join(" ")).collect()).collect()
    }

    #[test]
    fn a_phrase_gives_its_synonyms_to_each_of_its_words() {
        let both = vec!["co2", "carbon deuocsid"];
        assert_eq!(for_words(&["world", "carbon", "dioxide"]), [vec![], both.clone(), both]);
        assert_eq!(for_words(&["co2"]), [["carbon dioxide", "carbon deuocsid"]]);
        assert_eq!(for_words(&["carbon"]), [Vec::<String>::new()]);
    }

    #[test]
    fn no_group_is_pointless() {
        assert!(GROUPS.iter().all(|group| group.len() > 1));
    }
}
