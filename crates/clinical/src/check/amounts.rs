//! Numbers with their units, and how often.

use super::CheckError;
use regex::Regex;
use std::ops::Range;

pub(super) use super::units::Unit;
use super::units::unit_of;

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    pub(super) at: Range<usize>,
    pub(super) value: f64,
    /// The number as it is written, before its unit was brought to another.
    pub(super) written: f64,
    pub(super) unit: Unit,
    /// True for what is taken: mg, ml, tablets, units, puffs.
    pub(super) dose: bool,
    /// True after "from": what it was before a change.
    pub(super) old: bool,
    /// True after a slash, as in "400 mg/5 ml": it is a strength's other half.
    pub(super) per: bool,
}

/// How often, in times a day, and at what part of the day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frequency {
    pub(super) at: Range<usize>,
    pub(super) per_day: f64,
    pub(super) part: Option<Part>,
    /// True after "from": what it was before a change.
    pub(super) old: bool,
}

/// Part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Noon,
    Night,
}

/// Recognisers, compiled once.
#[derive(Debug)]
pub(super) struct Amounts {
    number: Regex,
    pressure: Regex,
    frequencies: Vec<(Regex, Often, Option<Part>)>,
}

/// What a frequency phrase means.
#[derive(Debug, Clone, Copy)]
enum Often {
    PerDay(f64),
    /// Every so many hours: the number is the first group.
    EveryHours,
    /// So many times a day: the number is the first group.
    Times,
    /// So many times a week: the number is the first group.
    TimesAWeek,
    /// Every so many days, weeks or months: number and unit are the groups.
    EveryDays,
}

/// Tens that a hyphen or a blank joins to a digit: "twenty-four".
const TENS: &[(&str, f64)] = &[
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("treinta", 30.0),
    ("cuarenta", 40.0),
    ("cincuenta", 50.0),
    ("sesenta", 60.0),
    ("setenta", 70.0),
    ("ochenta", 80.0),
    ("noventa", 90.0),
];

/// What may follow tens: "forty-five", "cuarenta y cinco".
const ONES: &str = "one|two|three|four|five|six|seven|eight|nine|uno|una|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve";

const NUMBER_WORDS: &[(&str, f64)] = &[
    ("half", 0.5),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("una", 1.0),
    ("un", 1.0),
    ("media", 0.5),
    ("dos", 2.0),
    ("tres", 3.0),
    ("cuatro", 4.0),
    ("cinco", 5.0),
    ("seis", 6.0),
    ("siete", 7.0),
    ("ocho", 8.0),
    ("nueve", 9.0),
    ("diez", 10.0),
    ("doce", 12.0),
    ("quince", 15.0),
    ("veinte", 20.0),
    ("veinticinco", 25.0),
    ("cien", 100.0),
    ("doscientos", 200.0),
    ("quinientos", 500.0),
    ("mil", 1000.0),
];

/// Digits, with commas between thousands or without: "1,200", "2.5".
const DIGITS: &str = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d{3}){2,}|\d+(?:\.\d+)?)";

/// Tablets from which a number is a supply: nobody takes so many at once.
const SUPPLY: f64 = 14.0;

/// Units, longest first: name, unit, whether it is taken.
const UNITS: &str = r"mg/dl|mg/l|mg/g|g/dl|ng/ml|ng/dl|pg/ml|mcg/dl|ug/dl|mmol/l|meq/l|meqs?|miu/l|iu/l|u/l|ml/min(?:/1\.73 ?m2)?|mm ?hg|mg/ml|mcg/ml|mg/kg|k/ul|cells/ul|\bmilligram(?:s|os?)?|miligramos?|mgs?|micrograms?|microgramos?|mcgs?|ug|grams?|gramos?|g|milliliters?|mililitros?|mls?|cc|teaspoons?|tablespoons?|ounces?|oz|cups?|glasses|liters?|litros?|l|tablets?|tabs?|pills?|capsules?|caps?|tabletas?|pastillas?|capsulas?|units?|unidades|iu|puffs?|inhalations?|inhalaciones|inhalacion|disparos?|sprays?|drops?|gotas|patch(?:es)?|doses?|dosis|suppositor(?:y|ies)|injections?|shots?|lozenges?|gummies|refills?|percent|%|degrees|fahrenheit|celsius|f|lbs?|pounds?|dollars?|dolares|kgs?|kilograms?|kilos?|bpm|beats|calor(?:ies|ias)|seconds?|minutes?|mins?|minutos?|hours?|hrs?|h|horas?|days?|dias?|nights?|weeks?|wks?|semanas?|months?|meses|mes|years?|yrs?|anos?|inches|feet|cm|mm|miles?|steps?|pasos?|times?|veces|stages?";

impl Amounts {
    pub(super) fn new() -> Result<Self, CheckError> {
        let plain = NUMBER_WORDS
            .iter()
            .map(|(w, _)| *w)
            .collect::<Vec<_>>()
            .join("|");
        let tens = TENS.iter().map(|(w, _)| *w).collect::<Vec<_>>().join("|");
        let words = format!(
            "(?:{tens})(?:[- ]| y )(?:{ONES})|(?:one|two|three|four|five|six|seven|eight|nine|a) (?:hundred|thousand)(?: and)?(?: fifty| twenty[- ]five| seventy[- ]five)?|{tens}|{plain}"
        );
        let n = format!(r"(\d+(?:\.\d+)?|{words})");
        let mut frequencies = Vec::new();
        let mut add =
            |pattern: String, often: Often, part: Option<Part>| -> Result<(), CheckError> {
                frequencies.push((super::built(&format!(r"\b(?:{pattern})\b"))?, often, part));
                Ok(())
            };
        use Often::{EveryDays, EveryHours, PerDay, Times, TimesAWeek};
        add(
            format!(
                r"every {n}(?: ?(?:-|to) ?\d+)? ?(?:hours?|hrs?|h)|q ?{n} ?h(?:ours?|rs?)?|cada {n} horas?"
            ),
            EveryHours,
            None,
        )?;
        add(
            format!(r"every {n} (days?|weeks?|wks?|months?)|cada {n} (dias?|semanas?|meses)"),
            EveryDays,
            None,
        )?;
        add(
            format!(
                r"{n} (?:times|sessions|visits|veces|sesiones) (?:a|per|each|every|a la|por) (?:week|semana)"
            ),
            TimesAWeek,
            None,
        )?;
        add(
            r"every other hour|every second hour".into(),
            PerDay(12.0),
            None,
        )?;
        add(
            r"hourly|every hour|each hour|cada hora".into(),
            PerDay(24.0),
            None,
        )?;
        add(
            r"every other week|every second week|fortnightly|(?:una semana|semana) si y otra no|quincenal(?:mente)?".into(),
            PerDay(1.0 / 14.0),
            None,
        )?;
        add(
            r"every other month|every second month".into(),
            PerDay(1.0 / 60.0),
            None,
        )?;
        add(
            r"every other day|every second day|alternate days|dias alternos|un dia si y otro no"
                .into(),
            PerDay(0.5),
            None,
        )?;
        add(r"(?:twice|two times|2 times|2x) (?:a|per|each|every) week|twice weekly|dos veces (?:a la|por) semana".into(), PerDay(2.0 / 7.0), None)?;
        add(
            r"(?:three|3) times (?:a|per|each|every) week|three times weekly".into(),
            PerDay(3.0 / 7.0),
            None,
        )?;
        add(r"(?:once|one time|1 time|1x) (?:a|per|each|every) week|once weekly|weekly|every week|each week|per week|una vez (?:a la|por) semana|cada semana|por semana|semanal(?:mente)?|(?:every|each) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|on (?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)".into(), PerDay(1.0 / 7.0), None)?;
        add(
            r"once a year|yearly|annually|every year|each year|una vez al ano".into(),
            PerDay(1.0 / 365.0),
            None,
        )?;
        add(
            r"twice monthly|twice a month|two times a month|dos veces (?:al|por) mes".into(),
            PerDay(1.0 / 14.0),
            None,
        )?;
        add(
            r"once a month|monthly|every month|each month|once monthly|one time a month|una vez al mes|cada mes|mensual(?:mente)?|per month".into(),
            PerDay(1.0 / 30.0),
            None,
        )?;
        add(r"twice(?: a| per| each| every)? ?(?:day|daily)|twice daily|two times (?:a|per|each) day|two times daily|2x ?(?:a day|daily|/ ?day)|bid|b\.i\.d\.?|(?:every |each |in the )?morning and (?:(?:every|each|in the|at) )?(?:evening|night|bedtime|afternoon)|dos veces (?:al|por) dia|por la manana y por la noche|with breakfast and (?:dinner|supper)".into(), PerDay(2.0), None)?;
        add(r"(?:three|3) times (?:a|per|each|every) day|(?:three|3) times daily|3x ?(?:a day|daily|/ ?day)|thrice daily|tid|t\.i\.d\.?|tres veces (?:al|por) dia".into(), PerDay(3.0), None)?;
        add(r"(?:four|4) times (?:a|per|each|every) day|(?:four|4) times daily|4x ?(?:a day|daily|/ ?day)|qid|q\.i\.d\.?|cuatro veces (?:al|por) dia".into(), PerDay(4.0), None)?;
        add(
            format!(r"{n} times (?:a|per|each|every) day|{n} times daily"),
            Times,
            None,
        )?;
        add(r"(?:once |1x )?(?:(?:every|each|daily in the|once daily in the) morning|daily (?:in|with) (?:the )?(?:morning|breakfast)|in the mornings?|with breakfast|q ?am|cada manana|por la manana)".into(), PerDay(1.0), Some(Part::Morning))?;
        add(r"(?:once |1x )?(?:(?:daily |every night |each night |nightly )?at (?:bedtime|night)|(?:every|each) (?:night|evening)|nightly|before bed|in the evenings?|with (?:dinner|supper)|q ?pm|q ?hs|cada noche|por la noche|al acostarse|antes de dormir)".into(), PerDay(1.0), Some(Part::Night))?;
        add(r"(?:once|one time|1 time|1x)(?: a| per| each| every)? ?(?:day|daily)|once daily|once every day|every day|each day|daily|q ?d|q\.d\.?|al dia|cada dia|diari[oa]|una vez al dia".into(), PerDay(1.0), None)?;
        add(
            r"with (?:lunch)|at noon|(?:every|each) afternoon".into(),
            PerDay(1.0),
            Some(Part::Noon),
        )?;
        Ok(Self {
            number: super::built(&format!(
                r"(?:\b(?P<sole>an?|una?|{words}|{DIGITS}) (?P<sunit>{UNITS}) (?:and a half|y medi[oa])\b|\b(?P<word>{words})(?P<half> and a half| y medi[oa])?[ -](?:a |of a |de |more |full |further |whole |extra |mas )?(?P<wunit>{UNITS})\b)|(?P<num>{DIGITS}|\.\d+)(?: ?(?:-|to|a|or) ?(?P<to>{DIGITS}))?(?:[ -]?(?:(?:more|full|further|whole|extra|mas) )?(?P<unit>{UNITS})(?:\b|$|[^\w]))?"
            ))?,
            pressure: super::built(r"\b(\d{2,3}) ?(?:/|over) ?(\d{2,3})\b")?,
            frequencies,
        })
    }

    /// Frequencies in a folded text; no two overlap, the more exact ones win.
    pub(super) fn frequencies(&self, text: &str) -> Vec<Frequency> {
        let mut found: Vec<Frequency> = Vec::new();
        for (pattern, often, part) in &self.frequencies {
            for c in pattern.captures_iter(text) {
                let Some(whole) = c.get(0) else { continue };
                let at = whole.range();
                if found
                    .iter()
                    .any(|f| f.at.start < at.end && at.start < f.at.end)
                {
                    continue;
                }
                let mut groups = c.iter().skip(1).flatten().map(|g| g.as_str());
                let first = groups.next().and_then(number_of);
                let per_day = match (often, first) {
                    (Often::PerDay(n), _) => *n,
                    (Often::EveryHours, Some(h)) if h > 0.0 => 24.0 / h,
                    (Often::Times, Some(n)) => n,
                    (Often::TimesAWeek, Some(n)) => n / 7.0,
                    (Often::EveryDays, Some(n)) if n > 0.0 => {
                        let days = match groups.next().and_then(|u| u.chars().next()) {
                            Some('d') => 1.0,
                            Some('w' | 's') => 7.0,
                            _ => 30.0,
                        };
                        1.0 / (n * days)
                    }
                    _ => continue,
                };
                found.push(Frequency {
                    old: is_old(text, at.start),
                    at,
                    per_day,
                    part: *part,
                });
            }
        }
        found.sort_by_key(|f| f.at.start);
        found
    }

    /// Blood pressures: both numbers and their place.
    pub(super) fn pressures(&self, text: &str) -> Vec<(Range<usize>, String)> {
        self.pressure
            .captures_iter(text)
            .filter(|c| c.get(0).is_some_and(|m| stands_alone(text, m.range())))
            .filter_map(|c| {
                let systolic: u32 = c[1].parse().ok()?;
                let diastolic: u32 = c[2].parse().ok()?;
                (systolic >= 60 && diastolic >= 30 && systolic > diastolic).then(|| {
                    (
                        c.get(0).map(|m| m.range()),
                        format!("{systolic}/{diastolic}"),
                    )
                })
            })
            .filter_map(|(at, text)| Some((at?, text)))
            .collect()
    }

    /// Numbers in a folded text, outside the places that are taken.
    pub(super) fn numbers(&self, text: &str, taken: &[Range<usize>]) -> Vec<Amount> {
        let mut found = Vec::new();
        let taken = apart(taken);
        for c in self.number.captures_iter(text) {
            let Some(digits) = c.name("num").or(c.name("word")).or(c.name("sole")) else {
                continue;
            };
            let next = taken.partition_point(|t| t.end <= digits.start());
            if taken.get(next).is_some_and(|t| t.start < digits.end())
                || part_of_a_word(text, digits.start())
            {
                continue;
            }
            let unit_at = c.name("unit").or(c.name("wunit")).or(c.name("sunit"));
            // "A pound and a half" is one and a half.
            let article = c.name("sole").is_some() && digits.as_str().starts_with('a');
            let number = if article {
                Some(1.0)
            } else {
                counted(digits.as_str(), unit_at.map_or("", |u| u.as_str()))
            };
            let Some(whole) = number else {
                continue;
            };
            let halved = c.name("half").is_some() || c.name("sole").is_some();
            let value = whole + if halved { 0.5 } else { 0.0 };
            let named = unit_at.map_or_else(|| unit_behind(&text[digits.end()..]), |u| u.as_str());
            let (factor, unit, dose) = if text[..digits.start()].ends_with('$') {
                (1.0, Unit::Other("dollar".into()), false)
            } else {
                unit_of(named)
            };
            // "Forty a day" is no span of days, and a supply of thirty tablets no dose.
            let rate = c.name("wunit").is_some_and(|u| {
                !dose && digits.as_str() != "half" && text[digits.end()..u.start()].ends_with("a ")
            });
            let (unit_at, factor, unit) = if rate {
                (None, 1.0, Unit::None)
            } else {
                (unit_at, factor, unit)
            };
            let dose = dose && !(unit == Unit::Tablet && value >= SUPPLY);
            let end = if c.name("sole").is_some() {
                c.get(0).map_or(digits.end(), |m| m.end())
            } else {
                unit_at.map_or(c.name("to").map_or(digits.end(), |t| t.end()), |u| u.end())
            };
            if unit_at.is_none()
                && part_of_a_word_after(text, digits.end())
                && c.name("to").is_none()
                && !digits.as_str().contains('.')
            {
                // "b12", "2nd", "covid-19" name things; "3rd" and the like are read as dates or not at all.
                continue;
            }
            found.push(Amount {
                at: digits.start()..end,
                value: value * factor,
                written: value,
                unit: unit.clone(),
                dose,
                old: is_old(text, digits.start()),
                per: is_other_half(&text[..digits.start()]),
            });
            if let Some(to) = c.name("to").and_then(|t| counted(t.as_str(), named)) {
                found.push(Amount {
                    at: digits.start()..end,
                    value: to * factor,
                    written: to,
                    unit,
                    dose,
                    // "From 900 to 1,200 mg": the second is what it is now.
                    old: false,
                    per: false,
                });
            }
        }
        found
    }
}

/// Places in their order, those that overlap as one: a text full of them must not cost its square.
fn apart(places: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable_by_key(|p| p.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for p in sorted {
        match merged.last_mut() {
            Some(last) if p.start < last.end => last.end = last.end.max(p.end),
            _ => merged.push(p),
        }
    }
    merged
}

/// The unit that the numbers of a combined strength share: "10/12.5 mg", "100-62.5-25 mcg".
fn unit_behind(after: &str) -> &'static str {
    let rest =
        after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '/' | '-' | '.'));
    let joined = after.len() > rest.len() && after.starts_with(['/', '-']);
    match rest.trim_start() {
        r if joined && r.starts_with("mg") => "mg",
        r if joined && r.starts_with("mcg") => "mcg",
        _ => "",
    }
}

/// "100/62.5/25" and "20/12.5" are strengths and no blood pressures.
fn stands_alone(text: &str, at: Range<usize>) -> bool {
    let after = &text[at.end..];
    let goes_on =
        after.starts_with(['.', '/']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    !goes_on && !text[..at.start].ends_with(['.', '/'])
}

/// True behind a slash or a "per": the other half of a strength.
fn is_other_half(before: &str) -> bool {
    before.ends_with('/')
        || [
            " per ",
            "mg por ",
            " in each ",
            " in every ",
            "mg in ",
            "mg en ",
            " en cada ",
            " por cada ",
        ]
        .iter()
        .any(|w| before.ends_with(w))
}

/// True when "from" stands before a place, as in "raised from 50 mg to 75 mg".
fn is_old(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    before.ends_with(" from") || before.ends_with(" de")
}

/// "B12" names a thing. "Q8h", "x3 days" and "#30" count: their mark stands alone before the number.
fn part_of_a_word(text: &str, at: usize) -> bool {
    let mut before = text[..at].chars().rev();
    match before.next() {
        Some('q' | 'x') => before.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphabetic(),
        None => false,
    }
}

fn part_of_a_word_after(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(char::is_alphabetic)
}

pub(super) fn number_of(text: &str) -> Option<f64> {
    let word =
        |list: &[(&str, f64)], text: &str| list.iter().find(|(w, _)| *w == text).map(|(_, n)| *n);
    word(NUMBER_WORDS, text)
        .or_else(|| word(TENS, text))
        .or_else(|| {
            let mut words = text.split([' ', '-']).filter(|w| *w != "and");
            let count = match words.next()? {
                "a" => 1.0,
                w => word(NUMBER_WORDS, w)?,
            };
            let times = match words.next()? {
                "hundred" => 100.0,
                "thousand" => 1000.0,
                _ => return None,
            };
            let rest: f64 = words
                .map(|w| {
                    word(TENS, w)
                        .or_else(|| word(NUMBER_WORDS, w))
                        .unwrap_or(0.0)
                })
                .sum();
            Some(count * times + rest)
        })
        .or_else(|| {
            let (tens, ones) = text
                .split_once(" y ")
                .or_else(|| text.split_once(['-', ' ']))?;
            Some(word(TENS, tens)? + word(NUMBER_WORDS, ones)?)
        })
        .or_else(|| text.replace(',', "").parse().ok())
}

/// The value of digits beside their unit. "1.200 mg" is written in Spanish for 1,200: no dose of medicine is written
/// with a zero behind its decimals (ISMP, error-prone abbreviations, 2024), and two points are always thousands.
fn counted(digits: &str, unit: &str) -> Option<f64> {
    let thousands = digits.split_once('.').is_some_and(|(whole, rest)| {
        rest.contains('.')
            || rest.len() == 3
                && rest.ends_with('0')
                && whole.len() <= 3
                && !whole.starts_with('0')
                && [
                    "mg",
                    "miligramo",
                    "ml",
                    "mililitro",
                    "unidad",
                    "paso",
                    "calor",
                ]
                .iter()
                .any(|u| unit.starts_with(u) && !unit.contains('/'))
    });
    if thousands {
        digits.replace('.', "").parse().ok()
    } else {
        number_of(digits)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::trial::holds;
    use serde_json::json;

    /// "900 to 1,200 mg" was read as "900 to 1" and "200 mg".
    #[test]
    fn thousands_are_read_whole_in_ranges_and_in_spanish() {
        let chart = json!({
            "medications": ["Calcium carbonate 1,250 mg daily"],
            "notes": ["2026-02-03: Mesalamine raised from 800 to 1,600 mg. Fluids 1,500 to 2,000 mL daily."],
        });
        holds(
            "how much?",
            &chart,
            &[
                "On February 3 mesalamine went from 800 to 1,600 mg.",
                "Drink 1,500 to 2,000 mL of fluids daily.",
                "Su calcio es de 1.250 mg al dia.",
            ],
            &[
                "On February 3 mesalamine went from 800 to 1,900 mg.",
                "Drink 1,500 to 3,000 mL of fluids daily.",
                "Su calcio es de 1.750 mg al dia.",
            ],
        );
    }

    #[test]
    fn three_decimals_of_a_small_dose_are_no_thousands() {
        let value = |text| super::counted(text, "mg");
        assert_eq!(value("0.125"), Some(0.125));
        assert_eq!(value("2.375"), Some(2.375));
        assert_eq!(value("1.200"), Some(1200.0));
        assert_eq!(value("1.200.000"), Some(1_200_000.0));
        assert_eq!(super::counted("1.020", ""), Some(1.02));
    }
}
