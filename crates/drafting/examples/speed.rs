//! Prefill and decode speed of a model: `speed MODEL [TIER] [THREADS]`.

use drafting::engine::{Engine, Setup};
use drafting::kernels::Tier;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut setup = Setup::default();
    if let Some(t) = args.get(2).and_then(|t| Tier::named(t)) {
        setup.tier = t;
    }
    if let Some(n) = args.get(3).and_then(|t| t.parse().ok()) {
        setup.threads = n;
    }
    let sha = args.get(4).map(String::as_str);
    let begun = Instant::now();
    let mut e = Engine::open(std::path::Path::new(&args[1]), sha, setup).expect("opens");
    println!(
        "load {:.3} s, tier {:?}",
        begun.elapsed().as_secs_f64(),
        setup.tier
    );
    let text = "The patient writes that the knee is still swollen after the walk and asks what to do next. ".repeat(64);
    let mut ids = e.tokenizer().encode(&text).expect("encodes");
    ids.truncate(512);
    for _ in 0..2 {
        let b = Instant::now();
        e.forward(&ids, 0).expect("prefill");
        let p = 512.0 / b.elapsed().as_secs_f64();
        let b = Instant::now();
        for i in 0..64 {
            e.forward(&ids[i..=i], 512 + i).expect("decode");
        }
        println!(
            "prompt {p:.1} tok/s, generate {:.1} tok/s",
            64.0 / b.elapsed().as_secs_f64()
        );
    }
    if let Some(d) = e.decoder() {
        use drafting::decoder::{Logits, Sequence, Step};
        for n in [1usize, 2, 4, 8, 12, 16] {
            let shape = d.kv_shape();
            let mut all: Vec<Sequence> = (0..n).map(|_| Sequence::new(shape, None, 256)).collect();
            for s in &mut all {
                d.forward(&mut [Step {
                    sequence: s,
                    tokens: &ids[..200],
                    logits: Logits::None,
                }])
                .expect("reads");
            }
            let b = Instant::now();
            for i in 0..24 {
                let mut steps: Vec<Step<'_>> = all
                    .iter_mut()
                    .map(|s| Step {
                        sequence: s,
                        tokens: &ids[i..=i],
                        logits: Logits::Last,
                    })
                    .collect();
                d.forward(&mut steps).expect("reads");
            }
            println!(
                "{n} at once: {:.1} tok/s",
                24.0 * n as f64 / b.elapsed().as_secs_f64()
            );
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for l in status
        .lines()
        .filter(|l| l.starts_with("VmHWM") || l.starts_with("RssFile") || l.starts_with("RssAnon"))
    {
        println!("{l}");
    }
}
