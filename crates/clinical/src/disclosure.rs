//! What a patient is told about a reply that began as a draft of a model: packs
//! of words by jurisdiction, in `assets/disclosure`.

use contract::Licence;
use serde::Deserialize;

/// The words of one jurisdiction.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its name in the settings.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The law it follows.
    pub source: String,
    exempt_when_reviewed_by: Vec<Licence>,
    #[serde(default)]
    text: Option<Words>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: String,
    es: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pack: Vec<Pack>,
}

/// A reply that is about to be signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Whether it rests on a model's draft.
    pub generated: bool,
    /// The licence of the person who signs it off.
    pub licence: Licence,
    /// The patient's language, as on record.
    pub language: &'a str,
    /// How to reach a person, to follow a comma.
    pub contact: &'a str,
}

/// What a pack says of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disclosed {
    /// These words stand over the reply.
    Words(String),
    /// None, and why.
    Nothing(&'static str),
}

/// Reads packs.
///
/// # Errors
/// What is wrong with the file, with its place.
pub fn packs(text: &str) -> Result<Vec<Pack>, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    Ok(file.pack)
}

impl Pack {
    /// What is to be said over a reply.
    pub fn of(&self, reply: Reply<'_>) -> Disclosed {
        let Some(words) = &self.text else {
            return Disclosed::Nothing("The clinic has chosen no words of disclosure.");
        };
        if !reply.generated {
            return Disclosed::Nothing(
                "You wrote this reply yourself: nothing is to be disclosed.",
            );
        }
        if self.exempt_when_reviewed_by.contains(&reply.licence) {
            return Disclosed::Nothing(
                "You reviewed it under your licence, which lifts the disclosure here.",
            );
        }
        let spanish = {
            let language = reply.language.to_lowercase();
            language == "es" || language.starts_with("es-") || language.starts_with("spanish")
        };
        let words = if spanish { &words.es } else { &words.en };
        Disclosed::Words(words.replace("{contact}", reply.contact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(id: &str) -> Pack {
        packs(include_str!("../../../assets/disclosure/packs.toml"))
            .expect("sound")
            .into_iter()
            .find(|p| p.id == id)
            .expect("there")
    }

    fn reply(generated: bool, licence: Licence, language: &str) -> Reply<'_> {
        Reply {
            generated,
            licence,
            language,
            contact: "call us",
        }
    }

    #[test]
    fn california_exempts_what_a_licensed_provider_reviewed() {
        let pack = shipped("california");
        for licence in Licence::ALL {
            let said = pack.of(reply(true, licence, "en"));
            let exempt = licence != Licence::None;
            assert_eq!(matches!(said, Disclosed::Nothing(_)), exempt, "{licence:?}");
        }
        assert!(matches!(
            pack.of(reply(false, Licence::None, "")),
            Disclosed::Nothing(_)
        ));
    }

    #[test]
    fn texas_discloses_whoever_reviewed_it_in_the_patients_language() {
        let pack = shipped("texas");
        let Disclosed::Words(words) = pack.of(reply(true, Licence::Physician, "es-MX")) else {
            panic!("nothing is said");
        };
        assert!(words.contains("inteligencia artificial") && words.ends_with("call us."));
        let said = pack.of(reply(true, Licence::Physician, "English"));
        assert!(matches!(said, Disclosed::Words(w) if w.contains("Artificial intelligence")));
    }

    #[test]
    fn no_pack_says_nothing() {
        assert!(matches!(
            shipped("none").of(reply(true, Licence::None, "")),
            Disclosed::Nothing(_)
        ));
    }

    #[test]
    fn a_broken_pack_is_refused_with_its_line() {
        let why = packs("[[pack]]\nid = \"x\"\nname = 3\n").expect_err("unknown field");
        assert!(why.contains("line 3"), "{why}");
    }
}
