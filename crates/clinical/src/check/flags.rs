//! The marks that laboratories put behind a value out of its range: "5.6 H",
//! "129 L", "18 (low)". The letter is a mark and no unit: "8.9 H" is no number of
//! hours (HL7 v2.5.1, table 0078: H, L, HH, LL for out of the reference range).

/// On which side of its range a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    High,
    Low,
}

/// Words of a line whose value may be one of litres: there an L is a unit.
const IN_LITRES: &[&str] = &[
    "fev", "fvc", "volume", "capacity", "output", "intake", "oxygen", "o2", "spirom", "fluid",
];

/// A result without the letters of its marks, and each value that is marked.
pub(super) fn read(line: &str) -> (String, Vec<(f64, Flag)>) {
    let mut kept = String::with_capacity(line.len());
    let mut flags = Vec::new();
    let mut value: Option<f64> = None;
    let lower = line.to_lowercase();
    let litres = IN_LITRES.iter().any(|w| lower.contains(w));
    for word in line.split_inclusive(' ') {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '*');
        let flag = match bare {
            "H" | "HH" => Some(Flag::High),
            "L" if litres => None,
            "L" | "LL" => Some(Flag::Low),
            w => match w.to_lowercase().as_str() {
                "high" | "alto" | "alta" | "elevado" | "elevada" => Some(Flag::High),
                "low" | "bajo" | "baja" => Some(Flag::Low),
                _ => None,
            },
        };
        if let (Some(flag), Some(value)) = (flag, value) {
            flags.push((value, flag));
            if bare.len() <= 2 {
                // What stands beside the letter stays: "5.6 H, repeat".
                if word.trim() != bare {
                    kept.push_str(&word.replacen(bare, "", 1));
                }
                continue;
            }
        }
        if let Some(number) = number(bare) {
            value = Some(number);
        }
        kept.push_str(word);
    }
    (kept, flags)
}

/// A value as results write it: "5.6", "<0.1", "1,200", "55%"; a date is none.
fn number(word: &str) -> Option<f64> {
    let plain = word.trim_matches(|c: char| !c.is_ascii_digit());
    if plain.contains(['-', '/']) {
        return None;
    }
    plain.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::trial::holds;
    use serde_json::json;

    #[test]
    fn marks_are_read_and_litres_are_none() {
        assert_eq!(
            read("Sodium 131 L (2026-03-01)"),
            ("Sodium 131 (2026-03-01)".into(), vec![(131.0, Flag::Low)])
        );
        assert_eq!(
            read("Ferritin 9 ng/mL (L), B12 1,900 H").1,
            [(9.0, Flag::Low), (1900.0, Flag::High)]
        );
        assert!(read("FEV1 2.1 L (2026-03-01)").1.is_empty());
        assert!(read("Hepatitis B surface antigen negative").1.is_empty());
    }

    #[test]
    fn a_mark_is_no_unit() {
        let chart = json!({"results": ["Lipase 212 H (2026-03-01)"]});
        holds(
            "lipase?",
            &chart,
            &["Your lipase on March 1 was high, at 212."],
            &["Your lipase on March 1 was high, at 221."],
        );
    }
}
