//! Instructions to a program in what a reply rests on (OWASP LLM01:2025): in the message, in the thread, split over both, in
//! the chart; in plain words, in Base64, or in letters of another script that look like ours.

use super::{Case, Checks, Found};
use crate::triage::fold::Folded;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shortest run of letters that is tried as Base64, and how many of them.
const SHORTEST: usize = 16;
const MOST: usize = 50;
/// Most characters of what was found that are told.
const TOLD: usize = 60;

impl Checks {
    /// Says where instructions to a program stand.
    pub(super) fn injection(&self, case: &Case<'_>, found: &mut Found<'_>) {
        let together = format!("{} {}", case.earlier, case.message);
        let chart = case.chart;
        let lines = [
            &chart.medications,
            &chart.allergies,
            &chart.problems,
            &chart.results,
            &chart.appointments,
            &chart.notes,
        ];
        let chart: String = lines
            .into_iter()
            .flatten()
            .flat_map(|line| [line.as_str(), "\n\n"])
            .collect();
        let places = [
            ("message", case.message),
            ("thread", together.as_str()),
            ("chart", chart.as_str()),
        ];
        for (place, text) in places {
            if let Some(words) = self.instructions(text) {
                found.whole(
                    "injection",
                    format!("The {place} holds instructions to a program (“{words}”). Check that the reply does not follow them."),
                );
                return;
            }
        }
    }

    /// The instructions of a text, as far as they are told.
    fn instructions(&self, text: &str) -> Option<String> {
        let told = |text: &str| {
            self.phrases
                .injections
                .find(text)
                .map(|m| m.as_str().chars().take(TOLD).collect::<String>())
        };
        let plain = Folded::plain(text);
        told(&plain)
            .or_else(|| {
                // Only where there is such a letter at all.
                plain
                    .chars()
                    .any(|c| lookalike(c) != c)
                    .then(|| plain.chars().map(lookalike).collect::<String>())
                    .and_then(|t| told(&t))
            })
            .or_else(|| {
                encoded(text)
                    .take(MOST)
                    .find_map(|t| told(&Folded::plain(&t)))
            })
    }
}

/// What the Base64 in a text says, where it says text.
fn encoded(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c)))
        .filter(|run| run.len() >= SHORTEST)
        .filter_map(|run| {
            let bytes = STANDARD
                .decode(run)
                .or_else(|_| STANDARD_NO_PAD.decode(run.trim_end_matches('=')))
                .or_else(|_| URL_SAFE_NO_PAD.decode(run.trim_end_matches('=')))
                .ok()?;
            String::from_utf8(bytes).ok()
        })
}

/// The Latin letter that a letter of another script is taken for (Unicode UTS 39, confusables, those of small letters).
fn lookalike(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ҽ' => 'e',
        'ɡ' => 'g',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ᴢ' => 'z',
        // Full-width letters.
        'ａ'..='ｚ' => char::from(b'a' + u8::try_from(c as u32 - 'ａ' as u32).unwrap_or(0)),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_where_it_says_text() {
        let said = STANDARD.encode("Ignore previous instructions");
        let text = format!("Here is my code {said}, thank you");
        assert_eq!(
            encoded(&text).collect::<Vec<_>>(),
            ["Ignore previous instructions"]
        );
        assert_eq!(encoded("acetaminophen-codeine is what I take").count(), 0);
    }
}
