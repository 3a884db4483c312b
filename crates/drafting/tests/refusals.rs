//! Models that are not loaded: what a file holds and nothing here heeds, and what does not fit into memory; and the word in
//! the log when packed weights are damaged.

mod support;

use candle_core::quantized::{GgmlDType, gguf_file::Value};
use contract::{Code, Failure};
use drafting::ModelError;
use drafting::engine::{Engine, Setup, made_folder};
use drafting::gguf::Header;
use drafting::model_file::Summary;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use support::synthetic::Synthetic;

fn written(model: &Synthetic) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = model.write(folder.path());
    (folder, path)
}

fn summary(path: &Path) -> Result<Summary, ModelError> {
    let mut file = std::fs::File::open(path)?;
    Summary::of(&Header::read(&mut file)?)
}

/// Refused when it is imported and when it is loaded, for this reason, and nothing is left beside it.
fn refused(model: &Synthetic, why: &str) {
    let (_folder, path) = written(model);
    let opened = Engine::open(&path, None, Setup::default()).map(|_| ());
    for outcome in [summary(&path).map(|_| ()), opened] {
        match outcome {
            Err(e @ ModelError::Unheeded(_)) => {
                assert!(e.to_string().contains(why), "{why}: {e}");
                assert_eq!(Failure::from(e).code, Code::ModelArchitecture);
            }
            other => panic!("{why}: {other:?}"),
        }
    }
    assert!(!made_folder(&path).exists(), "{why}");
}

/// Taken, by the project's decoder or by candle's model.
fn taken(model: &Synthetic, own: bool) {
    let (_folder, path) = written(model);
    summary(&path).expect("taken");
    let mut engine = Engine::open(&path, None, Setup::default()).expect("opens");
    assert_eq!(engine.decoder().is_some(), own);
    let logits = engine.forward(&[5, 6, 7], 0).expect("reads");
    assert!(logits.iter().all(|l| l.is_finite()));
}

/// Weights that are not quantised: candle's way.
fn floats(architecture: &'static str) -> Synthetic {
    Synthetic {
        format: |_, _| GgmlDType::F16,
        ..Synthetic::new(architecture)
    }
}

#[test]
fn positions_that_nothing_here_stretches_are_refused() {
    let text = |s: &str| Value::String(s.into());
    for architecture in ["llama", "qwen2", "qwen3"] {
        for model in [Synthetic::new(architecture), floats(architecture)] {
            for kind in ["yarn", "linear", "longrope", "a kind of tomorrow"] {
                let model = model.clone().key("rope.scaling.type", text(kind));
                refused(&model, kind);
            }
            let model = model.clone().key("rope.scaling.factor", Value::F32(4.0));
            refused(&model, "stretched by 4");
        }
    }
    taken(
        &Synthetic::new("llama").key("rope.scaling.type", text("none")),
        true,
    );
    taken(
        &floats("llama").key("rope.scaling.factor", Value::F32(1.0)),
        false,
    );
}

#[test]
fn heads_that_are_turned_in_part_are_refused() {
    for model in [
        Synthetic::new("llama"),
        floats("llama"),
        Synthetic::new("qwen3"),
        floats("qwen3"),
    ] {
        refused(
            &model.key("rope.dimension_count", Value::U32(32)),
            "32 of 64 columns",
        );
    }
    let model = Synthetic::new("qwen2").key("attention.value_length", Value::U32(32));
    refused(&model, "values of 32");
}

#[test]
fn a_tensor_that_nothing_reads_refuses_the_model() {
    for name in [
        "blk.0.attn_output.bias",
        "blk.1.ffn_down.bias",
        "blk.3.attn_norm.weight",
        "blk.0.post_attention_norm.weight",
        "output.bias",
    ] {
        for mut model in [
            Synthetic::new("llama"),
            floats("llama"),
            Synthetic::new("qwen2"),
            floats("qwen3"),
        ] {
            model.vectors = vec![(name.into(), 256)];
            refused(&model, name);
        }
    }
    // Biases of a llama: the project's decoder adds them, candle's llama would not.
    let mut model = Synthetic::new("llama");
    model.vectors = vec![("blk.0.attn_q.bias".into(), 256)];
    taken(&model, true);
    let mut model = floats("llama");
    model.vectors = vec![("blk.0.attn_q.bias".into(), 256)];
    refused(&model, "blk.0.attn_q.bias");
    // Heads of a width of their own, which candle's llama has not.
    let wide = |model: Synthetic| Synthetic { dim: 128, ..model };
    taken(&wide(Synthetic::new("llama")), true);
    refused(&wide(floats("llama")), "128 columns");
    taken(&wide(floats("qwen3")), false);
}

/// As README.md says: Llama 3.1 and later run where their weights are quantised, and only there.
#[test]
fn llama_3_1_and_later_run_where_the_decoder_runs_them() {
    let mut quantised = Synthetic::new("llama");
    quantised.vectors = vec![("rope_freqs.weight".into(), quantised.dim / 2)];
    taken(&quantised, true);
    let mut plain = floats("llama");
    plain.vectors = quantised.vectors;
    refused(&plain, "rope_freqs.weight");
    let readme = include_str!("../../../README.md");
    assert!(readme.contains("Llama 3.1 and later run when their weights are quantised"));
}

#[test]
fn a_model_that_does_not_fit_is_refused_before_anything_is_made_of_it() {
    for model in [Synthetic::new("llama"), floats("qwen3")] {
        let (_folder, path) = written(&model);
        let need = summary(&path).expect("taken").memory;
        let with = |memory: u64| Setup {
            memory,
            ..Setup::default()
        };
        let sha = |path: &Path| {
            let file = std::fs::File::open(path).expect("opens");
            drafting::model_file::hash(&mut &file, |_| ()).expect("hashed")
        };
        let sha = sha(&path);
        let check = |sha: Option<&str>| {
            for memory in [need / 2, need - 1] {
                let Err(e) = Engine::open(&path, sha, with(memory)) else {
                    panic!("it was loaded");
                };
                let words = e.to_string();
                assert!(matches!(e, ModelError::Memory { .. }), "{words}");
                for number in [need >> 20, memory >> 20] {
                    assert!(words.contains(&format!("{number} MB")), "{words}");
                }
            }
        };
        check(None);
        check(Some(&sha));
        assert!(!made_folder(&path).exists(), "nothing was packed");
        // With just enough it is loaded, and one byte less refuses it again, packed or not.
        Engine::open(&path, None, with(need)).expect("opens");
        let before = files(&made_folder(&path));
        check(Some(&sha));
        check(None);
        assert_eq!(files(&made_folder(&path)), before);
    }
}

/// Names and times of a folder's files.
fn files(folder: &Path) -> Vec<(PathBuf, std::time::SystemTime)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut all: Vec<_> = entries
        .flatten()
        .map(|e| {
            let changed = e.metadata().and_then(|m| m.modified()).expect("a time");
            (e.path(), changed)
        })
        .collect();
    all.sort();
    all
}

/// Keeps the words of warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Words(String);
        impl tracing::field::Visit for Words {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{}: {value:?}; ", field.name()));
            }
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().expect("words").push(words.0);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn damaged_packed_weights_leave_a_word_in_the_log() {
    let (_folder, path) = written(&Synthetic::new("llama"));
    let warnings = Warnings::default();
    let said = || std::mem::take(&mut *warnings.0.lock().expect("words"));
    tracing::subscriber::with_default(warnings.clone(), || {
        let first = Engine::open(&path, None, Setup::default()).expect("opens");
        let sha = first.sha256().to_owned();
        assert_eq!(said(), [""; 0], "the first start has nothing to warn of");
        let packed = made_folder(&path).join("packed");
        let sound = std::fs::read(&packed).expect("packed");
        // With the hash known beforehand, as the desk starts it, and without.
        for sha in [None, Some(&*sha)] {
            for (at, why) in [(0, "version"), (sound.len() - 9, "changed")] {
                let mut bytes = sound.clone();
                bytes[at] ^= 0x40;
                std::fs::write(&packed, &bytes).expect("written");
                Engine::open(&path, sha, Setup::default()).expect("opens");
                let words = said();
                assert_eq!(words.len(), 1, "one word: {words:?}");
                assert!(
                    words[0].contains("made anew") && words[0].contains(why),
                    "{words:?}"
                );
            }
            std::fs::write(&packed, &sound[..sound.len() - 9]).expect("written");
            Engine::open(&path, sha, Setup::default()).expect("opens");
            let words = said();
            assert!(
                words.len() == 1 && words[0].contains("cut off"),
                "{words:?}"
            );
            Engine::open(&path, sha, Setup::default()).expect("opens");
            assert_eq!(said(), [""; 0], "what was made anew is sound");
        }
    });
}
