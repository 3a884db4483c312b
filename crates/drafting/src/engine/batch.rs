//! Many drafts at once: who reads what in each pass.
//!
//! Drafts join and leave as they begin and end. In a pass every draft that
//! writes reads its last token, and the rest of the pass goes to the prompts of
//! those that come next: the most urgent, and of those the oldest. One that began
//! keeps its place. A draft that a person waits for goes alone.

use super::writing::{Rank, Shown, Turn, Writing};
use super::{Drafted, Engine, load::Model, prefix::Prefix};
use crate::ModelError;
use crate::decoder::{Logits, MOST_ROWS, Part, Sequence, Step};
use crate::model_file::KV_CONTEXTS;
use crate::prompt::Cut;
use contract::FinishReason;
use contract::frames::DraftJob;
use sha2::{Digest, Sha256};
use smallvec::{SmallVec, smallvec};

/// Most drafts that are written at once.
pub const AT_ONCE: usize = 16;
/// Rows of a pass that prompts may take while others write.
const READ_ROWS: usize = 256;
/// Most tokens that are guessed at once for a draft that is written alone.
pub const GUESS: usize = 3;
/// Tokens that must have come before, side by side, for a guess.
const SEEN: usize = 3;

/// One for each draft of a pass, without an allocation.
type FewOf<T> = SmallVec<[T; AT_ONCE]>;

/// What happened to a draft.
#[derive(Debug)]
pub enum Event {
    /// Its text so far.
    Text {
        /// The job.
        job: u64,
        /// Tidied as the final text will be.
        text: String,
        /// Tokens a second since the first one.
        pace: f64,
    },
    /// It ended.
    Ended {
        /// The job.
        job: u64,
        /// The draft, or why there is none.
        result: Result<Drafted, ModelError>,
    },
}

impl Engine {
    /// Takes a job; [`Engine::step`] makes it.
    ///
    /// # Errors
    /// [`ModelError::PromptTooLong`], or the tokenizer's.
    pub fn begin(&mut self, job: &DraftJob) -> Result<(), ModelError> {
        let (text, ids, left_out) = self.prompt_ids(job)?;
        let mut notes = Vec::new();
        if left_out > 0 {
            notes.push(format!(
                "The thread is long: the {left_out} oldest of its messages were not read for this draft."
            ));
        }
        notes.extend(Cut::of(job).notes());
        let mut sha = Sha256::new();
        ids.iter().for_each(|id| sha.update(id.to_le_bytes()));
        let hash = hex::encode(sha.finalize());
        if job.awaited {
            self.awaited = Some(job.job);
        }
        let mut writing = Writing::new(job.job, job.sampling, text, ids, hash, notes);
        writing.rank = Rank::of(job);
        self.join(writing);
        Ok(())
    }

    /// Takes a writing in by its turn.
    fn join(&mut self, writing: Writing) {
        let at = self.writings.partition_point(|w| w.rank <= writing.rank);
        self.writings.insert(at, writing);
    }

    /// Writes exactly `tokens` tokens for each of `messages`, which go on from `prefix`: ids all, for measuring.
    ///
    /// # Errors
    /// The decoder's. What is written for a measure need not be words.
    pub fn write_exact(
        &mut self,
        prefix: &[u32],
        messages: &[Vec<u32>],
        tokens: u32,
    ) -> Result<(), ModelError> {
        for (job, own) in (0..).zip(messages) {
            self.begin_exact(job, [prefix, own].concat(), tokens);
        }
        while self.is_busy() {
            for event in self.step(&mut || false) {
                if let Event::Ended {
                    result: Err(e @ ModelError::Engine(_)),
                    ..
                } = event
                {
                    return Err(e);
                }
            }
        }
        Ok(())
    }

    /// Takes a prompt as ids: exactly `tokens` tokens are written.
    fn begin_exact(&mut self, job: u64, ids: Vec<u32>, tokens: u32) {
        let sampling = contract::Sampling {
            max_tokens: tokens,
            ..contract::Sampling::default()
        };
        let text = crate::prompt::PromptText {
            system: String::new(),
            user: String::new(),
        };
        let mut writing = Writing::new(job, sampling, text, ids, String::new(), Vec::new());
        writing.exact = true;
        self.join(writing);
    }

    /// Shares other ids than the prompt's own, for measuring; kept at `path`, if there is one.
    ///
    /// # Errors
    /// The decoder's.
    pub fn share(
        &mut self,
        ids: Vec<u32>,
        path: Option<&std::path::Path>,
    ) -> Result<(), ModelError> {
        if let Model::Own(decoder) = &mut self.model {
            // Not both at once: on a small model a prefix is much of what is held.
            self.prefix = None;
            self.prefix = Some(match path {
                Some(path) => Prefix::load_or_make(decoder, ids, &self.sha256, path)?,
                None => Prefix {
                    kv: Prefix::make(decoder, &ids)?,
                    ids,
                },
            });
        }
        Ok(())
    }

    /// Whether there is a draft to be made.
    pub fn is_busy(&self) -> bool {
        !self.writings.is_empty()
    }

    /// Ends a draft early; what is written is kept.
    pub fn stop(&mut self, job: u64) {
        if let Some(w) = self.writings.iter_mut().find(|w| w.job == job) {
            w.stopped = true;
        }
    }

    /// Lets one draft go before all others, until it ends.
    pub fn prefer(&mut self, job: u64) {
        self.awaited = Some(job);
    }

    /// One pass; every event that it led to. `interrupted` is asked within it: when
    /// it says yes the pass is given up, and the next one begins anew.
    pub fn step(&mut self, interrupted: &mut dyn FnMut() -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        for i in (0..self.writings.len()).rev() {
            if self.writings[i].stopped {
                let w = self.writings.remove(i);
                events.push(Event::Ended {
                    job: w.job,
                    result: w.end(FinishReason::Stopped, &self.words),
                });
            }
        }
        if self.writings.is_empty() {
            return events;
        }
        let present = match &self.model {
            Model::Own(_) => self.present(),
            Model::Candle(_) => smallvec![self.alone()],
        };
        let jobs: FewOf<u64> = present.iter().map(|i| self.writings[*i].job).collect();
        let turns = match &self.model {
            Model::Own(_) => self.pass(present, interrupted),
            Model::Candle(_) => self.one_alone(present[0]),
        };
        match turns {
            Ok(turns) => {
                for (job, turn) in turns {
                    match turn {
                        Turn::On(None) => {}
                        Turn::On(Some(Shown { text, pace })) => {
                            events.push(Event::Text { job, text, pace });
                        }
                        Turn::End(result) => {
                            self.writings.retain(|w| w.job != job);
                            events.push(Event::Ended { job, result });
                        }
                    }
                }
            }
            // A pass that fails fails for all that were in it; those behind them have not begun.
            Err(e) => {
                let why = e.to_string();
                for w in self.writings.extract_if(.., |w| jobs.contains(&w.job)) {
                    events.push(Event::Ended {
                        job: w.job,
                        result: Err(ModelError::Engine(why.clone())),
                    });
                }
            }
        }
        events
    }

    /// Which writings take part in the next pass, by place: the one that a person waits for alone, and else those that have
    /// a cache and as many of the next as there is room for.
    pub(super) fn present(&self) -> FewOf<usize> {
        if let Some(i) = self
            .awaited
            .and_then(|j| self.writings.iter().position(|w| w.job == j))
        {
            return smallvec![i];
        }
        let mut present: FewOf<usize> = SmallVec::new();
        let mut room = self.room();
        for has_cache in [true, false] {
            for (i, w) in self.writings.iter().enumerate() {
                if w.sequence.is_some() != has_cache {
                    continue;
                }
                let need = self.need(w);
                // One draft is made however long it is.
                if !has_cache && !present.is_empty() && (need > room || present.len() == AT_ONCE) {
                    break;
                }
                room = room.saturating_sub(need);
                present.push(i);
            }
        }
        present.sort_unstable();
        present
    }

    /// Tokens that all caches of drafts together may hold: what memory was foreseen for. What they share is held once.
    pub(super) fn room(&self) -> usize {
        let shared = self.prefix.as_ref().map_or(0, |p| p.ids.len());
        (KV_CONTEXTS * self.context)
            .saturating_sub(shared)
            .min(self.caches())
    }

    /// Tokens that the cache of a writing has room for.
    pub(super) fn need(&self, w: &Writing) -> usize {
        let shared = self.prefix.as_ref().map_or(0, |p| p.shared_with(&w.prompt));
        Sequence::capacity_for(shared, Self::own(w, shared))
    }

    /// Tokens of a writing that no prefix has, with room for all it may write.
    fn own(w: &Writing, shared: usize) -> usize {
        w.prompt.len() - shared + w.sampling.max_tokens as usize + GUESS + 1
    }

    /// Takes caches away until there is room for one of a writing, those first that hold the least: such a draft begins anew.
    /// Only one that a person waits for needs that, since the others come when there is room.
    fn make_room(&mut self, i: usize) {
        let need = self.need(&self.writings[i]);
        loop {
            let others = self.writings.iter().enumerate();
            let others = others.filter(|(n, w)| *n != i && w.sequence.is_some());
            let taken: usize = others.clone().map(|(_, w)| self.need(w)).sum();
            let full = taken + need > self.room() || others.clone().count() == AT_ONCE;
            let least = others.min_by_key(|(_, w)| w.read + w.written.len());
            match least.map(|(n, _)| n) {
                Some(n) if full => self.writings[n].restart(),
                _ => return,
            }
        }
    }

    /// Tokens whose keys and values take a third of what the weights take. The caches of a small model are large beside its
    /// weights and it gains little from many drafts at once, since its reading costs more than its weights' way to the processor.
    fn caches(&self) -> usize {
        match &self.model {
            Model::Own(decoder) => decoder.weights() / 3 / decoder.kv_shape().bytes(),
            Model::Candle(_) => usize::MAX,
        }
    }

    /// One pass of the project's decoder.
    fn pass(
        &mut self,
        present: FewOf<usize>,
        interrupted: &mut dyn FnMut() -> bool,
    ) -> Result<FewOf<(u64, Turn)>, ModelError> {
        if let [i] = present[..]
            && self.writings[i].sequence.is_none()
        {
            self.make_room(i);
        }
        let Model::Own(decoder) = &mut self.model else {
            return Err(ModelError::Engine("no decoder".into()));
        };
        let alone = present.len() == 1;
        let mut plan: FewOf<(usize, SmallVec<[u32; GUESS + 1]>, Logits)> = SmallVec::new();
        let writing = present
            .iter()
            .filter(|i| self.writings[**i].is_read())
            .count();
        let mut rows = if writing == 0 { MOST_ROWS } else { READ_ROWS };
        for i in present {
            let w = &mut self.writings[i];
            w.begin();
            if w.sequence.is_none() {
                let prefix = self.prefix.as_ref();
                let kv = prefix.map(|p| std::sync::Arc::clone(&p.kv));
                w.read = prefix.map_or(0, |p| p.shared_with(&w.prompt));
                let own = Self::own(w, w.read);
                w.sequence = Some(Sequence::after(decoder.kv_shape(), kv, w.read, own));
            }
            if let Some(token) = w.pending.take() {
                let mut tokens: SmallVec<[u32; GUESS + 1]> = smallvec![token];
                let len = w.sequence.as_ref().map_or(0, Sequence::len);
                if alone && len + GUESS < self.context {
                    tokens.extend_from_slice(guess(&w.prompt, &w.written, self.guess));
                }
                let logits = if tokens.len() > 1 {
                    Logits::All
                } else {
                    Logits::Last
                };
                plan.push((i, tokens, logits));
            } else if rows > 0 {
                let end = w.prompt.len().min(w.read + rows);
                let tokens = SmallVec::from_slice(&w.prompt[w.read..end]);
                rows -= tokens.len();
                let last = end == w.prompt.len();
                plan.push((i, tokens, if last { Logits::Last } else { Logits::None }));
            }
        }
        let mut taken: FewOf<(usize, Sequence)> = SmallVec::new();
        for (i, _, _) in &plan {
            if let Some(s) = self.writings[*i].sequence.take() {
                taken.push((*i, s));
            }
        }
        let mut steps: FewOf<Step<'_>> = taken
            .iter_mut()
            .zip(&plan)
            .map(|((i, sequence), (_, tokens, logits))| Step {
                sequence,
                part: if self.writings[*i].is_read() {
                    Part::Draft
                } else {
                    Part::Prompt
                },
                tokens,
                logits: *logits,
            })
            .collect();
        let vocabulary = decoder.config().vocabulary;
        let read = decoder.forward_unless(&mut steps, interrupted);
        drop(steps);
        let Some(logits) = read? else {
            for ((i, sequence), (_, tokens, _)) in taken.into_iter().zip(plan) {
                let w = &mut self.writings[i];
                if w.is_read() {
                    w.pending = tokens.first().copied();
                }
                w.sequence = Some(sequence);
            }
            return Ok(FewOf::new());
        };
        let mut rows = logits.chunks_exact_mut(vocabulary);
        let mut turns = FewOf::new();
        for ((i, mut sequence), (_, tokens, wanted)) in taken.into_iter().zip(plan) {
            let w = &mut self.writings[i];
            if !w.is_read() {
                w.read += tokens.len();
            }
            let mut given: SmallVec<[&mut [f32]; GUESS + 1]> = match wanted {
                Logits::None => SmallVec::new(),
                Logits::Last => rows.next().into_iter().collect(),
                Logits::All => rows.by_ref().take(tokens.len()).collect(),
            };
            let before = sequence.len() - tokens.len();
            let mut shown = None;
            let mut end = None;
            for (n, row) in given.iter_mut().enumerate() {
                match w.choose(
                    row,
                    &self.tokenizer,
                    &self.words,
                    &self.stops,
                    self.show_every,
                ) {
                    Turn::End(result) => {
                        end = Some(result);
                        break;
                    }
                    Turn::On(now) => shown = now.or(shown),
                }
                // A guess is right as long as the choice is what was guessed.
                if wanted == Logits::All && tokens.get(n + 1) != w.pending.as_ref() {
                    sequence.truncate(before + n + 1);
                    break;
                }
            }
            w.sequence = Some(sequence);
            turns.push((w.job, end.map_or(Turn::On(shown), Turn::End)));
        }
        Ok(turns)
    }

    /// The writing that candle's models are at: one that began goes to its end.
    fn alone(&self) -> usize {
        let begun = self.writings.iter().position(|w| w.read > 0);
        begun.unwrap_or_else(|| self.present()[0])
    }

    /// One token with candle's models, which keep one text at a time.
    fn one_alone(&mut self, i: usize) -> Result<FewOf<(u64, Turn)>, ModelError> {
        let Model::Candle(model) = &mut self.model else {
            return Err(ModelError::Engine("no model".into()));
        };
        let w = &mut self.writings[i];
        w.begin();
        let mut logits = if w.is_read() {
            let token = w.pending.take().into_iter().collect::<Vec<_>>();
            model.forward(&token, w.prompt.len() + w.written.len() - 1)?
        } else {
            w.read = w.prompt.len();
            model.forward(&w.prompt, 0)?
        };
        let turn = w.choose(
            &mut logits,
            &self.tokenizer,
            &self.words,
            &self.stops,
            self.show_every,
        );
        Ok(smallvec![(w.job, turn)])
    }
}

/// What followed the last words where they stood before, in the draft or in the
/// prompt (prompt-lookup decoding: Saxena, 2023). A reply repeats drug names
/// and the patient's own words.
fn guess<'a>(prompt: &'a [u32], written: &'a [u32], most: usize) -> &'a [u32] {
    let Some(start) = written.len().checked_sub(SEEN) else {
        return &[];
    };
    let tail = &written[start..];
    let after = |text: &'a [u32]| {
        let at = text.windows(SEEN).rposition(|w| w == tail)? + SEEN;
        let guess = &text[at..text.len().min(at + most)];
        (!guess.is_empty()).then_some(guess)
    };
    after(&written[..written.len() - 1])
        .or_else(|| after(prompt))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_what_followed_last_time() {
        assert_eq!(guess(&[1, 2, 3, 4, 5, 6, 7], &[9, 2, 3, 4], 3), [5, 6, 7]);
        assert_eq!(guess(&[1, 2, 3], &[9, 2, 3], 3), [0u32; 0]);
        assert_eq!(guess(&[], &[1, 2, 3, 8, 1, 2, 3], 3), [8, 1, 2]);
        assert_eq!(guess(&[1], &[1], 3), [0u32; 0]);
    }
}
