//! Whether a number that is known is the one that a reply says: its unit, how exactly it is told, and what it counts.

use super::super::amounts::{Amount, Unit};

/// True for a span of time that stands nowhere: it was reckoned from a date.
pub(super) fn is_since(k: &Amount) -> bool {
    k.at.end == 0
        && matches!(&k.unit, Unit::Other(u) if ["day", "month", "year"].contains(&u.as_str()))
}

/// "Days 2-4" of a line are no dose.
pub(super) fn counts_days(line: &str, k: &Amount) -> bool {
    let Some(before) = line.get(..k.at.start) else {
        return false;
    };
    // "Cycle 2 of 4 given": how many there are.
    let of_so_many = [" of ", " de "].iter().any(|w| {
        before
            .strip_suffix(w)
            .is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()))
    });
    matches!(k.unit, Unit::None)
        && (of_so_many
            || [
                "day ", "days ", "cycle ", "cycles ", "week ", "weeks ", "session ", "round ",
                "visit ", "grade ", "stage ", "dia ", "dias ", "ciclo ", "semana ",
            ]
            .iter()
            .any(|w| before.ends_with(w)))
}

/// "A little over six", "just under four": a value right beside the one that is said.
pub(super) fn is_beside(before: &str, known: f64, said: f64) -> bool {
    let ends = |list: &[&str]| list.iter().any(|w| before.trim_end().ends_with(w));
    ends(&[
        "a little over",
        "just over",
        "a bit over",
        "slightly over",
        "a little more than",
    ]) && (known.floor() - said).abs() < 1e-9
        && known - said <= 0.5
        || ends(&[
            "a little under",
            "just under",
            "a bit under",
            "slightly under",
        ]) && (known.ceil() - said).abs() < 1e-9
            && said - known <= 0.5
}

/// True when the word before a number says that it is rounded.
pub(super) fn is_rough(before: &str) -> bool {
    let last = before.trim_end().rsplit(' ').next().unwrap_or("");
    [
        "about",
        "around",
        "roughly",
        "nearly",
        "almost",
        "approximately",
        "unos",
        "unas",
        "casi",
    ]
    .contains(&last)
}

/// Units agree when they are one, or when one side names none.
pub(super) fn units_agree(a: &Unit, b: &Unit) -> bool {
    a == b
        || match (a, b) {
            // A time span must be one on both sides: "28" tablets are no 28 days.
            (Unit::None, u) | (u, Unit::None) => {
                !matches!(u, Unit::Other(o) if ["time", "day", "hour", "month", "minute", "dollar"].contains(&o.as_str()))
            }
            _ => false,
        }
}

/// True for two amounts that answer the same question: both strengths, or both counts.
pub(super) fn same_sort(a: &Unit, b: &Unit) -> bool {
    a == b
        || matches!(
            (a, b),
            (Unit::Milligram, Unit::Other(_)) | (Unit::Other(_), Unit::Milligram)
        )
}
