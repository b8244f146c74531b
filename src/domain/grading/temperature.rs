//! The temperature that the fever limits are about (REFERENCE §0.2).

use rust_decimal::{Decimal, RoundingStrategy};

use super::super::codelist::codelist;

codelist! {
    /// A unit of temperature.
    pub enum Unit: "unit of temperature" {
        /// Degrees Celsius.
        Celsius = "C",
        /// Degrees Fahrenheit.
        Fahrenheit = "F",
    }
}

codelist! {
    /// Where the thermometer was held.
    pub enum Site: "thermometer site" {
        /// Mouth.
        Oral = "oral",
        /// Armpit, the habit in China; reads low.
        Axillary = "axillary",
        /// Ear.
        Tympanic = "tympanic",
        /// Forehead; reads low.
        Forehead = "forehead",
        /// Rectum.
        Rectal = "rectal",
        /// Not known.
        Unknown = "unknown",
    }
}

impl Unit {
    /// The values that are accepted as typed: 30.0 to 45.0 °C, 86.0 to 113.0 °F.
    #[must_use]
    pub const fn range(self) -> (i64, i64) {
        match self {
            Self::Celsius => (30, 45),
            Self::Fahrenheit => (86, 113),
        }
    }

    fn holds(self, value: Decimal) -> bool {
        let (low, high) = self.range();
        (Decimal::from(low)..=Decimal::from(high)).contains(&value)
    }
}

impl Site {
    /// What is added in °C to compare with a reading by mouth. Never negative:
    /// lowering a reading could hide a fever.
    #[must_use]
    pub fn offset(self) -> Decimal {
        match self {
            Self::Axillary | Self::Forehead => Decimal::new(5, 1),
            Self::Oral | Self::Tympanic | Self::Rectal | Self::Unknown => Decimal::ZERO,
        }
    }
}

/// Why a reading is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemperatureError {
    /// The value is a body temperature in the other unit.
    #[error("this is a body temperature in the other unit, {}", if *.other == Unit::Celsius { "°C" } else { "°F" })]
    UnitSlip {
        /// The unit in which the value would be accepted.
        other: Unit,
    },
    /// The value is no body temperature.
    #[error("the temperature must be between {} and {}", .unit.range().0, .unit.range().1)]
    OutOfRange {
        /// The unit that was chosen.
        unit: Unit,
    },
}

/// A reading as it was taken. What was typed is kept; [`Self::adjusted`] is what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Temperature {
    value: Decimal,
    unit: Unit,
    site: Site,
}

impl Temperature {
    /// Takes a reading; refuses what lies outside [`Unit::range`].
    pub fn new(value: Decimal, unit: Unit, site: Site) -> Result<Self, TemperatureError> {
        if unit.holds(value) {
            return Ok(Self { value, unit, site });
        }
        let other = match unit {
            Unit::Celsius => Unit::Fahrenheit,
            Unit::Fahrenheit => Unit::Celsius,
        };
        Err(if other.holds(value) {
            TemperatureError::UnitSlip { other }
        } else {
            TemperatureError::OutOfRange { unit }
        })
    }

    /// The value as typed, in [`Self::unit`].
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.value
    }

    /// The unit of [`Self::value`].
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Where it was measured.
    #[must_use]
    pub const fn site(self) -> Site {
        self.site
    }

    /// The adjusted temperature `T` in °C with one decimal: converted and rounded
    /// half up, the site's offset added and rounded half up again.
    #[must_use]
    pub fn adjusted(self) -> Decimal {
        let celsius = match self.unit {
            Unit::Celsius => self.value,
            Unit::Fahrenheit => {
                (self.value - Decimal::from(32)) * Decimal::from(5) / Decimal::from(9)
            }
        };
        tenths(tenths(celsius) + self.site.offset())
    }
}

/// Half up to 0.1. Body temperatures are positive, so "away from zero" is "up".
fn tenths(value: Decimal) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(1);
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_converted_and_adjusted_in_decimal_arithmetic() {
        // REFERENCE §10.7 and §12.1.
        for (value, unit, site, adjusted) in [
            ("100.3", Unit::Fahrenheit, Site::Oral, "37.9"),
            ("100.4", Unit::Fahrenheit, Site::Oral, "38.0"),
            ("102.2", Unit::Fahrenheit, Site::Oral, "39.0"),
            ("102.3", Unit::Fahrenheit, Site::Oral, "39.1"),
            ("104.0", Unit::Fahrenheit, Site::Oral, "40.0"),
            ("104.1", Unit::Fahrenheit, Site::Oral, "40.1"),
            ("37.4", Unit::Celsius, Site::Axillary, "37.9"),
            ("37.5", Unit::Celsius, Site::Axillary, "38.0"),
            ("38.5", Unit::Celsius, Site::Forehead, "39.0"),
            ("38.6", Unit::Celsius, Site::Axillary, "39.1"),
            ("38.95", Unit::Celsius, Site::Oral, "39.0"),
            ("38.94", Unit::Celsius, Site::Rectal, "38.9"),
            ("37.95", Unit::Celsius, Site::Unknown, "38.0"),
            ("30", Unit::Celsius, Site::Tympanic, "30.0"),
            ("45.0", Unit::Celsius, Site::Axillary, "45.5"),
            ("86", Unit::Fahrenheit, Site::Oral, "30.0"),
            ("113", Unit::Fahrenheit, Site::Oral, "45.0"),
        ] {
            let reading = Temperature::new(value.parse().unwrap(), unit, site).unwrap();
            assert_eq!(reading.adjusted().to_string(), adjusted, "{value} {unit:?} {site:?}");
        }
    }

    #[test]
    fn a_slip_of_the_unit_is_named_not_converted() {
        let reading =
            |value: &str, unit| Temperature::new(value.parse().unwrap(), unit, Site::Oral);
        for (value, unit, other) in
            [("38", Unit::Fahrenheit, Unit::Celsius), ("100.4", Unit::Celsius, Unit::Fahrenheit)]
        {
            assert_eq!(reading(value, unit), Err(TemperatureError::UnitSlip { other }), "{value}");
        }
        for (value, unit) in [
            ("29.99", Unit::Celsius),
            ("45.01", Unit::Celsius),
            ("85.9", Unit::Fahrenheit),
            ("113.1", Unit::Fahrenheit),
            ("-1", Unit::Celsius),
        ] {
            assert_eq!(reading(value, unit), Err(TemperatureError::OutOfRange { unit }), "{value}");
        }
    }
}
