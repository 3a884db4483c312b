//! What in a draft cannot be trusted, and what it leaves out. No model is
//! asked: every number, drug, date, name and promise of a reply is looked for
//! in message and chart.
//!
//! In a published trial each seeded error was missed by 13 to 15 of 20
//! physicians (Biro et al., npj Digital Medicine 2025): so each finding has its
//! place, its reason, and the line of the chart that says otherwise.

mod amounts;
mod claims;
mod clock;
mod dates;
pub(crate) mod drugs;
mod evidence;
mod facts;
mod flags;
#[cfg(test)]
mod general;
mod injection;
mod lists;
pub(crate) mod names;
mod omissions;
mod reckoned;
mod safety;
mod text;
#[cfg(test)]
mod trial;
mod units;
mod used;
mod words;
mod worked_out;

use crate::phrases;
use amounts::{Amount, Amounts};
use contract::{Chart, Checked, Finding, Triage};
use dates::{Dates, Day};
use drugs::Drugs;
use evidence::{Evidence, Line};
use jiff::civil::Date;
use lists::{
    Advice, AllergyGroup, Apart, Band, Interaction, Label, Lists, Normal, PairFile, PhraseFile,
    Reference, Unfit,
};
use regex::Regex;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use text::Reading;
pub use words::written_in;

/// Words above which a reply is called long. Clinicians wrote 34 by hand where
/// a model wrote 169 (Chen et al., Lancet Digital Health 2024).
pub const LONG_WORDS: usize = 120;
/// School grade above which a reply is called hard to read. The NIH and AMA
/// ask for grade 6 to 8; short replies swing by two.
pub const HARD_GRADE: f64 = 10.0;

/// Most findings of one reply: nobody reads more, and a hostile text must not cost more.
const MOST_FINDINGS: usize = 200;

/// A file of the checks that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The checks cannot be used: {0}")]
pub struct CheckError(pub(crate) String);

/// A draft with what it must rest on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The message that is answered.
    pub message: &'a str,
    /// Earlier messages of the thread, joined; may be empty.
    pub earlier: &'a str,
    /// Name of the sender, when it is not the patient's own; may be empty.
    pub sender: &'a str,
    /// The chart.
    pub chart: &'a Chart,
    /// What triage found in the message.
    pub triage: &'a Triage,
    /// The reply.
    pub draft: &'a str,
    /// The clinic's sign-off, which no check looks at; may be empty.
    pub sign_off: &'a str,
    /// Today where the workstation stands.
    pub today: Date,
}

/// The checks, compiled.
#[derive(Debug)]
pub struct Checks {
    drugs: Drugs,
    amounts: Amounts,
    dates: Dates,
    phrases: Phrases,
    interactions: Vec<Interaction>,
    allergy_groups: Vec<AllergyGroup>,
    unfit: Vec<Unfit>,
    template: Regex,
    name: Regex,
    person: Regex,
    greeting: Regex,
    denies_allergy: Regex,
    /// "Do not skip", "don't forget": a denial that tells to go on.
    keep_on: Regex,
    asks_call: Regex,
    help: Regex,
    no_need: Regex,
    /// What stands after a drug that does not suit.
    unsuited: Regex,
    visit: Regex,
    /// A reaction that is told, before or after the drug.
    reacted: Regex,
    /// A drug that was stopped, as the reply tells it.
    drug_stopped: Regex,
    /// A side of the body and what it is said of.
    side: Regex,
    /// A number under which a patient is filed.
    record_number: Regex,
    /// To stop, skip, double or change a drug.
    drug_change: Regex,
    /// An order, referral or plan that is told as done.
    order: Regex,
    /// "With contrast", "without food".
    with: Regex,
    /// What an allergy is to.
    allergic_to: Regex,
    trend: facts::Trend,
    bound: facts::Bound,
    goals: facts::Goals,
    people: facts::People,
    counts: facts::Counts,
    events: facts::Events,
    conditions: facts::Conditions,
    denied: facts::Denied,
    status: facts::Status,
    /// What an examination found, in words.
    described: facts::Described,
    vague: facts::Vague,
    /// "Your last flare".
    last_of: Regex,
    /// "You had hives with it before".
    had_before: Regex,
    /// Tests, procedures, diagnoses and other things, each by all its names.
    things: Vec<Vec<String>>,
    /// What is normal, by test.
    normal: Vec<Normal>,
    /// How bad a score is, by scale.
    scales: Vec<Band>,
    /// Numbers of general advice.
    advice: Vec<Advice>,
    /// Borders of blood pressure that general advice names.
    advice_pressures: Vec<String>,
    /// Borders and ranges of tests.
    references: Vec<Reference>,
    /// What labels of drugs that are bought allow.
    labels: Vec<Label>,
    /// Words of which only one can be right of the same thing.
    alternatives: Vec<Vec<String>>,
    /// Salts and forms of one drug that are not taken alike.
    salts: Vec<Vec<String>>,
    /// Words by which a clause is read.
    lists: Lists,
    named: facts::Named,
    tablets: facts::Tablets,
    told: facts::Told,
    numbered: facts::Numbered,
    rather: facts::Rather,
    rounded: facts::Rounded,
    /// Measures of powders and liquids, each by all its names.
    measures: Vec<Vec<String>>,
    /// What happens on a day, each by the words for it.
    same_events: Vec<Vec<String>>,
    /// Foods and other things that people are allergic to, each by all its names.
    allergens: Vec<Vec<String>>,
    /// What is taken apart from a drug.
    apart: Vec<Apart>,
}

#[derive(Debug)]
struct Phrases {
    promises: Regex,
    /// Outcomes that are told as certain.
    assurances: Regex,
    appointments: Regex,
    visit_words: Regex,
    urgent_advice: Regex,
    stigmatising: Regex,
    avoid: Regex,
    injections: Regex,
    no_names: Vec<String>,
}

fn built(pattern: &str) -> Result<Regex, CheckError> {
    phrases::compiled(pattern).map_err(CheckError)
}

fn any_of(list: &[String]) -> Result<Regex, CheckError> {
    phrases::sound(list.iter().map(String::as_str)).map_err(|e| CheckError(e.to_string()))?;
    built(&format!(r"(?:^|\b)(?:{})(?:\b|$)", list.join("|")))
}

impl Checks {
    /// Compiles the checks from their files: phrases, drugs, and dangerous pairs.
    ///
    /// # Errors
    /// With the phrase or the line that is wrong.
    pub fn parse(phrases: &str, drugs: &str, pairs: &str) -> Result<Self, CheckError> {
        let p: PhraseFile = toml::from_str(phrases).map_err(|e| CheckError(e.to_string()))?;
        let pairs: PairFile = toml::from_str(pairs).map_err(|e| CheckError(e.to_string()))?;
        let sources = pairs.interaction.iter().map(|i| (&i.source, &i.a));
        let sources = sources.chain(pairs.unfit.iter().map(|u| (&u.source, &u.conditions)));
        let sources = sources.chain(pairs.allergy.iter().map(|a| (&a.source, &a.words)));
        let sources = sources.chain(p.apart.iter().map(|a| (&a.source, &a.names)));
        let sources = sources.chain(p.references.iter().map(|r| (&r.source, &r.near)));
        for (source, names) in sources {
            if source.trim().is_empty() {
                return Err(CheckError(format!("{} names no source", names.join(", "))));
            }
        }
        if let Some(l) = p.labels.iter().find(|l| l.source.trim().is_empty()) {
            return Err(CheckError(format!(
                "the label of {} names no source",
                l.drug
            )));
        }
        if let Some(a) = p
            .advice
            .iter()
            .find(|a| a.source.trim().is_empty() || a.near.is_empty())
        {
            return Err(CheckError(format!(
                "the advice numbers {:?} name no source or no words",
                a.values
            )));
        }
        Ok(Self {
            drugs: Drugs::parse(drugs)?,
            amounts: Amounts::new()?,
            dates: Dates::new()?,
            phrases: Phrases {
                promises: any_of(&p.promises)?,
                assurances: any_of(&p.assurances)?,
                appointments: any_of(&p.appointments)?,
                visit_words: any_of(&p.visit_words)?,
                urgent_advice: any_of(&p.urgent_advice)?,
                stigmatising: any_of(&p.stigmatising)?,
                avoid: any_of(&p.avoid)?,
                injections: any_of(&p.injections)?,
                no_names: p.no_names,
            },
            interactions: pairs.interaction,
            allergy_groups: pairs.allergy,
            unfit: pairs.unfit,
            template: built(
                r"\[[A-Za-z][^\]\n]{1,40}\]|\{\{?[^}\n]{1,40}\}\}?|<(?:[a-zA-Z][a-zA-Z '_-]{1,40})>|_{3,}|\b(?:XX+|xx+|TBD|TBC|Lorem ipsum)\b|\((?:insert|your|name|date|dose|clinic|phone)[^)\d\n]{0,30}\)|\$\{[^}\n]{1,40}\}|%[A-Za-z_]+%",
            )?,
            name: built(r"\b\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*")?,
            person: built(
                r"\b(?:[Dd]r\.?|[Dd]ra\.?|[Dd]octor|[Nn]urse|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Pp]rof\.?) (\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?)",
            )?,
            greeting: built(
                r"(?m)^\s*(?:Hi|Hello|Dear|Hey|Hola|Good (?:morning|afternoon|evening)|Estimad[oa]|Buen[oa]s (?:d[ií]as|tardes)|Thank you|Thanks|Gracias),? (\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*)\s*[,.!:;—–-]",
            )?,
            denies_allergy: built(
                r"\b(?:no (?:known )?(?:drug |medication )?allerg\w+|(?:not|n't|aren't|are not) allergic|no record of (?:an? |any )?(?:\w+ ){0,2}allerg\w+|no (?:\w+ )?allerg\w+ (?:listed|on file|on record)|sin alergias)\b",
            )?,
            asks_call: built(
                r"\b(?:call|phone|llame)(?: \w+)? ?(?:us|the|our|your|me|back|a|la|today|now)\b",
            )?,
            help: built(
                r"(?:[=:>→] ?|\bmeans )(?:the )?(?:er|ed|hospital)\b|\b(?:911|988|emergency (?:room|department|care|services|help)|nearest emergency|the er\b|go to (?:the |a |an )?(?:\w+ ){0,2}(?:hospital|er|ed)|poison (?:help|control)|labor and delivery|call us (?:now|right away|immediately)|right away|straight away|immediately|emergencias|urgencias|de inmediato|enseguida|1-800-222-1222)",
            )?,
            no_need: built(
                r"\b(?:no need|not need|n't need|needn't|do not|don't|not necessary|no reason|unless|not have to|n't have to|rather than|instead of)\b[^.!?]*$",
            )?,
            keep_on: built(
                r"\b(?:not|n't|never) (?:skip|forget|miss|stop|hesitate|worry)|without (?:food|waiting)|no (?:problem|need)",
            )?,
            unsuited: built(concat!(
                // "Is dangerous with", "must not be taken", "may raise your INR".
                r"^[^.!?]{0,60}\b(?:is|are|isn't|aren't|can|could|should|may|might|must|with|because|since|together)\b[^.!?]{0,60}\b(?:allerg\w+|interact\w*|dangerous|unsafe|not safe|not recommended|bleeding|to avoid|avoided|not (?:be )?(?:taken|used|combined|mixed)|raise (?:your|the) inr)\b",
                // "Isn't safe", "is not a good choice".
                // "Naproxen isn't for you", "el naproxeno no, por la ulcera".
                r"|^ ?(?:is|are)(?:n't| not) (?:for|one for) |^,? (?:is|are) (?:out|off the table)\b|^ no(?:[,;.:]|$)|^ no (?:debe|puede|es (?:para|bueno|seguro)|(?:lo|la) (?:tome|use))\b",
                r"|^ ?(?:is|are|was|were)(?:n't| not) (?:a )?(?:safe|good|suitable|right|ok|okay|advised|recommended)\b",
                // "Can cause hives", "le causo hinchazon"; "for the swelling" is what a drug is good for.
                r"|^[^.!?]{0,60}\b(?:can|could|may|might|because|since|caus\w+|made|gave)\b[^.!?]{0,60}\b(?:reaction|hives|rash|swelling|hinchazon|ronchas|dificultad)\b",
                // "The penicillin rash", "set the bottle aside".
                r"|^ (?:allerg\w+|rash|hives|reaction|swelling|alergia)\b|^(?: \w+)? aside\b",
            ))?,
            drug_stopped: built(
                r"\b(?:was|were|has been|have been) (?:stopped|discontinued|suspended|cancell?ed|replaced|switched|changed)|\bse (?:suspendio|quito|dejo|cancelo|cambio)\b|\b(?:suspendieron|quitaron)\b",
            )?,
            reacted: built(
                r"\b(?:gave|caused?|causo|dio|makes?|made|lists?)\b[^.!?]{0,40}\b(?:you|your|him|her|rash|hives|swelling|angioedema|reaction|alergia|ronchas)\b|^,? (?:back )?(?:in|en) (?:19|20)\d\d\b",
            )?,
            side: built(
                r"\b(left|right|izquierd[oa]|derech[oa]) (\w{3,})|\b(\w{3,}) (izquierd[oa]|derech[oa])\b",
            )?,
            record_number: built(
                r"\b(?:mrn|medical record|(?:record|chart|file) (?:number|no\.?)|medical record number|expediente)[ :#]*(\d{4,})\b",
            )?,
            drug_change: any_of(&p.drug_changes)?,
            order: any_of(&p.orders)?,
            with: built(r"\b(with|without) (\w{4,})\b")?,
            allergic_to: built(
                r"\ballerg(?:y|ies|ic)\b(?: (?:is|are|listed|on file|only))* (?:to (?:the )?|(?:is|are) )(\w{4,})\b",
            )?,
            trend: facts::Trend::new()?,
            bound: facts::Bound::new()?,
            goals: facts::Goals::new()?,
            people: facts::People::new()?,
            counts: facts::Counts::new()?,
            events: facts::Events::new()?,
            conditions: facts::Conditions::new()?,
            denied: facts::Denied::new()?,
            status: facts::Status::new()?,
            described: facts::Described::new()?,
            vague: facts::Vague::new()?,
            last_of: built(
                r"\b(?:your|his|her|su) (?:last|previous|prior|ultim[oa]|anterior) (?:bout of |episode of )?(\w+)",
            )?,
            had_before: built(
                r"\b(?:you|he|she|they|usted|ella|el|ya|you've|como ya) (?:also )?(?:had|have had|has had|tuvo|ha tenido)\b[^.;!?]{3,60}\b(?:before|previously|in the past|antes|as a child|as a baby)\b",
            )?,
            things: p.things,
            normal: p.normal,
            scales: p.scales,
            advice: p.advice,
            advice_pressures: p.advice_pressures,
            references: p.references,
            labels: p.labels,
            alternatives: p.alternatives,
            salts: p.salts,
            named: facts::Named::new(&p.titles)?,
            lists: p.words,
            tablets: facts::Tablets::new()?,
            told: facts::Told::new()?,
            numbered: facts::Numbered::new(&p.ranks, &p.rows)?,
            rather: facts::Rather::new(&p.measures)?,
            rounded: facts::Rounded::new()?,
            measures: p.measures,
            same_events: p.same_events,
            allergens: p.allergens,
            apart: p.apart,
            visit: built(
                r"\b(?:your|an?|the|upcoming|next) (?:(?:upcoming|next|follow-?up|booked|scheduled|video|phone|[a-z]+) ){0,3}(appointment|visit|surgery|procedure|colonoscopy|mri|ct scan|infusion|mammogram|ultrasound|cita)\b (?:is|on|with|at|tomorrow|next|this|has been|el|con)|\b(?:you're|you are|she's|she is|he's|he is) (?:scheduled|booked|set) for (?:an?|the|your|her|his) ((?:\w+ ){0,2}(?:check|recheck|visit|appointment|follow-?up|exam|scan|procedure))\b",
            )?,
        })
    }

    /// True when a text tells to get help now or today.
    pub fn advises_urgently(&self, text: &str) -> bool {
        self.phrases
            .urgent_advice
            .is_match(Reading::of(text).text())
    }

    /// Findings in a draft, in the order of their places; what has none comes last.
    pub fn findings(&self, case: &Case<'_>) -> Vec<Finding> {
        let reading = Reading::of(body_of(case.draft, case.sign_off));
        self.found(case, &Evidence::of(self, case), &reading)
    }

    /// Findings in a draft, and the places where it says what a line of the chart says.
    pub fn checked(&self, case: &Case<'_>) -> Checked {
        let reading = Reading::of(body_of(case.draft, case.sign_off));
        let evidence = Evidence::of(self, case);
        Checked {
            findings: self.found(case, &evidence, &reading),
            used: self.used(&evidence, &reading),
        }
    }

    fn found(&self, case: &Case<'_>, evidence: &Evidence, reading: &Reading) -> Vec<Finding> {
        let mut found = Found {
            draft: body_of(case.draft, case.sign_off),
            reading,
            list: Vec::new(),
            numbers: RefCell::default(),
            days: RefCell::default(),
        };
        self.facts(case, evidence, &mut found);
        self.claims(evidence, &mut found);
        self.words(case, evidence, &mut found);
        self.omissions(case, evidence, &mut found);
        let mut list = found.list;
        list.sort_by_key(|f| (f.start == f.end, f.start, f.end));
        list.dedup_by(|b, a| {
            a.start == b.start && a.end == b.end && a.start != a.end && a.kind == b.kind
        });
        // One press checks one place: the same words twice are two findings.
        for i in 1..list.len() {
            let (before, rest) = list.split_at_mut(i);
            rest[0].nth = before
                .iter()
                .filter(|f| f.kind == rest[0].kind && f.span == rest[0].span)
                .count();
        }
        list
    }
}

/// A reply without the sign-off that the app put under it.
fn body_of<'a>(draft: &'a str, sign_off: &str) -> &'a str {
    let trimmed = draft.trim_end();
    match trimmed.strip_suffix(sign_off.trim()) {
        Some(body) if !sign_off.trim().is_empty() => body.trim_end(),
        _ => trimmed,
    }
}

/// Findings as they come.
struct Found<'a> {
    draft: &'a str,
    reading: &'a Reading,
    list: Vec<Finding>,
    /// The numbers of the sentence that was read last: many checks ask for those of one sentence, one after the other.
    numbers: RefCell<Option<Read<Amount>>>,
    days: RefCell<Option<Read<Day>>>,
}

/// What was read of a sentence, with its place.
type Read<T> = (Range<usize>, Rc<[T]>);

/// What is known of a sentence, or what is read of it now.
fn read_once<T>(
    known: &RefCell<Option<Read<T>>>,
    sentence: Range<usize>,
    read: impl FnOnce() -> Vec<T>,
) -> Rc<[T]> {
    let mut known = known.borrow_mut();
    match &*known {
        Some((at, of)) if *at == sentence => Rc::clone(of),
        _ => {
            let of: Rc<[T]> = read().into();
            *known = Some((sentence, Rc::clone(&of)));
            of
        }
    }
}

impl Found<'_> {
    /// The numbers of a sentence, by its place; their own places are those within it.
    fn numbers(&self, amounts: &Amounts, sentence: Range<usize>) -> Rc<[Amount]> {
        read_once(&self.numbers, sentence.clone(), || {
            amounts.numbers(&self.reading.text()[sentence], &[])
        })
    }

    /// The days of a sentence, likewise.
    fn days(&self, dates: &Dates, sentence: Range<usize>) -> Rc<[Day]> {
        read_once(&self.days, sentence.clone(), || {
            dates.days(&self.reading.text()[sentence])
        })
    }

    /// A finding at a place of the folded text.
    fn at(&mut self, kind: &str, at: Range<usize>, why: impl Into<String>, source: Option<&str>) {
        let (start, end) = self.reading.folded.original(at.start, at.end);
        self.place(kind, start, end, why, source);
    }

    /// A finding at a place of the draft, in bytes.
    fn at_bytes(&mut self, kind: &str, at: Range<usize>, why: impl Into<String>) {
        let start = self.draft[..at.start].chars().count();
        let end = start + self.draft[at].chars().count();
        self.place(kind, start, end, why, None);
    }

    /// A finding about the reply as a whole.
    fn whole(&mut self, kind: &str, why: impl Into<String>) {
        self.place(kind, 0, 0, why, None);
    }

    fn place(
        &mut self,
        kind: &str,
        start: usize,
        end: usize,
        why: impl Into<String>,
        source: Option<&str>,
    ) {
        if self.is_full() {
            return;
        }
        let span: String = self.draft.chars().skip(start).take(end - start).collect();
        self.list.push(Finding {
            kind: kind.to_owned(),
            span,
            start,
            end,
            why: why.into(),
            serious: is_serious(kind),
            nth: 0,
            source: source.map(str::to_owned),
        });
    }

    /// True when no more findings are taken.
    fn is_full(&self) -> bool {
        self.list.len() >= MOST_FINDINGS
    }

    /// A finding about a fact: it differs from a line of the chart, or nothing supports it.
    fn fact(&mut self, at: Range<usize>, line: Option<&Line>, differs: &str, missing: &str) {
        match line {
            Some(line) => self.at("contradicts_chart", at, differs, Some(&line.text)),
            None => self.at("unsupported", at, missing, None),
        }
    }

    /// A fact of which a line of the chart says otherwise, where nothing is marked yet.
    fn contradicts(&mut self, at: Range<usize>, line: &Line, why: &str) {
        if !self.is_marked(&at) {
            self.at("contradicts_chart", at, why, Some(&line.text));
        }
    }

    fn is_marked(&self, at: &Range<usize>) -> bool {
        let (start, end) = self.reading.folded.original(at.start, at.end);
        self.list
            .iter()
            .any(|f| f.start != f.end && f.start < end && start < f.end)
    }
}

/// Kinds that hold back a reply that a clinician wrote without a draft: what
/// clinicians know and a chart does not is theirs to say.
pub fn holds_own_words(kind: &str) -> bool {
    matches!(
        kind,
        "contradicts_chart"
            | "allergy_conflict"
            | "interaction_hint"
            | "missing_urgent_advice"
            | "other_patient"
            | "template_left"
    )
}

/// Kinds that must be resolved before a reply can be accepted.
pub fn is_serious(kind: &str) -> bool {
    matches!(
        kind,
        "unsupported"
            | "contradicts_chart"
            | "allergy_conflict"
            | "interaction_hint"
            | "missing_urgent_advice"
            | "other_patient"
            | "template_left"
            | "wrong_language"
            | "promise"
    )
}
