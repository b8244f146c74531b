//! What each grade of a diagnosis means, in our own words (REFERENCE §1.2).

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::StaffTerm;

/// What a CTCAE grade of a diagnosis means; `None` where the words of CTCAE are not ours
/// to shorten or the grade does not exist.
#[must_use]
pub const fn criterion(term: StaffTerm, grade: u8, lang: Language) -> Option<&'static str> {
    use StaffTerm::{Allergic, Anaphylaxis, FebNeut, Gvhd, Irr, Sepsis};
    let (en, zh) = match (term, grade) {
        (Allergic, 1) => ("no systemic treatment", "无需全身治疗"),
        (Allergic | Gvhd, 2) => ("treatment by mouth", "口服治疗"),
        (Allergic, 3) => {
            ("bronchospasm, admission or treatment into a vein", "支气管痉挛、住院或静脉治疗")
        }
        (Anaphylaxis, 3) => (
            "bronchospasm, injected treatment, allergic oedema or low blood pressure",
            "支气管痉挛、需注射治疗、过敏性水肿或低血压",
        ),
        (Irr, 1) => ("mild, infusion not interrupted", "轻度，无需中断输注"),
        (Irr, 2) => (
            "interrupted, settles promptly with medicines, prevention for 24 h or less",
            "需中断输注，用药后很快缓解，预防用药不超过24小时",
        ),
        (Irr, 3) => {
            ("prolonged, comes back after improving, or admission", "持续不缓解、好转后复发或住院")
        }
        (Gvhd, 3) => ("treatment into a vein", "静脉治疗"),
        (Sepsis, 3) => (
            "positive culture with signs (CTCAE 5.0); treatment into a vein (6.0)",
            "培养阳性并有体征（CTCAE 5.0）；静脉治疗（6.0）",
        ),
        (FebNeut, 3) => (
            "neutrophils under 1.0 ×10⁹/L and one reading above 38.3 °C, or 38.0 °C and more for over an hour",
            "中性粒细胞低于1.0×10⁹/L，且一次体温高于38.3℃，或≥38.0℃超过1小时",
        ),
        (_, 4) => ("life-threatening", "危及生命"),
        (_, 5) => ("death", "死亡"),
        _ => return None,
    };
    Some(match lang {
        En => en,
        ZhCn => zh,
    })
}
