//! Where the cells of a product come from.

use super::codelist::codelist;

codelist! {
    /// Whose cells a product is made of. Donor cells add check-ins and rules,
    /// because they can attack the patient's own tissue.
    pub enum ProductKind: "product kind" {
        /// The patient's own cells.
        Autologous = "autologous",
        /// Cells of a donor.
        Allogeneic = "allogeneic",
    }
}
