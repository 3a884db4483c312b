//! The last look at a reply: what goes out, to whom, under which words of
//! disclosure, and what became of each finding.

use crate::Desk;
use crate::review::{hold_back, settled};
use crate::session::OpenRecord;
use clinical::disclosure::{self, Disclosed, Pack};
use contract::{
    Code, DecisionKind, DecisionRequest, Failure, Finding, Licence, Right, SenderRole, Settings,
    Settled, SignOff, StartMode,
};

/// The packs of disclosure that are built in.
///
/// # Errors
/// [`Code::Internal`]: a test keeps the file sound.
pub(crate) fn packs() -> Result<Vec<Pack>, Failure> {
    disclosure::packs(include_str!("../../../assets/disclosure/packs.toml"))
        .map_err(|e| Failure::new(Code::Internal, e))
}

/// A reply as it goes out.
pub(crate) struct Outgoing {
    /// The whole text.
    pub(crate) text: String,
    /// The words of disclosure that stand over it.
    disclosure: Option<String>,
    /// Why there are some, or none.
    why: String,
}

impl Outgoing {
    /// What is shown of it before it goes out.
    pub(crate) fn sign_off(
        self,
        to: String,
        kind: DecisionKind,
        (findings, mended): (Vec<Settled>, Vec<Finding>),
        undo_seconds: u32,
    ) -> SignOff {
        SignOff {
            to,
            kind,
            text: self.text,
            disclosure: self.disclosure,
            disclosure_why: self.why,
            findings,
            mended,
            undo_seconds,
        }
    }
}

/// Who gets a reply: the patient, or whoever writes for them.
pub(crate) fn addressee(proxy: &str, patient: &str) -> String {
    match proxy {
        "" => patient.to_owned(),
        proxy => format!("{proxy}, for {patient}"),
    }
}

/// There is nothing to sign off.
pub(crate) fn no_reply() -> Failure {
    Failure::new(
        Code::Incomplete,
        "This decision sends no reply: there is nothing to sign off.",
    )
}

impl Desk {
    /// What will happen when the reply is signed off.
    ///
    /// # Errors
    /// Those of [`Desk::decide`] that can be known before: no text, findings that nobody resolved.
    pub fn sign_off(&self, request: &DecisionRequest) -> Result<SignOff, Failure> {
        if let Some(open) = self.practised(&request.message_id)? {
            return self.sign_off_practice(&open, request);
        }
        let settings = self.settings()?;
        let draft = self.draft_text(request)?;
        let (kind, text) = settled(request, draft.as_deref())?;
        let Some(text) = text else {
            return Err(no_reply());
        };
        let findings = self.findings(request, kind, &text)?;
        hold_back(&findings)?;
        let mended = self.mended(request, kind, draft.as_deref(), &findings)?;
        let record = self.record(Right::Decide)?;
        let message = record.open_message(&request.message_id)?.message;
        let patient = record.patient(&message.patient_id)?.name;
        let outgoing = self.outgoing(&record, &settings, request, kind, &text)?;
        let proxy = match message.sender_role {
            SenderRole::Proxy => message.sender_name.as_str(),
            _ => "",
        };
        let to = addressee(proxy, &patient);
        Ok(outgoing.sign_off(to, kind, (findings, mended), settings.undo_seconds))
    }

    /// The findings in a reply, and what the person says of each. Words written by hand are held to fewer.
    pub(crate) fn findings(
        &self,
        request: &DecisionRequest,
        kind: DecisionKind,
        text: &str,
    ) -> Result<Vec<Settled>, Failure> {
        let mode = match kind {
            DecisionKind::Rewritten => StartMode::Blank,
            _ => StartMode::Draft,
        };
        let found = self.check(&request.message_id, text, mode)?.findings;
        Ok(found
            .into_iter()
            .map(|finding| Settled {
                checked: request.checked.contains(&finding.key()),
                finding,
            })
            .collect())
    }

    /// The findings in a draft that the reply made of it has no more.
    pub(crate) fn mended(
        &self,
        request: &DecisionRequest,
        kind: DecisionKind,
        draft: Option<&str>,
        found: &[Settled],
    ) -> Result<Vec<Finding>, Failure> {
        // Own words mend nothing: they are held to fewer kinds.
        let Some(draft) = draft.filter(|_| kind == DecisionKind::Edited) else {
            return Ok(Vec::new());
        };
        let before = self.check(&request.message_id, draft, StartMode::Draft)?;
        let mut mended = before.findings;
        mended.retain(|f| found.iter().all(|s| s.finding.key() != f.key()));
        Ok(mended)
    }

    /// A reply as it goes out, with the clinic's words of disclosure where they apply.
    pub(crate) fn outgoing(
        &self,
        record: &OpenRecord<'_>,
        settings: &Settings,
        request: &DecisionRequest,
        kind: DecisionKind,
        text: &str,
    ) -> Result<Outgoing, Failure> {
        let id = &request.message_id;
        let patient = record.patient(&record.message(id)?.patient_id)?;
        let generated = is_generated(kind, text, &record.draft_texts(id)?);
        let licence = record.who().licence;
        self.disclosed(settings, (generated, licence, &patient.language), text)
    }

    /// A reply under the clinic's words of disclosure, where they apply: to a text that rests on a model's words or not, of
    /// somebody with a licence, in a language.
    pub(crate) fn disclosed(
        &self,
        settings: &Settings,
        (generated, licence, language): (bool, Licence, &str),
        text: &str,
    ) -> Result<Outgoing, Failure> {
        let pack = self
            .packs()
            .iter()
            .find(|p| p.id == settings.jurisdiction)
            .ok_or_else(|| {
                Failure::new(
                    Code::NotFound,
                    "The clinic's words of disclosure are not there. Choose others in Settings; nothing was sent.",
                )
            })?;
        let said = pack.of(disclosure::Reply {
            generated,
            licence,
            language,
            contact: settings.contact.trim(),
        });
        Ok(match said {
            Disclosed::Words(words) => Outgoing {
                text: format!("{words}\n\n{text}"),
                disclosure: Some(words),
                why: format!("{}: {}", pack.title, pack.source),
            },
            Disclosed::Nothing(why) => Outgoing {
                text: text.to_owned(),
                disclosure: None,
                why: why.to_owned(),
            },
        })
    }
}

/// Whether a reply rests on a model's words: it began as a draft, or half of its own words are those of one, whatever
/// the editor began with.
pub(crate) fn is_generated(kind: DecisionKind, text: &str, drafts: &[String]) -> bool {
    kind != DecisionKind::Rewritten
        || drafts
            .iter()
            .any(|draft| records::measure::kept(text, draft) >= 0.5)
}
