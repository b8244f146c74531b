//! Rows that tests begin with, put straight into the database.

use afterwatch::domain::registry::{
    ActiveState, CultureResult, EndotoxinResult, LotSource, LotState, PatientState, Phase, Route,
    Sex,
};
use afterwatch::domain::{
    CourseId, Day, InfusionId, Language, LotId, PatientId, ProductId, ProductKind, SiteId,
    Timestamp, Zone,
};
use afterwatch::store::schema::{course, infusion, lot, patient, patient_contact, product, site};
use diesel::prelude::*;

use crate::app::TestApp;

/// One infusion with all that it needs.
#[derive(Debug, Clone, Copy)]
pub struct Infused {
    pub patient: PatientId,
    pub product: ProductId,
    pub lot: LotId,
    pub course: CourseId,
    pub infusion: InfusionId,
}

impl TestApp {
    /// A clinic in Shanghai.
    pub async fn site(&self, code: &str) -> SiteId {
        let (id, now, code) = (SiteId::new(), self.now(), code.to_owned());
        self.write(move |conn| {
            diesel::insert_into(site::table)
                .values((
                    site::id.eq(id),
                    site::name.eq(format!("Clinic {code}")),
                    site::mail_name.eq(format!("Centre {code}")),
                    site::code.eq(code),
                    site::time_zone.eq(shanghai()),
                    site::language.eq(Language::En),
                    site::phone.eq("+86 21 5555 0100"),
                    site::emergency_number.eq("120"),
                    site::thermometer.eq("axillary"),
                    site::ctcae_version.eq("5.0"),
                    site::state.eq(ActiveState::Active),
                    site::version.eq(1),
                    site::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// The patients' own cells, under the rules of such products.
    pub async fn product(&self, code: &str) -> ProductId {
        let (id, now, code) = (ProductId::new(), self.now(), code.to_owned());
        self.write(move |conn| {
            diesel::insert_into(product::table)
                .values((
                    product::id.eq(id),
                    product::code.eq(&code),
                    product::name.eq(format!("Product {code}")),
                    product::kind.eq(ProductKind::Autologous),
                    product::rule_set.eq("nk-auto"),
                    product::state.eq(ActiveState::Active),
                    product::version.eq(1),
                    product::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// A patient with name, address and phone, who reads English.
    pub async fn patient(&self, site: SiteId, code: &str) -> PatientId {
        let (id, now, code) = (PatientId::new(), self.now(), code.to_owned());
        self.write(move |conn| {
            diesel::insert_into(patient::table)
                .values((
                    patient::id.eq(id),
                    patient::site_id.eq(site),
                    patient::code.eq(&code),
                    patient::birth_year.eq(1961),
                    patient::sex.eq(Sex::Female),
                    patient::language.eq(Language::En),
                    patient::time_zone.eq(shanghai()),
                    patient::state.eq(PatientState::Active),
                    patient::version.eq(1),
                    patient::recorded_at.eq(now),
                ))
                .execute(conn)?;
            diesel::insert_into(patient_contact::table)
                .values((
                    patient_contact::patient_id.eq(id),
                    patient_contact::name.eq(format!("Name of {code}")),
                    patient_contact::email.eq(format!("{id}@patient.example")),
                    patient_contact::phone.eq("+86 139 0000 0000"),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// A released lot of the patient's own cells.
    pub async fn lot(
        &self,
        site: SiteId,
        product: ProductId,
        of: PatientId,
        number: &str,
    ) -> LotId {
        let (id, now, number) = (LotId::new(), self.now(), number.to_owned());
        self.write(move |conn| {
            diesel::insert_into(lot::table)
                .values((
                    lot::id.eq(id),
                    lot::site_id.eq(site),
                    lot::product_id.eq(product),
                    lot::number.eq(number),
                    lot::source.eq(LotSource::Own),
                    lot::patient_id.eq(of),
                    lot::sterility.eq(CultureResult::Negative),
                    lot::mycoplasma.eq(CultureResult::Negative),
                    lot::endotoxin.eq(EndotoxinResult::Pass),
                    lot::state.eq(LotState::Released),
                    lot::version.eq(1),
                    lot::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// A course of the first phase.
    pub async fn course(&self, site: SiteId, of: PatientId, product: ProductId) -> CourseId {
        let (id, now) = (CourseId::new(), self.now());
        let started: Day = now.day(shanghai().jiff());
        self.write(move |conn| {
            diesel::insert_into(course::table)
                .values((
                    course::id.eq(id),
                    course::site_id.eq(site),
                    course::patient_id.eq(of),
                    course::product_id.eq(product),
                    course::phase.eq(Phase::First),
                    course::interval_days.eq(30),
                    course::planned_infusions.eq(6),
                    course::started_on.eq(started),
                    course::version.eq(1),
                    course::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// The infusion of this number in the course; it ended at `t0`. Nothing follows from
    /// it by itself: no check-ins, no link.
    pub async fn infusion(
        &self,
        (site, of): (SiteId, PatientId),
        (course, number): (CourseId, i32),
        lot: LotId,
        t0: Timestamp,
    ) -> InfusionId {
        let (id, now) = (InfusionId::new(), self.now());
        self.write(move |conn| {
            diesel::insert_into(infusion::table)
                .values((
                    infusion::id.eq(id),
                    infusion::site_id.eq(site),
                    infusion::patient_id.eq(of),
                    infusion::course_id.eq(course),
                    infusion::lot_id.eq(lot),
                    infusion::number_in_course.eq(number),
                    infusion::started_at.eq(t0.plus_hours(-1)),
                    infusion::ended_at.eq(t0),
                    infusion::t0.eq(t0),
                    infusion::route.eq(Route::Intravenous),
                    infusion::version.eq(1),
                    infusion::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    /// A patient of the clinic who was given the first infusion just now.
    pub async fn infused(&self, site: SiteId, code: &str) -> Infused {
        let product = self.product(&format!("P-{code}")).await;
        let patient = self.patient(site, code).await;
        let lot = self.lot(site, product, patient, &format!("L-{code}")).await;
        let course = self.course(site, patient, product).await;
        let infusion = self.infusion((site, patient), (course, 1), lot, self.now()).await;
        Infused { patient, product, lot, course, infusion }
    }
}

fn shanghai() -> Zone {
    Zone::parse("Asia/Shanghai").unwrap()
}
