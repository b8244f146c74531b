//! What patients are asked about each symptom, in plain words.
//!
//! Own wording throughout (REFERENCE §2.2). A Chinese name carries the words that people
//! use for the same thing (头晕 and 眩晕), so that everybody finds theirs in the list.

use crate::domain::Language;
use crate::domain::grading::SymptomCode::{
    self, AbdoPain, Anorexia, Arthralgia, ChestPain, Chills, Confusion, Cough, Diarrhoea,
    Dizziness, Dyspnoea, FaceSwelling, Fatigue, Fever, Headache, Hypotension, Hypoxia, Infection,
    Insomnia, LimbSwelling, Myalgia, Nausea, Other, Palpitations, Pruritus, Rash, Seizure,
    SiteReaction, Speech, Syncope, Tremor, Urticaria, Vomiting,
};

/// A name and what explains it; empty when nothing needs to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The name or the question.
    pub label: &'static str,
    /// Other words for it, or how to answer.
    pub hint: &'static str,
}

const fn words(label: &'static str, hint: &'static str) -> Words {
    Words { label, hint }
}

const fn pick(lang: Language, en: Words, zh: Words) -> Words {
    match lang {
        Language::En => en,
        Language::ZhCn => zh,
    }
}

/// A symptom as it stands in the list.
#[must_use]
pub fn symptom(code: SymptomCode, lang: Language) -> Words {
    let (en, zh) = match code {
        Fever => (words("Fever", ""), words("发烧", "发热")),
        Chills => (
            words("Chills or shaking", "shivering, feeling cold, teeth chattering"),
            words("发冷、寒战", "打寒战、打颤、怕冷、发抖"),
        ),
        Fatigue => (
            words("Tiredness", "worn out, no energy, weak"),
            words("乏力、疲劳", "没力气、累、虚弱"),
        ),
        Headache => (words("Headache", ""), words("头痛", "头疼、头胀")),
        SiteReaction => (
            words(
                "Reaction where the needle was",
                "red, swollen, sore, warm or itchy skin, a hard vein",
            ),
            words("打针（输注）部位不适", "发红、肿、痛、发热、发痒、血管变硬"),
        ),
        LimbSwelling => {
            (words("Swollen arm or leg", "hand or foot too"), words("手臂或腿肿", "手、脚肿、水肿"))
        }
        Urticaria => (
            words("Hives", "itchy raised weals that come and go"),
            words("荨麻疹、风团", "风疹块、一片片凸起发痒的疙瘩"),
        ),
        Rash => (words("Rash", "spots, blotches, red skin"), words("皮疹", "红疹、起疹子、红斑")),
        Pruritus => (words("Itching", "itchy skin"), words("皮肤瘙痒", "发痒")),
        FaceSwelling => (
            words("Swelling of face, lips or tongue", "swollen eyelids too"),
            words("脸、嘴唇或舌头肿", "眼皮肿、面部水肿"),
        ),
        Nausea => (words("Feeling sick", "nausea, queasy stomach"), words("恶心", "反胃、想吐")),
        Vomiting => (words("Vomiting", "being sick, throwing up"), words("呕吐", "吐")),
        Diarrhoea => {
            (words("Diarrhoea", "loose or watery stools"), words("腹泻", "拉肚子、水样便"))
        }
        Anorexia => {
            (words("No appetite", "eating less than usual"), words("没胃口", "食欲减退、吃不下"))
        }
        AbdoPain => {
            (words("Belly pain", "stomach ache, cramps"), words("肚子痛", "腹痛、胃痛、绞痛"))
        }
        Myalgia => (words("Muscle aches", "sore all over"), words("肌肉酸痛", "浑身酸痛")),
        Arthralgia => (words("Joint pain", ""), words("关节痛", "关节酸痛")),
        Dizziness => (
            words("Dizziness", "light-headed, unsteady, the room spins"),
            words("头晕、眩晕", "头昏、站不稳、天旋地转"),
        ),
        Syncope => (
            words("Fainting, or nearly", "passed out, everything went black"),
            words("晕倒或差点晕倒", "昏倒、晕厥、眼前发黑"),
        ),
        Dyspnoea => (
            words("Short of breath", "breathless, hard to breathe"),
            words("气短、呼吸困难", "喘、憋气、透不过气"),
        ),
        Cough => (words("Cough", ""), words("咳嗽", "")),
        ChestPain => (
            words("Chest pain or pressure", "tight chest"),
            words("胸痛、胸部压迫感", "胸口疼、胸口发紧"),
        ),
        Palpitations => (
            words("Racing or uneven heartbeat", "palpitations, pounding heart"),
            words("心慌、心悸", "心跳快、心跳不齐"),
        ),
        Confusion => (
            words("Confused or very drowsy", "not thinking clearly, hard to wake"),
            words("糊涂、嗜睡", "意识不清、叫不醒、反应慢"),
        ),
        Speech => (
            words("Trouble speaking", "cannot find words, slurred speech"),
            words("说话困难", "找不到词、口齿不清"),
        ),
        Tremor => (words("Trembling", "shaky hands"), words("手抖、震颤", "发抖（不是发冷）")),
        Seizure => (words("Fit, convulsion", "seizure"), words("抽搐", "抽风、癫痫发作")),
        Insomnia => (words("Cannot sleep", ""), words("睡不着", "失眠")),
        Infection => (
            words(
                "Signs of an infection",
                "yellow or green phlegm, burning when passing urine, sore throat with pus, a wound that festers",
            ),
            words("感染迹象", "黄痰或绿痰、小便刺痛、咽痛化脓、伤口化脓"),
        ),
        Other => (
            words("Something else", "tell us in your own words"),
            words("其他不适", "用自己的话告诉我们"),
        ),
        Hypotension => (words("Low blood pressure", ""), words("血压低", "")),
        Hypoxia => (words("Low oxygen", ""), words("血氧低", "")),
    };
    pick(lang, en, zh)
}

/// A question about a symptom; `None` only for a key that the symptom does not ask.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table, both languages side by side")]
pub fn question(code: SymptomCode, key: &str, lang: Language) -> Option<Words> {
    let (en, zh) = match (code, key) {
        (Rash, "sev") => {
            (words("How much does the rash bother you?", ""), words("皮疹让您有多难受？", ""))
        }
        (Insomnia, "sev") => {
            (words("How bad is the sleeplessness?", ""), words("失眠有多严重？", ""))
        }
        (Other, "sev") => (words("How bad is it?", ""), words("有多严重？", "")),
        (_, "sev") => {
            (words("How bad was it at its worst?", ""), words("最厉害的时候有多严重？", ""))
        }
        (_, "adl") => (
            words("How much does it get in the way of your day?", "Think of the worst time."),
            words("对日常生活有多大影响？", "请按最严重的时候回答。"),
        ),
        (Chills, "shaking") => {
            (words("How strong is the shaking?", ""), words("抖得有多厉害？", ""))
        }
        (Fatigue, "relieved_by_rest") => {
            (words("Does rest make it go away?", ""), words("休息后会好吗？", ""))
        }
        (Headache, "thunderclap") => (
            words("It came suddenly, within a minute, and is the worst headache of my life", ""),
            words("突然发作，一分钟内就达到最痛，是这辈子最厉害的头痛", ""),
        ),
        (Headache, "neck_stiff") => (
            words("My neck is stiff: I cannot put my chin on my chest", ""),
            words("脖子发硬，下巴碰不到胸口", ""),
        ),
        (Headache, "vision_change") => (
            words("I see differently: blurred, double or missing parts", ""),
            words("看东西有变化：模糊、重影或缺一块", ""),
        ),
        (SiteReaction, "redness_cm") => {
            (words("How wide is the redness?", SIZE_EN), words("发红的地方有多宽？", SIZE_ZH))
        }
        (SiteReaction, "swelling_cm") => {
            (words("How wide is the swelling?", SIZE_EN), words("肿的地方有多宽？", SIZE_ZH))
        }
        (SiteReaction, "tender") => (words("It hurts when touched", ""), words("一碰就痛", "")),
        (SiteReaction, "itch_or_warm") => {
            (words("It itches or feels warm", ""), words("发痒或发热", ""))
        }
        (SiteReaction, "pain_at_rest") => {
            (words("It hurts even when nothing touches it", ""), words("不碰也痛", ""))
        }
        (SiteReaction, "vein_cord") => (
            words("There is a hard, sore line along the vein", ""),
            words("沿血管有一条发硬、压痛的线", ""),
        ),
        (SiteReaction, "spreading") => (words("It is getting bigger", ""), words("范围在扩大", "")),
        (SiteReaction, "pus") => (words("There is pus", ""), words("有脓", "")),
        (SiteReaction, "red_streak") => (
            words("A red streak runs up the arm or leg", ""),
            words("有一条红线沿手臂或腿往上走", ""),
        ),
        (SiteReaction, "ulcer_or_black") => {
            (words("The skin is open or black", ""), words("皮肤破溃或发黑", ""))
        }
        (LimbSwelling, "unilateral") => {
            (words("Only one arm or one leg is swollen", ""), words("只有一侧手臂或一条腿肿", ""))
        }
        (Urticaria | Rash, "bsa_pct") => (
            words(
                "How many of your palms would cover it?",
                "Your whole hand with the fingers counts as 1. The front of one arm is about 4, the belly and chest together about 18.",
            ),
            words(
                "大约有您几个手掌那么大？",
                "您的一个手掌（连同手指）算 1。一侧手臂正面约 4，胸部和腹部合起来约 18。",
            ),
        ),
        (Urticaria, "treatment") => (
            words("What was it treated with?", "Choose the strongest."),
            words("用过什么治疗？", "请选最强的一种。"),
        ),
        (Rash, "blister_or_mucosal") => (
            words("There are blisters, or sores in the mouth, eyes or private parts", ""),
            words("有水疱，或口腔、眼睛、私处有破溃", ""),
        ),
        (Pruritus, "widespread") => {
            (words("It itches over large parts of the body", ""), words("身上大片地方都痒", ""))
        }
        (Pruritus, "constant") => (words("It itches all the time", ""), words("一直痒", "")),
        (Pruritus, "sleep_loss") => {
            (words("It keeps me from sleeping", ""), words("痒得睡不好", ""))
        }
        (Pruritus, "scratch_marks") => {
            (words("I have scratched the skin open or sore", ""), words("皮肤抓破或抓伤了", ""))
        }
        (FaceSwelling, "lips_tongue_throat") => {
            (words("Lips, tongue or throat are swollen", ""), words("嘴唇、舌头或喉咙肿", ""))
        }
        (Nausea, "intake") => (words("Can you eat and drink?", ""), words("还能吃喝吗？", "")),
        (Anorexia, "intake") => (words("How much do you eat?", ""), words("吃得怎么样？", "")),
        (Vomiting, "episodes_24h") => (
            words(
                "How many times in the worst 24 hours?",
                "Count times that are at least 5 minutes apart.",
            ),
            words("最厉害的 24 小时里吐了几次？", "间隔至少 5 分钟才算另一次。"),
        ),
        (Vomiting, "no_fluids_12h") => (
            words("I could keep no fluids down for 12 hours", ""),
            words("12 小时内喝什么都吐", ""),
        ),
        (Vomiting, "blood") => (
            words("There was blood, or it looked like coffee grounds", ""),
            words("吐出物有血，或像咖啡渣", ""),
        ),
        (Diarrhoea, "extra_stools_24h") => (
            words(
                "How many more stools than usual in the worst 24 hours?",
                "Only those above your usual number.",
            ),
            words("最厉害的 24 小时里，比平时多拉了几次？", "只算比平时多出的次数。"),
        ),
        (Diarrhoea, "blood") => (words("There was blood in it", ""), words("大便带血", "")),
        (Syncope, "near") => (words("I nearly fainted", ""), words("差点晕倒", "")),
        (Syncope, "loc") => (words("I lost consciousness", ""), words("失去了意识", "")),
        (Dyspnoea, "when") => {
            (words("When are you short of breath?", ""), words("什么时候觉得气短？", ""))
        }
        (Palpitations, "needed_help") => {
            (words("I needed medical help for it", ""), words("为此需要医疗帮助", ""))
        }
        (Palpitations, "with_dizziness") => {
            (words("I was dizzy with it", ""), words("同时感到头晕", ""))
        }
        (Confusion, "unrousable") => (words("The person cannot be woken", ""), words("叫不醒", "")),
        (Speech, "level") => (words("How is speaking?", ""), words("说话的情况如何？", "")),
        (Seizure, "minutes") => (
            words(
                "How many minutes did the longest one last?",
                "A guess is enough; write 0.5 for half a minute.",
            ),
            words("最长的一次持续了几分钟？", "大概即可；半分钟请写 0.5。"),
        ),
        (Seizure, "count") => (words("How many were there?", ""), words("一共几次？", "")),
        (Infection, "antibiotics") => {
            (words("Are you on antibiotics for it?", ""), words("是否因此用抗生素？", ""))
        }
        (Other, "text") => (
            words("What is it?", "Your own words, in any language."),
            words("是什么不适？", "用自己的话，任何语言都可以。"),
        ),
        _ => return None,
    };
    Some(pick(lang, en, zh))
}

const SIZE_EN: &str = "In centimetres at the widest place, 0 if there is none. A coin is about 2.5 cm, a bank card 5.4 by 8.6 cm. Best is a ruler.";
const SIZE_ZH: &str =
    "量最宽处，单位厘米；没有请填 0。硬币约 2.5 厘米，银行卡宽 5.4、长 8.6 厘米。最好用尺子量。";

/// A choice of a question; `None` only for a code that the question does not have.
#[must_use]
pub fn choice(code: SymptomCode, key: &str, value: &str, lang: Language) -> Option<&'static str> {
    let (en, zh) = match (code, key, value) {
        (_, "sev", "1") => ("Mild", "轻度"),
        (_, "sev", "2") => ("Moderate", "中度"),
        (_, "sev", "3") => ("Severe", "重度"),
        (_, "adl", "0") => ("Not at all", "没有影响"),
        (_, "adl", "1") => ("I notice it but do everything", "有感觉，但不影响日常活动"),
        (_, "adl", "2") => (
            "It limits shopping, cooking, work, using the phone, money",
            "影响购物、做饭、工作、打电话、管钱等",
        ),
        (_, "adl", "3") => (
            "I need help to wash, dress, eat, use the toilet or take medicine, or I stay in bed",
            "洗漱、穿衣、吃饭、如厕、服药需要帮助，或卧床",
        ),
        (Chills, "shaking", "1") => ("Cold, shivering, teeth chattering", "发冷、打寒颤、牙齿打颤"),
        (Chills, "shaking", "2") => {
            ("My whole body shakes so that others see it", "全身发抖，别人看得出来")
        }
        (Chills, "shaking", "3") => (
            "Violent shaking that would not stop for an hour or more",
            "剧烈发抖，一小时以上停不下来",
        ),
        (Nausea, "intake", "normal") => ("I eat and drink as usual", "吃喝照常"),
        (Nausea, "intake", "reduced") => ("I eat or drink less", "吃喝比平时少"),
        (Nausea, "intake", "inadequate") => {
            ("I cannot take in enough food or fluid", "吃喝明显不够")
        }
        (Anorexia, "intake", "normal") => ("As usual, but without appetite", "照常吃，只是没胃口"),
        (Anorexia, "intake", "reduced") => ("Less than usual", "比平时吃得少"),
        (Anorexia, "intake", "inadequate") => {
            ("Hardly anything, or I am clearly losing weight", "几乎吃不下，或体重明显下降")
        }
        (Urticaria, "treatment", "none") => ("Nothing", "没有用药"),
        (Urticaria, "treatment", "topical") => ("Cream or lotion", "外用药膏或药水"),
        (Urticaria, "treatment", "oral") => ("Tablets or syrup", "口服药"),
        (Urticaria, "treatment", "iv") => ("Injection or drip", "打针或输液"),
        (Infection, "antibiotics", "none") => ("No", "没有"),
        (Infection, "antibiotics", "oral") => ("Yes, by mouth", "有，口服"),
        (Infection, "antibiotics", "iv") => ("Yes, by drip or injection", "有，输液或注射"),
        (Dyspnoea, "when", "moderate") => ("On stairs or when walking briskly", "上楼梯或快走时"),
        (Dyspnoea, "when", "minimal") => {
            ("When walking slowly on the flat or dressing", "平地慢走或穿衣时")
        }
        (Dyspnoea, "when", "rest") => {
            ("At rest, or I cannot finish a sentence", "休息时也气短，或一句话说不完")
        }
        (Speech, "level", "1") => {
            ("I notice it, others understand me well", "自己觉得有，别人听得懂")
        }
        (Speech, "level", "2") => ("I struggle to say what I want", "很难说出想说的话"),
        (Speech, "level", "3") => ("Others cannot understand me", "别人听不懂"),
        _ => return None,
    };
    Some(match lang {
        Language::En => en,
        Language::ZhCn => zh,
    })
}
