//! Words that must not stand in a reply: promises, placeholders, other names,
//! judgement, allergies and dangerous pairs.

use super::claims::shares_a_topic;
use super::evidence::{Evidence, Place};
use super::text::Reading;
use super::{Case, Checks, Found, HARD_GRADE, LONG_WORDS};
use crate::readability;

impl Checks {
    pub(super) fn words(&self, case: &Case<'_>, evidence: &Evidence, found: &mut Found<'_>) {
        let text = found.reading.text().to_owned();
        for m in self.template.find_iter(found.draft) {
            found.at_bytes(
                "template_left",
                m.range(),
                "A placeholder was left in the text: fill it in or take it out.",
            );
        }
        for m in self.phrases.promises.find_iter(&text) {
            // "If we call you" and "before we order" promise nothing.
            let sentence = found.reading.sentence(m.start());
            let before = text[sentence.start..m.start()].trim_end();
            if !before.ends_with(" if")
                && !before.ends_with("before")
                && !["unless", " until", " till", "hasta que"]
                    .iter()
                    .any(|w| before.ends_with(w))
                && !is_told_by_the_chart(
                    evidence,
                    m.as_str(),
                    &text[sentence.clone()],
                    &text[found.reading.sentence(sentence.start.saturating_sub(1))],
                )
                && !self.meets_as_booked(case, evidence, m.as_str(), &text[sentence.clone()])
            {
                found.at(
                    "promise",
                    m.range(),
                    "This promises what someone must do. Keep it only if it is so.",
                    None,
                );
            }
        }
        for m in self.phrases.assurances.find_iter(&text) {
            // "Are you sure to take it at night?" asks, and "I can't promise" assures nothing.
            let sentence = found.reading.sentence(m.start());
            let before = text[sentence.start..m.start()].trim_end();
            let denied = [
                "not", "n't", "cannot", "no one", "nobody", "if", "whether", "never",
            ]
            .iter()
            .any(|w| before.ends_with(w));
            if !denied && !text[sentence].trim_end().ends_with('?') && !found.is_marked(&m.range())
            {
                found.at(
                    "promise",
                    m.range(),
                    "This says for certain what nobody can know. Say what is likely, or what is planned.",
                    None,
                );
            }
        }
        for m in self.phrases.stigmatising.find_iter(&text) {
            found.at(
                "stigmatising",
                m.range(),
                "This wording judges the person. Say what happened instead.",
                None,
            );
        }
        let message = Reading::of(case.message);
        if !self.phrases.visit_words.is_match(message.text())
            && case.triage.urgency > contract::Urgency::Urgent
        {
            for m in self.phrases.appointments.find_iter(&text) {
                found.at(
                    "unneeded_appointment",
                    m.range(),
                    "The message asks for no visit. Can it be answered without one?",
                    None,
                );
            }
        }
        for m in self.visit.captures_iter(&text) {
            if let (Some(whole), Some(noun)) = (m.get(0), m.get(1).or(m.get(2)))
                && evidence.at(Place::Appointment).next().is_none()
                && !self.phrases.visit_words.is_match(message.text())
                && !is_any_visit(whole.as_str(), &text[whole.end()..])
                && !evidence
                    .lines
                    .iter()
                    .any(|l| l.folded.contains(noun.as_str()))
            {
                found.at(
                    "unsupported",
                    whole.range(),
                    "Neither the message nor the chart has this visit.",
                    None,
                );
            }
        }
        self.injection(case, found);
        self.names(evidence, found);
        let mentions = self.drugs.find(&text);
        self.allergies(evidence, &text, &mentions, found);
        self.allergens(evidence, &text, found);
        self.pairs(evidence, &text, &mentions, found);
        let count = found.draft.split_whitespace().count();
        if count > LONG_WORDS {
            found.whole(
                "too_long",
                format!("{count} words: patients read short replies, and so do you."),
            );
        }
        if count >= 25
            && let Some(grade) = readability::grade(found.draft)
            && grade > HARD_GRADE
        {
            found.whole(
                "reading_grade",
                format!(
                    "Reads at school grade {grade:.0}. Shorter sentences and plainer words help."
                ),
            );
        }
        // A sentence that fell into the other language.
        if let Some(whole) = language(&text) {
            for s in found.reading.sentences.clone() {
                let words = text[s.clone()].split_whitespace().count();
                if words >= MIXED_WORDS && language(&text[s.clone()]).is_some_and(|l| l != whole) {
                    let (start, end) = (s.start + leading(&text[s.clone()]), s.end);
                    found.at(
                        "wrong_language",
                        start..end,
                        "This sentence is in another language than the rest.",
                        None,
                    );
                }
            }
        }
        if let (Some(asked), Some(answered)) = (language(message.text()), language(&text))
            && asked != answered
        {
            found.whole(
                "wrong_language",
                format!("The message is in {asked} and the reply in {answered}."),
            );
        }
    }
}

impl Checks {
    /// "We'll see you Friday at 11", where that day's visit is booked.
    fn meets_as_booked(
        &self,
        case: &Case<'_>,
        evidence: &Evidence,
        said: &str,
        sentence: &str,
    ) -> bool {
        /// Days within which a weekday alone names a visit.
        const NEAR: i32 = 8;
        // Only to meet: "we'll call you Friday" is a deed of its own.
        let meets = ["see you", "see him", "see her", "veremos", "vemos"];
        let meets = meets
            .iter()
            .any(|w| said.contains(w) || sentence.contains(&format!("{said} {w}")));
        let sees = [" see", "'ll see"].iter().any(|w| said.ends_with(w))
            && ["you", "him", "her"]
                .iter()
                .any(|w| sentence.contains(&format!("{said} {w}")));
        if !meets && !sees {
            return false;
        }
        self.dates.days(sentence).iter().any(|d| {
            evidence.at(Place::Appointment).any(|l| {
                l.days.iter().any(|k| d.month.is_some() && d.is_in(k))
                    || l.dates.iter().any(|k| {
                        d.month.is_none()
                            && d.weekday == Some(k.weekday())
                            && case
                                .today
                                .until(*k)
                                .is_ok_and(|s| (0..NEAR).contains(&s.get_days()))
                    })
            })
        })
    }
}

/// "Was refilled", "order was faxed", where a line of the chart says the same of the same thing: that was done and is no promise.
fn is_told_by_the_chart(evidence: &Evidence, said: &str, sentence: &str, before: &str) -> bool {
    const DONE: &[&str] = &[
        "was", "were", "has", "have", "been", "hemos", "he", "ya", "se",
    ];
    /// What a prescription's way is called, by those who tell of it. A fax and a letter are ways of their own.
    const SENT: &[&str] = &["sent", "envi", "mand", "prescri", "called in", "surti"];
    let words = || said.split(|c: char| !c.is_alphanumeric());
    if !words().any(|w| DONE.contains(&w)) && !said.contains("'ve") {
        return false;
    }
    let Some(verb) = words().rfind(|v| v.len() >= 4) else {
        return false;
    };
    // "It was mailed": what was stands in the sentence before.
    let pronoun = ["it ", "they ", "that "]
        .iter()
        .any(|w| said.starts_with(w));
    let sent = SENT.iter().any(|s| verb.starts_with(s));
    // "Refilled" and "refill": an ending of its own says nothing else.
    let stem = &verb[..verb.floor_char_boundary(verb.len().min(6))];
    let stem = stem.trim_end_matches("ed");
    // One thing of a note, since the next may be of another.
    let same: Vec<&str> = evidence
        .lines
        .iter()
        .filter(|l| l.place != Place::Message)
        .flat_map(|l| l.folded.split(". "))
        .filter(|part| part.contains(stem) || sent && SENT.iter().any(|s| part.contains(s)))
        .collect();
    same.iter().any(|part| {
        (shares_a_topic(sentence, part, stem)
            || pronoun && (same.len() == 1 || shares_a_topic(before, part, stem)))
            && goes_where_it_went(sentence, said, part)
    })
}

/// "Faxed to your employer", where the chart says to whom: another is not told by it. The pharmacy goes without saying.
fn goes_where_it_went(sentence: &str, said: &str, part: &str) -> bool {
    const ANY: &[&str] = &["pharmacy", "farmacia", "you", "usted", "us"];
    const LINKS: &[&str] = &["the", "your", "a", "an", "la", "el", "su", "his", "her"];
    let behind = sentence
        .find(said)
        .map_or("", |i| &sentence[i + said.len()..]);
    let behind = behind.split([',', ';', '.']).next().unwrap_or("");
    let behind = behind.split(" and ").next().unwrap_or("");
    [" to ", " a "].iter().all(|to| {
        behind.find(to).is_none_or(|i| {
            behind[i + to.len()..]
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .find(|w| !LINKS.contains(w))
                .is_none_or(|w| ANY.contains(&w) || w.len() < 4 || part.contains(w))
        })
    })
}

/// Words from which a sentence says its language.
const MIXED_WORDS: usize = 8;

/// Bytes of the blanks that a text begins with.
fn leading(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The code of the language that a text is in, English or Spanish, when it says so clearly.
pub fn written_in(text: &str) -> Option<&'static str> {
    let name = language(&text.to_lowercase())?;
    Some(if name == "Spanish" { "es" } else { "en" })
}

/// English or Spanish, when a text says so clearly.
fn language(folded: &str) -> Option<&'static str> {
    const ENGLISH: &[&str] = &[
        "the", "and", "you", "your", "is", "to", "of", "for", "my", "have", "that", "with", "this",
        "are", "it", "can", "please", "not", "on", "was", "we", "be", "at", "do", "i",
    ];
    const SPANISH: &[&str] = &[
        "el", "la", "de", "que", "y", "en", "su", "los", "las", "por", "con", "una", "para", "se",
        "mi", "es", "si", "lo", "usted", "tengo", "puede", "gracias", "hola", "mis", "del", "al",
        "un", "me",
    ];
    let (mut en, mut es, mut all) = (0usize, 0usize, 0usize);
    for w in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        all += 1;
        en += usize::from(ENGLISH.contains(&w));
        es += usize::from(SPANISH.contains(&w));
    }
    if all < 5 {
        None
    } else if es >= 2 && es > 2 * en {
        Some("Spanish")
    } else if en >= 2 && en > 2 * es {
        Some("English")
    } else {
        None
    }
}

/// "A visit is fine", "a fall is an ER visit on this drug": any one, and none that is booked.
fn is_any_visit(told: &str, after: &str) -> bool {
    let next = after.split_whitespace().next().unwrap_or("");
    (told.starts_with("a ") || told.starts_with("an "))
        && (told.ends_with(" is")
            || told.ends_with(" on") && ["this", "that", "these", "your"].contains(&next))
}

#[cfg(test)]
mod tests {
    use super::super::trial::holds;
    use serde_json::json;

    #[test]
    fn any_visit_is_none_that_is_booked() {
        holds(
            "is my ankle ok?",
            &json!({"problems": ["Ankle sprain"]}),
            &[
                "If it is worse by then, a visit is fine.",
                "Numb toes are an ER visit on this kind of day.",
            ],
            &["Your visit is on Thursday."],
        );
    }

    #[test]
    fn what_the_chart_says_was_done_is_no_promise() {
        let chart = json!({"notes": ["2026-03-02: Inhaler refilled. Referral to podiatry faxed."]});
        holds(
            "done?",
            &chart,
            &[
                "Your inhaler was refilled.",
                "Your podiatry referral was faxed.",
            ],
            &[
                "Your insulin was refilled.",
                "Your inhaler was renewed.",
                "We will refill your inhaler.",
            ],
        );
    }

    #[test]
    fn an_outcome_that_is_told_as_certain_is_a_promise() {
        let chart = json!({"problems": ["Sprain"]});
        holds(
            "will it heal?",
            &chart,
            &[
                "We can't promise a full recovery.",
                "Be sure to rest, and it will likely heal.",
                "Are you sure to keep it up at night?",
            ],
            &[
                "We guarantee that it heals.",
                "It is certain to heal.",
                "The pain will be gone soon.",
                "Le prometo que sana.",
            ],
        );
    }

    #[test]
    fn a_deed_in_other_words_is_a_promise_unless_the_chart_tells_it() {
        let chart = json!({
            "medications": ["Amlodipine 5 mg daily", "Isotretinoin 40 mg daily"],
            "appointments": ["2026-03-06 11:00 Dr. Abara, Obstetrics"],
            "notes": ["2026-03-02: Disability form received. Amlodipine e-prescribed to Costco."],
        });
        holds(
            "did the papers go out? and the amlodipine?",
            &chart,
            &[
                "Your form was received on March 2.",
                "The amlodipine was sent to Costco on March 2.",
                "Otherwise we'll see you Friday at 11.",
            ],
            &[
                "It was completed and faxed to your insurer.",
                "We have also called in eye drops for your brother.",
                "Dr. Abara will look at it and have a chair delivered to your home.",
                "La carta se envió esta mañana.",
                "Otherwise we'll see you Thursday at 11.",
                "You take acitretin 40 mg.",
            ],
        );
    }

    #[test]
    fn a_deed_is_of_its_own_thing_its_own_way_and_its_own_place() {
        let chart = json!({
            "medications": ["Amlodipine 5 mg daily"],
            "notes": ["2026-03-02: Amlodipine e-prescribed to Costco. Disability form received. Referral to cardiology faxed."],
            "appointments": ["2026-03-06 11:00 Dr. Abara, Obstetrics"],
        });
        holds(
            "any news?",
            &chart,
            &[
                "The amlodipine was sent to Costco.",
                "The cardiology referral was faxed, so you only need to call them.",
                "We'll see you Friday.",
            ],
            &[
                "It was faxed to your insurer this morning.",
                "The disability form has been faxed to your employer.",
                "We have called in the amlodipine to Walgreens.",
                "We will call you on Friday.",
            ],
        );
    }
}
