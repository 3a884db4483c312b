//! Texts without identifiers, as a named person reads and approves them.
//!
//! A program takes out what it finds (`clinical::deid`), and a person looks at what is left: only what they approved, word
//! for word, leaves without identifiers. Where the text or the finding changes, it has to be read again.

use crate::Desk;
use crate::export::unfit;
use clinical::deid::{Known, SafeHarbor};
use contract::{Code, Failure, Right};
use drafting::prompt::{PromptText, PromptWords};
use records::{DeidReview, FeedbackRow};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Why a text does not leave.
const UNREVIEWED: &str = "nobody reviewed it for identifiers: countersign deidentify next";
const REFUSED: &str = "its review says that it may not leave";
const CHANGED: &str = "it reads differently than when it was reviewed: review it again";

/// The texts of a decision without identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) prompt: PromptText,
    pub(crate) draft: Option<String>,
    pub(crate) reply: Option<String>,
}

impl Texts {
    fn hash(&self) -> String {
        let mut sha = Sha256::new();
        for text in [
            Some(&self.prompt.user),
            self.draft.as_ref(),
            self.reply.as_ref(),
        ] {
            // None and empty are not the same.
            let text = text.map_or("-".into(), |t| format!("+{t}"));
            sha.update((text.len() as u64).to_le_bytes());
            sha.update(text.as_bytes());
        }
        hex::encode(sha.finalize())
    }
}

/// A decision's texts as they are shown for review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeidCase {
    /// Number of the feedback row.
    pub id: i64,
    /// Message and chart as the model had them.
    pub prompt: String,
    /// What the model wrote.
    pub draft: Option<String>,
    /// What was sent.
    pub reply: Option<String>,
    /// How often each identifier was taken out, by its letter in 45 CFR 164.514(b)(2)(i).
    pub taken: BTreeMap<char, usize>,
    /// Of these texts; an approval names it.
    pub hash: String,
}

/// Takes identifiers out of a record's texts.
pub(crate) struct Scrub {
    rules: SafeHarbor,
    words: PromptWords,
    /// Everyone who works here.
    staff: Vec<String>,
}

impl Scrub {
    pub(crate) fn of(desk: &Desk) -> Result<Self, Failure> {
        let settings = desk.settings()?;
        let mut staff: Vec<String> = desk
            .record(Right::Export)?
            .accounts()?
            .into_iter()
            .map(|a| a.name)
            .collect();
        staff.extend([settings.sign_off, settings.contact]);
        Ok(Self {
            rules: SafeHarbor::built_in().map_err(|e| Failure::new(Code::Internal, e))?,
            words: PromptWords::built_in()?,
            staff,
        })
    }

    /// The texts of a row without what was found in them, and what that was.
    pub(crate) fn texts(
        &self,
        desk: &Desk,
        row: &FeedbackRow,
        also: &[String],
    ) -> Result<(Texts, BTreeMap<char, usize>), Failure> {
        let known = self.known(desk, row, also)?;
        let prompt = desk.prompt_of(row, &self.words)?;
        let mut taken: BTreeMap<char, usize> = BTreeMap::new();
        let mut scrub = |text: &str| {
            let out = self.rules.scrub(text, &known);
            for (letter, n) in out.taken {
                *taken.entry(letter).or_default() += n;
            }
            out.text
        };
        let texts = Texts {
            prompt: PromptText {
                user: scrub(&prompt.user),
                system: prompt.system,
            },
            draft: row.draft_text.as_deref().map(&mut scrub),
            reply: row.final_text.as_deref().map(&mut scrub),
        };
        Ok((texts, taken))
    }

    fn known(&self, desk: &Desk, row: &FeedbackRow, also: &[String]) -> Result<Known, Failure> {
        let record = desk.record(Right::Export)?;
        let message = record.message(&row.message_id)?;
        let patient = record.patient(&message.patient_id)?;
        let thread = record.messages(&message.thread_id)?;
        let mut known = Known {
            names: self.staff.clone(),
            ids: vec![patient.id, message.thread_id],
            also: also.to_vec(),
        };
        known.names.extend([patient.name, row.reviewer_id.clone()]);
        for m in thread {
            known.names.extend([m.sender_name, m.recipient_pool]);
            known.ids.push(m.id);
        }
        known.names.retain(|n| !n.trim().is_empty());
        known.names.sort();
        known.names.dedup();
        Ok(known)
    }
}

/// What was approved, held against what the texts are now.
pub(crate) struct Approved {
    scrub: Scrub,
    reviews: HashMap<i64, DeidReview>,
}

impl Approved {
    /// The approved texts of a row, or why they stay.
    pub(crate) fn of(
        &self,
        desk: &Desk,
        row: &FeedbackRow,
    ) -> Result<Result<Texts, &'static str>, Failure> {
        let Some(review) = self.reviews.get(&row.id) else {
            return Ok(Err(UNREVIEWED));
        };
        if !review.approved {
            return Ok(Err(REFUSED));
        }
        let (texts, _) = self.scrub.texts(desk, row, &review.also)?;
        Ok(if texts.hash() == review.text_hash {
            Ok(texts)
        } else {
            Err(CHANGED)
        })
    }
}

impl Desk {
    pub(crate) fn approved_texts(&self) -> Result<Approved, Failure> {
        Ok(Approved {
            scrub: Scrub::of(self)?,
            reviews: self.record(Right::Export)?.deid_reviews()?,
        })
    }

    /// The oldest decision whose texts nobody has reviewed; when there is none, the oldest that reads differently since;
    /// none when all are reviewed. `after` goes on behind a row that was skipped.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn next_deid_case(&self, after: i64) -> Result<Option<DeidCase>, Failure> {
        self.allow(Right::Read)?;
        let rows = self.record(Right::Export)?.feedback(&self.now_text())?;
        let approved = self.approved_texts()?;
        // Whether a text changed is told by taking identifiers out of it again, so what nobody has read comes first.
        let (read, unread): (Vec<_>, Vec<_>) = rows
            .iter()
            .filter(|r| r.id > after && unfit(r).is_none())
            .partition(|r| approved.reviews.contains_key(&r.id));
        if let Some(row) = unread.first() {
            return self.case(&approved.scrub, row, &[]).map(Some);
        }
        for row in read {
            if approved.of(self, row)? == Err(CHANGED) {
                return self.case(&approved.scrub, row, &[]).map(Some);
            }
        }
        Ok(None)
    }

    /// A decision's texts without identifiers, and without words that a reviewer wants out besides.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::NotFound`], or the record's.
    pub fn deid_case(&self, id: i64, also: &[String]) -> Result<DeidCase, Failure> {
        self.allow(Right::Read)?;
        let row = self.feedback_row(id)?;
        self.case(&Scrub::of(self)?, &row, also)
    }

    /// Keeps what a person found: that the texts of `hash` may leave, or that they may not.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Conflict`] when the texts are not those of `hash`, or the record's.
    pub fn review_deid(
        &self,
        id: i64,
        hash: &str,
        approved: bool,
        also: &[String],
    ) -> Result<(), Failure> {
        let case = self.deid_case(id, also)?;
        if approved && case.hash != hash {
            return Err(Failure::new(
                Code::Conflict,
                "These texts are not the ones that were shown. Look at them again, then approve what you see.",
            )
            .at(format!("row {id}")));
        }
        let mut record = self.record(Right::Export)?;
        let reviewer_id = record.who().name.clone();
        Ok(record.put_deid_review(&DeidReview {
            feedback_id: id,
            approved,
            reviewer_id,
            reviewed_at: self.now_text(),
            text_hash: case.hash,
            also: also.to_vec(),
        })?)
    }

    fn feedback_row(&self, id: i64) -> Result<FeedbackRow, Failure> {
        self.record(Right::Export)?
            .feedback_row(id, &self.now_text())?
            .ok_or_else(|| {
                Failure::new(
                    Code::NotFound,
                    "There is no decision of this number that is final.",
                )
                .at(format!("row {id}"))
            })
    }

    fn case(&self, scrub: &Scrub, row: &FeedbackRow, also: &[String]) -> Result<DeidCase, Failure> {
        let (texts, taken) = scrub.texts(self, row, also)?;
        // What is left may still tell of somebody: reading it is a view.
        self.note_here(
            "view_deid",
            "feedback",
            &row.id.to_string(),
            serde_json::json!({}),
        )?;
        Ok(DeidCase {
            id: row.id,
            hash: texts.hash(),
            prompt: texts.prompt.user,
            draft: texts.draft,
            reply: texts.reply,
            taken,
        })
    }
}
