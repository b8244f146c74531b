//! What every patient page shows around its content.

use crate::domain::Zone;
use crate::i18n::patient::{PatientText, patient};
use crate::i18n::patient_result::{ResultText, result};
use crate::store::visits::Clinic;
use crate::web::{App, Chrome};

/// The frame of a patient page: the clinic, both numbers, the form token.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The sentences of these pages.
    pub t: &'static PatientText,
    /// The sentences around the form.
    pub r: &'static ResultText,
    /// Whose page it is.
    pub clinic: Clinic,
    /// Whether a member of the staff types.
    pub by_staff: bool,
    /// Proves that a form came from our page.
    pub form_token: String,
}

impl Frame {
    /// The frame of a page behind a visit or a session.
    #[must_use]
    pub fn new(chrome: &Chrome, clinic: Clinic, by_staff: bool, form_token: String) -> Self {
        Self { t: patient(chrome.lang), r: result(chrome.lang), clinic, by_staff, form_token }
    }

    /// The frame of a page that knows no clinic: the numbers of the installation.
    #[must_use]
    pub fn bare(app: &App, chrome: &Chrome) -> Self {
        let clinic = Clinic {
            name: chrome.t.product.to_owned(),
            phone: app.settings.phone.clone(),
            emergency_number: app.settings.emergency_number.clone(),
            crisis_line: None,
            thermometer: "unknown".to_owned(),
            time_zone: Zone::utc(),
        };
        Self::new(chrome, clinic, false, String::new())
    }

    /// The emergency number as a phone dials it.
    #[must_use]
    pub fn emergency_tel(&self) -> String {
        self.tel(&self.clinic.emergency_number)
    }

    /// The clinic's number as a phone dials it.
    #[must_use]
    pub fn clinic_tel(&self) -> String {
        self.tel(&self.clinic.phone)
    }

    /// A number as a phone dials it.
    #[must_use]
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub fn tel(&self, text: &str) -> String {
        text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}
