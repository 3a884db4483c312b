//! The files that the checks are made from: phrases, lists of words, numbers of general advice, and pairs that do not go together.

use serde::Deserialize;

/// `PHRASEFILE`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseFile {
    pub(super) promises: Vec<String>,
    pub(super) assurances: Vec<String>,
    pub(super) appointments: Vec<String>,
    pub(super) visit_words: Vec<String>,
    pub(super) urgent_advice: Vec<String>,
    pub(super) stigmatising: Vec<String>,
    pub(super) avoid: Vec<String>,
    pub(super) injections: Vec<String>,
    pub(super) no_names: Vec<String>,
    pub(super) drug_changes: Vec<String>,
    pub(super) orders: Vec<String>,
    pub(super) things: Vec<Vec<String>>,
    pub(super) normal: Vec<Normal>,
    pub(super) scales: Vec<Band>,
    pub(super) advice: Vec<Advice>,
    pub(super) advice_pressures: Vec<String>,
    pub(super) references: Vec<Reference>,
    pub(super) labels: Vec<Label>,
    pub(super) alternatives: Vec<Vec<String>>,
    pub(super) salts: Vec<Vec<String>>,
    pub(super) titles: Vec<String>,
    pub(super) ranks: Vec<String>,
    pub(super) rows: Vec<String>,
    pub(super) measures: Vec<Vec<String>>,
    pub(super) same_events: Vec<Vec<String>>,
    pub(super) allergens: Vec<Vec<String>>,
    pub(super) apart: Vec<Apart>,
    pub(super) words: Lists,
}

/// What is taken at another time than a drug, or beside it, so that a reply may name it to whoever takes the drug.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Apart {
    /// Generic names or classes of what the chart lists.
    pub(super) of: Vec<String>,
    /// Generic names or classes that the reply may name.
    pub(super) names: Vec<String>,
    /// Words of which one stands in the sentence.
    pub(super) said: Vec<String>,
    pub(super) source: String,
}

/// Words by which a clause is read, each list as the file explains it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) newest: Vec<String>,
    pub(super) raised: Vec<String>,
    pub(super) lowered: Vec<String>,
    pub(super) acts: Vec<String>,
    pub(super) tested: Vec<String>,
    pub(super) eaten: Vec<String>,
    pub(super) forms: Vec<String>,
    pub(super) self_care: Vec<String>,
    pub(super) booked: Vec<String>,
    pub(super) as_before: Vec<String>,
    pub(super) mostly: Vec<String>,
    pub(super) borders: Vec<String>,
    pub(super) then: Vec<String>,
    pub(super) held: Vec<String>,
    pub(super) kept: Vec<String>,
    pub(super) told_to_one: Vec<String>,
    pub(super) grave: Vec<String>,
    pub(super) lasting: Vec<String>,
    pub(super) eaten_with: Vec<String>,
    pub(super) own_value: Vec<String>,
    pub(super) norms: Vec<String>,
    pub(super) own_goal: Vec<String>,
    pub(super) measured: Vec<String>,
    pub(super) of_one: Vec<String>,
    pub(super) again: Vec<String>,
    pub(super) counted: Vec<String>,
    pub(super) given: Vec<String>,
    pub(super) ages: Vec<String>,
    pub(super) own_drug: Vec<String>,
    pub(super) kept_apart: Vec<String>,
    pub(super) example: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) addressed: Vec<String>,
    pub(super) can_take: Vec<String>,
    pub(super) taken: Vec<String>,
    pub(super) supplements: Vec<String>,
    pub(super) foods: Vec<String>,
    pub(super) nutrients: Vec<String>,
    pub(super) first_aid: Vec<String>,
    pub(super) spares_the_liver: Vec<String>,
    pub(super) household: Vec<String>,
    pub(super) rinsed: Vec<String>,
    pub(super) short_illness: Vec<String>,
    pub(super) no_supplement: Vec<String>,
}

/// Values of a test that a laboratory calls normal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Normal {
    /// The first letters of the test's name.
    pub(super) test: String,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A part of a scale, and the word for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Band {
    /// The scale as results name it.
    pub(super) test: String,
    pub(super) word: String,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A number of general advice, which no chart needs to hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advice {
    pub(super) values: Vec<f64>,
    /// Words of which one must stand in the sentence, by their beginnings.
    pub(super) near: Vec<String>,
    /// Whether it is the border of a value that is measured, and advice only where it is told as one.
    #[serde(default)]
    pub(super) border: bool,
    pub(super) source: String,
}

/// Borders and ranges of a test that a reply may name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    /// Words for the test, by their beginnings.
    pub(super) near: Vec<String>,
    pub(super) values: Vec<f64>,
    pub(super) source: String,
}

/// What the label of a drug that is bought lets adults take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    /// Generic name.
    pub(super) drug: String,
    /// Most at once, in mg.
    pub(super) once: f64,
    /// Most in a day, in mg.
    pub(super) day: f64,
    /// Hours between two doses.
    pub(super) hours: f64,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairFile {
    pub(super) interaction: Vec<Interaction>,
    pub(super) allergy: Vec<AllergyGroup>,
    pub(super) unfit: Vec<Unfit>,
}

/// Drugs and classes that do not go with a condition, so that a reply may warn of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unfit {
    /// Words of a problem.
    pub(super) conditions: Vec<String>,
    pub(super) covers: Vec<String>,
    pub(super) source: String,
}

/// Two drugs or classes that are dangerous together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interaction {
    /// Generic names or classes.
    pub(super) a: Vec<String>,
    pub(super) b: Vec<String>,
    pub(super) why: String,
    pub(super) source: String,
}

/// Words of an allergy entry, and the classes and drugs that it covers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllergyGroup {
    pub(super) words: Vec<String>,
    pub(super) covers: Vec<String>,
    pub(super) source: String,
}
