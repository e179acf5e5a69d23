//! Welsh words change their first letters with what stands before them: tai, dai, thai, nhai are one word. Plurals change
//! the end and often the middle too: iaith and ieithoedd are one noun.

/// Words shorter than this are left as they are.
const SHORTEST: usize = 3;
/// Unchanged beginnings, and what they become.
const MUTATIONS: &[(&str, &[&str])] = &[
    ("ll", &["l"]),
    ("rh", &["r"]),
    ("c", &["g", "ngh", "ch"]),
    ("p", &["b", "mh", "ph"]),
    ("t", &["d", "nh", "th"]),
    ("g", &["", "ng"]),
    ("b", &["f", "m"]),
    ("d", &["dd", "n"]),
    ("m", &["f"]),
];
/// Nouns of statistics, one and many, folded: Welsh plurals follow no rule that would not also find other words.
const NUMBERS: &[(&str, &str)] = &[
    ("iaith", "ieithoedd"),
    ("gwlad", "gwledydd"),
    ("sir", "siroedd"),
    ("tref", "trefi"),
    ("dinas", "dinasoedd"),
    ("ardal", "ardaloedd"),
    ("rhanbarth", "rhanbarthau"),
    ("awdurdod", "awdurdodau"),
    ("ysgol", "ysgolion"),
    ("prifysgol", "prifysgolion"),
    ("disgybl", "disgyblion"),
    ("myfyriwr", "myfyrwyr"),
    ("plentyn", "plant"),
    ("person", "personau"),
    ("oedolyn", "oedolion"),
    ("menyw", "menywod"),
    ("dyn", "dynion"),
    ("merch", "merched"),
    ("bachgen", "bechgyn"),
    ("teulu", "teuluoedd"),
    ("aelwyd", "aelwydydd"),
    ("cartref", "cartrefi"),
    ("ty", "tai"),
    ("annedd", "anheddau"),
    ("rhent", "rhenti"),
    ("pris", "prisiau"),
    ("cost", "costau"),
    ("treth", "trethi"),
    ("toll", "tollau"),
    ("cyflog", "cyflogau"),
    ("pensiwn", "pensiynau"),
    ("swydd", "swyddi"),
    ("gweithiwr", "gweithwyr"),
    ("rheolwr", "rheolwyr"),
    ("busnes", "busnesau"),
    ("cwmni", "cwmniau"),
    ("diwydiant", "diwydiannau"),
    ("nwydd", "nwyddau"),
    ("gwasanaeth", "gwasanaethau"),
    ("genedigaeth", "genedigaethau"),
    ("marwolaeth", "marwolaethau"),
    ("priodas", "priodasau"),
    ("ysgariad", "ysgariadau"),
    ("mudwr", "mudwyr"),
    ("trosedd", "troseddau"),
    ("damwain", "damweiniau"),
    ("ffordd", "ffyrdd"),
    ("car", "ceir"),
    ("cerbyd", "cerbydau"),
    ("taith", "teithiau"),
    ("teithiwr", "teithwyr"),
    ("awyren", "awyrennau"),
    ("maes", "meysydd"),
    ("ysbyty", "ysbytai"),
    ("meddyg", "meddygon"),
    ("claf", "cleifion"),
    ("clefyd", "clefydau"),
    ("brechiad", "brechiadau"),
    ("afon", "afonydd"),
    ("fferm", "ffermydd"),
    ("anifail", "anifeiliaid"),
    ("nwy", "nwyon"),
    ("allyriad", "allyriadau"),
    ("ffynhonnell", "ffynonellau"),
    ("cyfrif", "cyfrifon"),
    ("cyfrifiad", "cyfrifiadau"),
    ("arolwg", "arolygon"),
    ("ystadegyn", "ystadegau"),
    ("ffigur", "ffigurau"),
    ("tabl", "tablau"),
    ("mynegai", "mynegeion"),
    ("cyfradd", "cyfraddau"),
    ("amcangyfrif", "amcangyfrifon"),
    ("rhagolwg", "rhagolygon"),
    ("dangosydd", "dangosyddion"),
    ("blwyddyn", "blynyddoedd"),
    ("mis", "misoedd"),
    ("wythnos", "wythnosau"),
    ("chwarter", "chwarteri"),
    ("siaradwr", "siaradwyr"),
    ("sgil", "sgiliau"),
    ("pwnc", "pynciau"),
    ("adroddiad", "adroddiadau"),
    ("datganiad", "datganiadau"),
    ("storm", "stormydd"),
];
const VOWELS: [char; 7] = ['a', 'e', 'i', 'o', 'u', 'w', 'y'];

/// The other forms in which a folded word may be met.
pub fn other_forms(word: &str) -> Vec<String> {
    let mut forms = Vec::new();
    if word.chars().any(|c| !c.is_alphabetic()) {
        return forms;
    }
    if word.chars().count() < SHORTEST {
        return other_number(word).map(str::to_owned).into_iter().collect();
    }
    let mut add = |form: String| {
        if form != word && form.len() > 1 && !forms.contains(&form) {
            forms.push(form);
        }
    };
    for root in roots(word) {
        if let Some(other) = other_number(&root) {
            changed(other).into_iter().for_each(&mut add);
            add(other.to_owned());
        }
        changed(&root).into_iter().for_each(&mut add);
        add(root);
    }
    forms
}

/// The plural of a noun of statistics, or the noun of which it is the plural.
fn other_number(word: &str) -> Option<&'static str> {
    NUMBERS.iter().find_map(|(one, many)| match word {
        _ if word == *one => Some(*many),
        _ if word == *many => Some(*one),
        _ => None,
    })
}

/// What the word may be unchanged, itself included.
fn roots(word: &str) -> Vec<String> {
    let mut roots = vec![word.to_owned()];
    for (root, mutations) in MUTATIONS {
        for mutation in mutations.iter().filter(|mutation| !mutation.is_empty()) {
            let rest = word.strip_prefix(mutation);
            // “ch” and the like are letters of their own.
            let whole = |rest: &&str| !(rest.starts_with('h') || mutation.len() == 1 && rest.starts_with(mutation));
            roots.extend(rest.filter(whole).map(|rest| format!("{root}{rest}")));
        }
    }
    if word.starts_with(VOWELS) || word.starts_with(['l', 'r']) {
        roots.push(format!("g{word}"));
    }
    roots.extend(word.strip_prefix('h').filter(|rest| rest.starts_with(VOWELS)).map(str::to_owned));
    roots
}

fn changed(root: &str) -> Vec<String> {
    let mutated = MUTATIONS.iter().find(|(beginning, _)| {
        root.strip_prefix(beginning)
            .is_some_and(|rest| !(rest.starts_with('h') || *beginning == "d" && rest.starts_with('d')))
    });
    match mutated {
        Some((beginning, mutations)) => {
            mutations.iter().map(|new| format!("{new}{}", &root[beginning.len()..])).collect()
        }
        None if root.starts_with(VOWELS) => vec![format!("h{root}")],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::other_forms;

    #[test]
    fn forms_of_a_word_lead_to_each_other() {
        for family in [
            &["poblogaeth", "boblogaeth", "mhoblogaeth", "phoblogaeth"][..],
            &["tai", "dai", "nhai", "thai"],
            &["cymru", "gymru", "nghymru", "chymru"],
            &["gwynedd", "wynedd", "ngwynedd"],
            &["llywodraeth", "lywodraeth"],
            &["marwolaethau", "farwolaethau"],
            &["iechyd", "hiechyd"],
        ] {
            for word in family {
                let others = other_forms(word);
                for other in family.iter().filter(|other| *other != word) {
                    assert!(others.iter().any(|form| form == other), "{word} → {other}: {others:?}");
                }
                assert!(others.len() < 16, "{word}: {others:?}");
            }
        }
        for (one, other) in [
            ("iaith", "ieithoedd"),
            ("ieithoedd", "iaith"),
            ("boblogaeth", "poblogaeth"),
            ("bris", "phrisiau"),
            ("dai", "ty"),
        ] {
            assert!(other_forms(one).iter().any(|form| form == other), "{one} → {other}: {:?}", other_forms(one));
        }
        assert!(other_forms("e06000001").is_empty() && other_forms("yn").is_empty());
    }
}
