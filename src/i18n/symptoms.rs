//! Names of symptoms, signs and measurements.

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::{Site, StaffTerm, SymptomCode, Unit};
use crate::domain::input::{ReportFlag, Vital};

labels! {
    SymptomCode {
        Fever: "Fever", "发热";
        Chills: "Chills", "寒战";
        Fatigue: "Tiredness", "乏力";
        Headache: "Headache", "头痛";
        SiteReaction: "Site reaction", "输注部位反应";
        LimbSwelling: "Swollen arm or leg", "手臂或腿肿胀";
        Urticaria: "Hives", "荨麻疹";
        Rash: "Rash", "皮疹";
        Pruritus: "Itching", "瘙痒";
        FaceSwelling: "Swelling of face, lips or tongue", "面部、嘴唇或舌头肿胀";
        Nausea: "Nausea", "恶心";
        Vomiting: "Vomiting", "呕吐";
        Diarrhoea: "Diarrhoea", "腹泻";
        Anorexia: "Loss of appetite", "食欲减退";
        AbdoPain: "Belly pain", "腹痛";
        Myalgia: "Muscle aches", "肌肉酸痛";
        Arthralgia: "Joint pain", "关节痛";
        Dizziness: "Dizziness", "头晕";
        Syncope: "Fainting or nearly fainting", "晕厥或几乎晕倒";
        Dyspnoea: "Breathlessness", "呼吸困难（气短）";
        Cough: "Cough", "咳嗽";
        ChestPain: "Chest pain or pressure", "胸痛或胸部压迫感";
        Palpitations: "Racing or irregular heartbeat", "心悸（心慌）";
        Confusion: "Confusion, very drowsy", "意识模糊、嗜睡难叫醒";
        Speech: "Trouble finding words or speaking", "说话或找词困难";
        Tremor: "Trembling", "震颤（手抖）";
        Seizure: "Fit, convulsion", "抽搐（癫痫发作）";
        Insomnia: "Sleeplessness", "失眠";
        Infection: "Signs of infection", "感染迹象";
        Other: "Something else", "其他";
        Hypotension: "Low blood pressure", "低血压";
        Hypoxia: "Low oxygen", "血氧偏低";
    }
    StaffTerm {
        Allergic: "Allergic reaction", "过敏反应";
        Anaphylaxis: "Anaphylaxis", "严重过敏反应（速发过敏反应）";
        Irr: "Infusion-related reaction", "输注相关反应";
        Crs: "Cytokine release syndrome", "细胞因子释放综合征";
        Icans: "Immune effector cell neurotoxicity", "免疫效应细胞相关神经毒性综合征";
        Gvhd: "Graft-versus-host disease", "移植物抗宿主病";
        Sepsis: "Sepsis", "脓毒症";
        FebNeut: "Febrile neutropenia", "发热性中性粒细胞减少";
    }
    Unit {
        Celsius: "°C", "℃";
        Fahrenheit: "°F", "℉";
    }
    Site {
        Oral: "mouth", "口腔";
        Axillary: "armpit", "腋下";
        Tympanic: "ear", "耳";
        Forehead: "forehead", "额头";
        Rectal: "rectum", "直肠";
        Unknown: "not known", "不清楚";
    }
    ReportFlag {
        ThroatTight: "Throat tight, hoarse, or noisy breathing in", "喉咙发紧、声音嘶哑或吸气有声";
        Wheeze: "Whistling breath", "喘鸣";
        Flushing: "Sudden redness and heat of face or body", "面部或身体突然发红发热";
        OneSidedWeakness: "Weakness or droop on one side", "一侧无力或面部歪斜";
        Jaundice: "Yellow eyes or skin", "眼睛或皮肤发黄";
        NoUrine12h: "No urine for 12 hours", "12小时无尿";
        Hospitalised: "Admitted to hospital", "住院";
        EdVisit: "Emergency department visit", "看过急诊";
        LifeThreatening: "Life was in danger", "曾有生命危险";
        Disability: "Left with a disability", "遗留残疾";
        Death: "Died", "死亡";
        CallMe: "Asks for a call", "要求回电";
        Pregnancy: "Pregnancy", "怀孕";
    }
    Vital {
        Sbp: "Systolic blood pressure", "收缩压";
        Hr: "Heart rate", "心率";
        Spo2: "Oxygen saturation", "血氧饱和度";
        Rr: "Breathing rate", "呼吸频率";
    }
}

/// A short name of what a question about a symptom asks; as a statement for yes/no
/// questions. `None` for a key that no symptom has.
#[must_use]
pub fn question(key: &str, lang: Language) -> Option<&'static str> {
    let (en, zh) = match key {
        "shaking" => ("shaking", "寒战程度"),
        "relieved_by_rest" => ("goes away with rest", "休息后缓解"),
        "adl" => ("effect on daily life", "对日常活动的影响"),
        "sev" => ("severity", "严重程度"),
        "thunderclap" => ("worst ever, within a minute", "一分钟内达到最剧烈"),
        "neck_stiff" => ("stiff neck", "颈部僵硬"),
        "vision_change" => ("change of vision", "视力改变"),
        "redness_cm" => ("redness", "发红范围"),
        "swelling_cm" => ("swelling", "肿胀范围"),
        "tender" => ("tender", "触痛"),
        "itch_or_warm" => ("itching or warm", "发痒或发烫"),
        "pain_at_rest" => ("pain at rest", "不碰也痛"),
        "vein_cord" => ("hard tender line along the vein", "沿静脉有硬条"),
        "spreading" => ("spreading", "在扩大"),
        "pus" => ("pus", "流脓"),
        "red_streak" => ("red streak", "红线"),
        "ulcer_or_black" => ("open or black skin", "溃烂或发黑"),
        "unilateral" => ("on one side only", "仅一侧"),
        "bsa_pct" => ("body surface", "体表面积"),
        "treatment" => ("treatment", "用药"),
        "blister_or_mucosal" => ("blisters, or sores in mouth or eyes", "水疱，或口腔、眼部破损"),
        "widespread" => ("widespread", "范围广"),
        "constant" => ("constant", "持续不断"),
        "sleep_loss" => ("disturbs sleep", "影响睡眠"),
        "scratch_marks" => ("scratch marks", "有抓痕"),
        "lips_tongue_throat" => ("lips, tongue or throat swollen", "嘴唇、舌头或喉咙肿"),
        "intake" => ("eating and drinking", "进食情况"),
        "episodes_24h" => ("times in 24 hours", "24小时内次数"),
        "no_fluids_12h" => ("no fluids kept down for 12 hours", "12小时不能进水"),
        "blood" => ("blood", "带血"),
        "extra_stools_24h" => ("more stools than usual in 24 hours", "24小时内比平时多的次数"),
        "near" => ("nearly fainted", "几乎晕倒"),
        "loc" => ("lost consciousness", "失去意识"),
        "when" => ("when", "何时出现"),
        "needed_help" => ("needed help", "需要帮助"),
        "with_dizziness" => ("with dizziness", "伴头晕"),
        "unrousable" => ("cannot be woken", "叫不醒"),
        "level" => ("degree", "程度"),
        "minutes" => ("minutes", "分钟数"),
        "count" => ("number of fits", "发作次数"),
        "text" => ("description", "描述"),
        "antibiotics" => ("antibiotics", "抗生素"),
        _ => return None,
    };
    Some(match lang {
        En => en,
        ZhCn => zh,
    })
}
