//! Units, and what stands for them in a text.

/// A unit, brought to a common one where units convert.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    /// Milligrams; micrograms and grams convert.
    Milligram,
    /// Millilitres.
    Millilitre,
    /// Tablets, pills, capsules.
    Tablet,
    /// Any other word, in the singular.
    Other(String),
    /// No unit.
    None,
}

impl Unit {
    /// True for the unit of this name, in the singular: what has no variant of its own.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Other(u) if u == name)
    }
}

/// What a word says of the number before it: by how much it is multiplied, the unit, and whether it is something taken.
pub(super) fn unit_of(name: &str) -> (f64, Unit, bool) {
    match name {
        "" => (1.0, Unit::None, false),
        "mg" | "mgs" => (1.0, Unit::Milligram, true),
        n if n.starts_with("milligram") || n.starts_with("miligramo") => {
            (1.0, Unit::Milligram, true)
        }
        "mcg" | "mcgs" | "ug" => (0.001, Unit::Milligram, true),
        n if n.starts_with("microgram") => (0.001, Unit::Milligram, true),
        "g" => (1000.0, Unit::Milligram, true),
        n if n.starts_with("gram") => (1000.0, Unit::Milligram, true),
        "ml" | "mls" | "cc" => (1.0, Unit::Millilitre, true),
        // A teaspoon is 5 mL and a tablespoon 15 (21 CFR 201.5; ISMP asks to write mL).
        n if n.starts_with("teaspoon") => (5.0, Unit::Millilitre, true),
        n if n.starts_with("tablespoon") => (15.0, Unit::Millilitre, true),
        n if n.starts_with("milliliter") || n.starts_with("mililitro") => {
            (1.0, Unit::Millilitre, true)
        }
        n if ["tab", "pill", "cap", "past"]
            .iter()
            .any(|p| n.starts_with(p)) =>
        {
            (1.0, Unit::Tablet, true)
        }
        n if n.starts_with("unit") || n.starts_with("unidad") || n == "iu" => {
            (1.0, Unit::Other("unit".into()), true)
        }
        n if n.starts_with("inhalation")
            || n.starts_with("inhalacion")
            || n.starts_with("disparo") =>
        {
            (1.0, Unit::Other("puff".into()), true)
        }
        n if [
            "puff",
            "spray",
            "drop",
            "gota",
            "patch",
            "suppositor",
            "injection",
            "lozenge",
            "gummies",
            "refill",
            "shot",
        ]
        .iter()
        .any(|p| n.starts_with(p)) =>
        {
            (1.0, Unit::Other(singular(n)), true)
        }
        n if n == "meq" || n == "meqs" => (1.0, Unit::Other("meq".into()), true),
        // How many doses, and not how much.
        n if n.starts_with("dos") => (1.0, Unit::Other("dose".into()), false),
        "%" | "percent" => (1.0, Unit::Other("%".into()), false),
        "l" => (1.0, Unit::Other("liter".into()), false),
        n if n == "h" || n.starts_with("hour") || n.starts_with("hr") || n.starts_with("hora") => {
            (1.0, Unit::Other("hour".into()), false)
        }
        n if n.starts_with("min") => (1.0, Unit::Other("minute".into()), false),
        n if n.starts_with("day") || n.starts_with("dia") || n.starts_with("night") => {
            (1.0, Unit::Other("day".into()), false)
        }
        n if n.starts_with("week") || n.starts_with("wk") || n.starts_with("semana") => {
            (7.0, Unit::Other("day".into()), false)
        }
        n if n.starts_with("month") || n.starts_with("mes") => {
            (1.0, Unit::Other("month".into()), false)
        }
        n if n.starts_with("year") || n.starts_with("yr") || n.starts_with("ano") => {
            (1.0, Unit::Other("year".into()), false)
        }
        n if n.starts_with("lb") || n.starts_with("pound") => {
            (1.0, Unit::Other("lb".into()), false)
        }
        n if n == "oz" || n.starts_with("ounce") => (1.0, Unit::Other("ounce".into()), false),
        n if n.starts_with("k") && !n.contains('/') => (1.0, Unit::Other("kg".into()), false),
        n if n.starts_with("dol") => (1.0, Unit::Other("dollar".into()), false),
        n if n.starts_with("time") || n == "veces" => (1.0, Unit::Other("time".into()), false),
        "f" | "degrees" | "fahrenheit" => (1.0, Unit::Other("degree".into()), false),
        n => (1.0, Unit::Other(singular(n)), false),
    }
}

fn singular(n: &str) -> String {
    n.strip_suffix('s')
        .filter(|s| s.len() > 2)
        .unwrap_or(n)
        .to_owned()
}
