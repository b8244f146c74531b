//! Words that no mail may hold: they tell a stranger of health, of a treatment or of a person.

use unicode_normalization::UnicodeNormalization as _;

/// Betray wherever they stand in a word.
const ANYWHERE: &[&str] = &[
    "infus",
    "symptom",
    "therap",
    "oncolog",
    "haematolog",
    "hematolog",
    "immun",
    "lymph",
    "leuk",
    "myeloma",
    "tumour",
    "tumor",
    "diagnos",
    "outpatient",
    "inpatient",
    "hospital",
    "diarrh",
];

/// Betray at the beginning of a word.
const BEGINNING: &[&str] = &[
    "cell",
    "patient",
    "react",
    "fever",
    "treat",
    "medic",
    "drug",
    "dose",
    "dosage",
    "cancer",
    "health",
    "doctor",
    "physician",
    "nurse",
    "clinic",
    "report",
    "follow-up",
    "check-in",
    "urgent",
    "adverse",
    "trial",
    "study",
    "studies",
    "illness",
    "disease",
    "sick",
    "surg",
    "pharma",
    "vaccin",
    "inject",
    "transplant",
    "chemo",
    "biopsy",
    "relapse",
    "remission",
    "nausea",
    "vomit",
    "headache",
    "dizz",
    "bleed",
    "cough",
    "seizure",
    "faint",
    "breath",
    "swelling",
    "temperature",
    "allerg",
    "side effect",
    "side-effect",
    "passport",
    "birthda",
    "date of birth",
];

/// Betray as whole words.
const WHOLE: &[&str] = &[
    "pain", "pains", "painful", "rash", "rashes", "chills", "ward", "batch", "blood", "mr", "mrs",
    "ms", "dr", "born", "ill", "itch", "itching", "car-t", "t-cell",
];

/// Betray wherever they stand in Chinese, which writes no spaces.
const CHINESE: &[&str] = &[
    "输注",
    "回输",
    "细胞",
    "患者",
    "症",
    "反应",
    "发热",
    "发烧",
    "体温",
    "疗",
    "治",
    "药",
    "癌",
    "瘤",
    "免疫",
    "健康",
    "医",
    "护士",
    "护理",
    "随访",
    "不良",
    "试验",
    "研究",
    "病",
    "诊",
    "疼",
    "痛",
    "皮疹",
    "恶心",
    "呕吐",
    "腹泻",
    "晕",
    "咳",
    "血",
    "呼吸",
    "寒战",
    "过敏",
    "手术",
    "注射",
    "移植",
    "剂量",
    "批次",
    "疫苗",
    "姓名",
    "身份证",
    "出生",
    "生日",
    "先生",
    "女士",
    "副作用",
];

/// A text in plain small letters: full-width and styled letters are written as ordinary ones.
pub(super) fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The words of a text that betray, each as it stands in the lists.
pub(super) fn betraying(text: &str) -> impl Iterator<Item = &'static str> + use<> {
    let text = plain(text);
    // Line breaks and double spaces within "side effect" or between two Chinese characters
    // do not hide anything.
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let begins = |at: usize| {
        let before = spaced.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(char::is_alphabetic) || before.is_some_and(|c| !c.is_ascii())
    };
    let ends = |at: usize| {
        let after = spaced.get(at..).and_then(|tail| tail.chars().next());
        !after.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let mut found: Vec<&'static str> = Vec::new();
    found.extend(ANYWHERE.iter().filter(|word| spaced.contains(**word)));
    found.extend(
        BEGINNING.iter().filter(|word| spaced.match_indices(**word).any(|(at, _)| begins(at))),
    );
    found.extend(WHOLE.iter().filter(|word| {
        spaced.match_indices(**word).any(|(at, word)| begins(at) && ends(at + word.len()))
    }));
    found.extend(CHINESE.iter().filter(|word| dense.contains(**word)));
    found.into_iter()
}
