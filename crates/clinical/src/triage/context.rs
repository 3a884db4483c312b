//! What takes a phrase back: denial, the past, what is only supposed.
//!
//! After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), and more
//! cautious than either: a denial reaches a phrase only over words that are
//! listed, because a missed emergency costs more than a false alarm.

use super::starts::Starts;
use super::{RulesError, Words};
use crate::phrases;
use regex::Regex;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

/// Most clauses that one time is carried over.
const MOST_CLAUSES: usize = 3;

/// Bytes of a sentence that are looked at on either side of a phrase.
const REACH: usize = 240;

/// Most bytes between two quotation marks.
const QUOTE: usize = 800;

/// The lists as they stand in the rule file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextText {
    denials: Vec<String>,
    between: Vec<String>,
    undenied: Vec<String>,
    past: Vec<String>,
    fine: Vec<String>,
    now: Vec<String>,
    supposed: Vec<String>,
    told: Vec<String>,
    idioms: Vec<String>,
    others: Vec<String>,
    over: Vec<String>,
    present: Vec<String>,
    ended: Vec<String>,
    own: Vec<String>,
    back: Vec<String>,
    kin: Vec<String>,
    for_oneself: Vec<String>,
    long_ago: Vec<String>,
    well: Vec<String>,
    timeless: Vec<String>,
    imagined: Vec<String>,
    papers: Vec<String>,
    orders: Vec<String>,
}

/// Which readings may take a rule's words back; all others always may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Guards {
    pub(super) denied: bool,
    pub(super) supposed: bool,
    pub(super) past: bool,
    pub(super) over: bool,
}

/// The lists, compiled.
#[derive(Debug)]
pub(super) struct Context {
    denied: Regex,
    undenied: Regex,
    past: Regex,
    fine: Regex,
    now: Regex,
    supposed: Regex,
    told: Regex,
    self_words: Regex,
    idioms: Regex,
    others: Regex,
    /// What is told as over, as somebody else's or as only asked about, from its first word to its last.
    over: Regex,
    /// What within it tells of now, when what ends it (`ended`) is taken out.
    present: Regex,
    ended: Regex,
    /// Words with which a clause speaks of the writer.
    own: Regex,
    /// What says that it is there after all, and so undoes `over`.
    back: Regex,
    /// People who are not the patient, and questions by which what befell them is told only for the writer's own sake.
    kin: Regex,
    for_oneself: Regex,
    /// What says that years lie between, and that the writer is well now.
    long_ago: Regex,
    well: Regex,
    /// Words that have no time of their own.
    timeless: Regex,
    /// What makes all that follows in its sentence a thing that might be.
    imagined: Regex,
    /// What stands before the quoted words of a paper, and how such words begin by themselves.
    papers: Regex,
    orders: Regex,
    /// Where one clause ends and the next begins.
    borders: Regex,
    /// A word with which a clause of its own begins.
    subject: Regex,
}

/// For a place and the guards: whether it is taken back, and whether it is past.
type Known = HashMap<(Range<usize>, Guards), (bool, bool)>;

/// One text, read through the context. What was found for a place is kept: many
/// rules share words, and ask about the same place again.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    /// How its words begin.
    pub(super) starts: Starts,
    context: &'a Context,
    /// Whether it says that something has come back, wherever that stands.
    is_back: bool,
    /// Whether it asks for the writer's own sake: "should I be tested?".
    is_for_oneself: bool,
    /// Whether it tells of something long ago by somebody who is well.
    is_recovered: bool,
    /// Words that stand in quotation marks and are a paper's.
    quoted: Vec<Range<usize>>,
    known: RefCell<Known>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str, context: &'a Context) -> Self {
        let is_back = context.is_back(text);
        Self {
            text,
            starts: Starts::of(text),
            is_back,
            is_for_oneself: context.for_oneself.is_match(text),
            is_recovered: !is_back
                && context.long_ago.is_match(text)
                && context.well.is_match(text),
            quoted: context.quoted(text),
            context,
            known: RefCell::default(),
        }
    }

    pub(super) fn takes_back(&self, at: &Range<usize>, guards: Guards) -> bool {
        self.known(at, guards).0
    }

    pub(super) fn is_past(&self, at: &Range<usize>, guards: Guards) -> bool {
        self.known(at, guards).1
    }

    fn is_quoted(&self, at: &Range<usize>, guards: Guards) -> bool {
        guards.over
            && self
                .quoted
                .iter()
                .any(|q| q.start <= at.start && at.end <= q.end)
    }

    /// True for words that have no time of their own: who ("he", "my"), when ("she had anaphylaxis at age 2, she's 9
    /// now" tells of no reaction now), and what one reacted to.
    pub(super) fn is_timeless(&self, at: &Range<usize>) -> bool {
        let words = &self.text[at.clone()];
        self.context
            .timeless
            .find(words)
            .is_some_and(|m| m.len() == words.len())
    }

    fn known(&self, at: &Range<usize>, guards: Guards) -> (bool, bool) {
        *self
            .known
            .borrow_mut()
            .entry((at.clone(), guards))
            .or_insert_with(|| {
                (
                    self.is_quoted(at, guards)
                        || self
                            .context
                            .takes_back(self.text, at.clone(), guards, self.is_back),
                    self.context
                        .is_past(self.text, at, guards.past || self.is_recovered)
                        || guards.past
                            && self.is_for_oneself
                            && self.context.is_of_kin(self.text, at),
                )
            })
    }
}

impl Context {
    pub(super) fn of(text: &ContextText, words: &Words) -> Result<Self, RulesError> {
        let built = |pattern: &str| {
            phrases::compiled(&super::ascii(pattern))
                .map_err(|e| RulesError::new(e).within("the context"))
        };
        // Those that stand in patterns of their own.
        for list in [
            &text.denials,
            &text.between,
            &text.undenied,
            &text.supposed,
            &text.papers,
            &text.orders,
        ] {
            words.sound(list)?;
        }
        Ok(Self {
            denied: built(&format!(
                r"(?:^|[^\w'])(?:{}) (?:(?:{})\b[,/]* *)*$",
                text.denials.join("|"),
                text.between.join("|")
            ))?,
            undenied: built(&format!(
                r"^(?:[ ,]+\w+){{0,3}} (?:{})\b",
                text.undenied.join("|")
            ))?,
            past: words.any_of(&text.past)?,
            fine: words.any_of(&text.fine)?,
            now: words.any_of(&text.now)?,
            supposed: built(&format!(r"\b(?:{})[ ,]*$", text.supposed.join("|")))?,
            told: words.any_of(&text.told)?,
            self_words: built(
                r"\b(?:i|i'm|i've|im|ive|my|mine|he|she|we|its|it's|still|yo|me|mi)\b",
            )?,
            idioms: words.any_of(&text.idioms)?,
            borders: built(
                r", (?:and |but |so |because )?| (?:and|but|because|so|then|although|though|however|while|yet|y|pero|porque|aunque) | - | & |: ",
            )?,
            subject: built(
                r"^(?:i|i'm|i've|i'd|im|ive|my|me|mine|he|he's|she|she's|his|her|we|we're|our|you|your|they|they're|it|it's|its|the|this|that|there|there's|today|tonight|now|still|a|an|yo|mi|mis|me|el|ella|la|lo|los|las|hoy|ahora|tengo|estoy|siento|can't|cant|cannot|no|not|please|should|can|is|do|what|having|feeling|getting|feel|have|need|worried|scared|help)$",
            )?,
            others: words.any_of(&text.others)?,
            over: words.any_of(&text.over)?,
            present: words.any_of(&text.present)?,
            ended: words.any_of(&text.ended)?,
            own: words.any_of(&text.own)?,
            back: words.any_of(&text.back)?,
            kin: words.any_of(&text.kin)?,
            for_oneself: words.any_of(&text.for_oneself)?,
            long_ago: words.any_of(&text.long_ago)?,
            well: words.any_of(&text.well)?,
            timeless: words.any_of(&text.timeless)?,
            imagined: words.any_of(&text.imagined)?,
            papers: built(&format!(r"\b(?:{})[ (]*$", text.papers.join("|")))?,
            orders: built(&format!(r"^(?:{})\b", text.orders.join("|")))?,
        })
    }

    /// True when the clause of a phrase speaks of the past or of someone else.
    /// It reaches no further: "my husband died in March and I want to kill
    /// myself" speaks of now in its second half.
    fn is_past(&self, text: &str, at: &Range<usize>, is_datable: bool) -> bool {
        if !is_datable {
            return false;
        }
        let before = before(text, at.start);
        let start = at.start - before.len();
        let sentence = &text[start..at.end + after(text, at.end).len()];
        let within = at.start - start..at.end - start;
        let mut own = self.clause(sentence, &within);
        // "When I was five I swelled up and couldn't breathe": a clause without a subject of its own
        // goes on in the time of the one before it. A person alone is not carried over: "my roommate was
        // jerking and bit his tongue" may be now.
        for carried in 0..MOST_CLAUSES {
            let clause = &sentence[own.clone()];
            // "Today I am well" speaks of now and of no symptom.
            let speaks_of_now = self.now.is_match(&self.fine.replace_all(clause, ""));
            if speaks_of_now {
                return false;
            }
            if self.past.is_match(clause) || carried == 0 && self.others.is_match(clause) {
                return true;
            }
            if own.start == 0 || !self.goes_on(clause) {
                return false;
            }
            own = self.clause_before(sentence, own.start);
        }
        false
    }

    /// Words in quotation marks that are a paper's, over as many sentences as they take.
    fn quoted(&self, text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let is_word = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphanumeric);
        let is_mark = |i: usize| matches!(bytes[i], b'"' | b'\'');
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(opens) = (from..bytes.len())
            .find(|i| is_mark(*i) && is_word(i + 1) && (*i == 0 || !is_word(i - 1)))
        {
            let most = bytes.len().min(opens + QUOTE);
            let Some(closes) = (opens + 1..most)
                .find(|i| bytes[*i] == bytes[opens] && !is_word(i + 1) && bytes[i - 1] != b' ')
            else {
                from = opens + 1;
                continue;
            };
            let lead = before(text, opens);
            if self.papers.is_match(lead) || self.orders.is_match(&text[opens + 1..closes]) {
                found.push(opens..closes);
            }
            from = closes + 1;
        }
        found
    }

    /// True when a denial stands before a place.
    pub(super) fn denies(&self, text: &str, at: usize) -> bool {
        self.denied.is_match(before(text, at))
    }

    /// True when the sentence speaks of somebody else before a phrase, and neither of now nor of the writer in between.
    fn is_of_kin(&self, text: &str, at: &Range<usize>) -> bool {
        let before = before(text, at.start);
        let start = at.start - before.len();
        let sentence = &text[start..at.end + after(text, at.end).len()];
        self.kin.find(&sentence[..at.end - start]).is_some_and(|k| {
            let since = &sentence[k.end()..at.end - start];
            let rest = self.ended.replace_all(&sentence[k.start()..], "");
            !self.goes_over_to_oneself(since)
                && !self.own.is_match(&text[at.clone()])
                && !self.present.is_match(&rest)
        }) && !self.now.is_match(&self.fine.replace_all(sentence, ""))
    }

    /// The clause that ends where another begins.
    fn clause_before(&self, sentence: &str, start: usize) -> Range<usize> {
        let mut from = 0;
        let mut end = start;
        for b in self.borders.find_iter(&sentence[..start]) {
            // The last border is the one that the clause begins behind; commas at the beginning set off none.
            if b.end() == start {
                end = b.start();
            } else {
                from = b.end();
            }
        }
        from.min(end)..end
    }

    /// True when a text says, and does not deny, that something has come back or gets worse.
    fn is_back(&self, text: &str) -> bool {
        self.back
            .find_iter(text)
            .any(|b| !self.denied.is_match(before(text, b.start())))
    }

    /// True when what reads as over runs on into now, or into the writer: "kept me overnight and I have
    /// had chest pain ever since they sent me home".
    fn tells_of_now(&self, over: &str) -> bool {
        let rest = self.ended.replace_all(over, "");
        self.turns_to_oneself(&rest) || self.present.is_match(&rest)
    }

    /// True when words behind the first clause speak of the writer.
    fn turns_to_oneself(&self, words: &str) -> bool {
        self.borders
            .find(words)
            .is_some_and(|b| self.own.is_match(&words[b.end()..]))
    }

    /// True when a clause behind the first begins with the writer: "my dog died and now I want".
    fn goes_over_to_oneself(&self, words: &str) -> bool {
        self.borders.find_iter(words).any(|b| {
            // "Laughed so hard I couldn't breathe" goes on in what it says.
            b.as_str().trim() != "so"
                && self
                    .own
                    .find(&words[b.end()..])
                    .is_some_and(|o| words[b.end()..][..o.start()].split_whitespace().count() <= 1)
        })
    }

    /// True when a clause begins with no subject: its verb goes on from the clause before.
    fn goes_on(&self, clause: &str) -> bool {
        let first = clause.split_whitespace().next().unwrap_or("");
        !self.subject.is_match(first)
    }

    /// True when the words around a phrase take it back: denied, supposed, quoted, or a figure of speech.
    fn takes_back(&self, text: &str, at: Range<usize>, guards: Guards, is_back: bool) -> bool {
        let before = before(text, at.start);
        let after = after(text, at.end);
        let sentence_start = at.start - before.len();
        let sentence = &text[sentence_start..at.end + after.len()];
        let within = at.start - sentence_start..at.end - sentence_start;
        if self.idioms.find_iter(sentence).any(|i| {
            // "Blood" in "blood sugar" is none; "blood sugar" itself is what it says.
            let whole = within.start <= i.start() && i.end() <= within.end;
            i.start() < within.end
                && within.start < i.end()
                && !whole
                && (is_role_or_denied(i.as_str()) || !self.goes_over_to_oneself(i.as_str()))
        }) {
            return true;
        }
        if guards.over
            && !is_back
            && self.over.find_iter(sentence).any(|o| {
                o.start() < within.end && within.start < o.end() && !self.tells_of_now(o.as_str())
            })
        {
            return true;
        }
        // "It was as if a shade came down" tells of what was seen.
        if guards.supposed
            && self
                .supposed
                .find(before)
                .is_some_and(|s| !before[..s.start()].ends_with("as "))
        {
            return true;
        }
        if self.told.find_iter(before).last().is_some_and(|t| {
            // "The label says … and I have chest pain" speaks of oneself again.
            !self.self_words.is_match(&before[t.end()..])
        }) {
            return true;
        }
        // "What would you do if she fell, or swallowed a battery?" goes on being supposed.
        let sentence_before = before.trim_start();
        if guards.supposed
            && self.imagined.find(sentence_before).is_some_and(|i| {
                let since = &sentence_before[i.end()..];
                !since.contains(" but ") && !self.now.is_match(since)
            })
        {
            return true;
        }
        if guards.denied && self.denied.is_match(before) && !self.undenied.is_match(after) {
            // "No fever, chest pain since noon": after a comma the denial goes on only in a list.
            return !before.trim_end().ends_with(',')
                || after.trim().is_empty()
                || [",", " or ", " and ", " nor ", "/", ")"]
                    .iter()
                    .any(|s| after.starts_with(s));
        }
        false
    }
}

impl Context {
    /// The clause of a sentence that a phrase stands in. A few words before a
    /// comma at the beginning ("In 2014, …") belong to what follows.
    fn clause(&self, sentence: &str, within: &Range<usize>) -> Range<usize> {
        let mut start = 0;
        let mut end = sentence.len();
        for b in self.borders.find_iter(sentence) {
            if b.end() <= within.start {
                let opening = start == 0
                    && b.as_str().starts_with(',')
                    && sentence[..b.start()].split_whitespace().count() <= 4;
                if !opening {
                    start = b.end();
                }
            } else if b.start() >= within.end {
                end = b.start();
                break;
            }
        }
        start..end
    }
}

/// True for words that tell of oneself and yet of nothing now: a role in a drill, told in quotation marks, and
/// what was asked and denied.
fn is_role_or_denied(words: &str) -> bool {
    [" '", " \""].iter().any(|q| words.contains(q))
        || [" no", " never", " not", " once", " ever"]
            .iter()
            .any(|d| words.ends_with(d))
}

/// Where a sentence ends in a folded text, if it does. A point between digits is none.
pub(super) fn sentence_end(text: &str) -> Option<usize> {
    ends(text).next()
}

/// Where sentences end in a folded text.
pub(super) fn ends(text: &str) -> impl DoubleEndedIterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    text.char_indices()
        .filter(move |&(i, c)| match c {
            '.' => !bytes.get(i + 1).is_some_and(u8::is_ascii_digit),
            '!' | '?' | ';' | '\n' => true,
            _ => false,
        })
        .map(|(i, _)| i)
}

/// The sentence up to a place, at most [`REACH`] bytes of it.
fn before(text: &str, at: usize) -> &str {
    let from = text.floor_char_boundary(at.saturating_sub(REACH));
    let near = &text[from..at];
    ends(near).next_back().map_or(near, |end| &near[end + 1..])
}

/// The sentence from a place on, at most [`REACH`] bytes of it.
fn after(text: &str, at: usize) -> &str {
    let to = text.floor_char_boundary((at + REACH).min(text.len()));
    let near = &text[at..to];
    sentence_end(near).map_or(near, |end| &near[..end])
}
