//! llama.cpp as its pinned source distribution has it, built for this machine.

use crate::packages;
use crate::step::{run, say, target};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The Python package that carries llama.cpp's source (build 0c1e570).
const PACKAGE: &str = "llama-cpp-python==0.3.36";
const FILE: &str = "llama_cpp_python-0.3.36.tar.gz";
const SHA256: &str = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e";
/// Tokens of a reply.
const REPLY: usize = 100;
/// Tokens of a chunk of the text that perplexity is taken of; the second half of each counts.
const CONTEXT: usize = 512;

/// A built llama.cpp.
pub(super) struct Peer {
    bin: PathBuf,
}

/// Builds it, once: natively, or for AVX2 and no more.
pub(super) fn build(plain: bool) -> Result<Peer> {
    let folder = target().join("peer");
    let build = folder.join(if plain { "build-avx2" } else { "build-native" });
    let bin = build.join("bin");
    let mut targets = vec!["llama-bench", "llama-server", "llama-perplexity"];
    // The reference in full floats is made once, by the native build.
    if !plain {
        targets.push("llama-quantize");
    }
    if targets.iter().all(|t| bin.join(t).exists()) {
        return Ok(Peer { bin });
    }
    packages::need(&["cmake", "ninja-build"])?;
    std::fs::create_dir_all(&folder)?;
    let archive = folder.join(FILE);
    if !archive.exists() {
        run(Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps"])
            .args(["--no-binary", "llama-cpp-python", PACKAGE, "--dest"])
            .arg(&folder))?;
    }
    let found = hex::encode(Sha256::digest(std::fs::read(&archive)?));
    if found != SHA256 {
        bail!("{} is not the pinned source", archive.display());
    }
    run(Command::new("tar")
        .arg("xzf")
        .arg(&archive)
        .arg("-C")
        .arg(&folder))?;
    let source = folder.join("llama_cpp_python-0.3.36/vendor/llama.cpp");
    let mut configure = Command::new("cmake");
    configure.args([
        "-G",
        "Ninja",
        "-DCMAKE_BUILD_TYPE=Release",
        "-DLLAMA_CURL=OFF",
    ]);
    configure.args([
        "-DLLAMA_BUILD_TESTS=OFF",
        "-DLLAMA_BUILD_EXAMPLES=OFF",
        "-DBUILD_SHARED_LIBS=OFF",
    ]);
    if plain {
        configure.args([
            "-DGGML_NATIVE=OFF",
            "-DGGML_AVX2=ON",
            "-DGGML_FMA=ON",
            "-DGGML_F16C=ON",
        ]);
        configure.args(["-DGGML_AVX512=OFF", "-DGGML_AVX_VNNI=OFF"]);
    } else {
        configure.arg("-DGGML_NATIVE=ON");
    }
    run(configure.arg("-S").arg(&source).arg("-B").arg(&build))?;
    run(Command::new("cmake")
        .arg("--build")
        .arg(&build)
        .arg("--target")
        .args(targets))?;
    Ok(Peer { bin })
}

impl Peer {
    /// Prefill of 512 tokens, in tokens a second: the better of flash attention on and off.
    pub(super) fn prompt(&self, model: &Path, threads: usize) -> Result<f64> {
        self.llama_bench(model, threads, &["-p", "512", "-n", "0"])
    }

    /// Decode of 128 tokens at depth 512, in tokens a second.
    pub(super) fn generate(&self, model: &Path, threads: usize) -> Result<f64> {
        self.llama_bench(model, threads, &["-p", "0", "-n", "128", "-d", "512"])
    }

    /// What the same weights in full floats expect after each token of `text`: a file
    /// for [`Peer::divergence`] and `countersign bench --reference`. Made once.
    pub(super) fn reference(
        &self,
        model: &Path,
        text: &Path,
        threads: usize,
        chunks: usize,
    ) -> Result<PathBuf> {
        let folder = target().join("peer");
        let name = model.file_stem().context("a model's name")?;
        let name = name.to_string_lossy();
        let made = folder.join(format!("{name}-{chunks}.logits"));
        if made.exists() {
            return Ok(made);
        }
        let full = folder.join(format!("{name}-f32.gguf"));
        say(&format!(
            "{name}: the reference in full floats, once; it takes minutes"
        ));
        quietly(
            Command::new(self.bin.join("llama-quantize"))
                .arg("--allow-requantize")
                .args([model, &full])
                .arg("F32"),
        )?;
        let begun = made.with_extension("part");
        let written = quietly(
            self.perplexity(&full, threads)
                .args(["-c", &CONTEXT.to_string(), "--chunks", &chunks.to_string()])
                .arg("-f")
                .arg(text)
                .arg("--kl-divergence-base")
                .arg(&begun),
        );
        // Gigabytes that nothing else needs.
        std::fs::remove_file(&full)?;
        written?;
        std::fs::rename(&begun, &made)?;
        Ok(made)
    }

    /// Mean KL divergence from the reference in nats, and the text's perplexity.
    pub(super) fn divergence(
        &self,
        model: &Path,
        reference: &Path,
        threads: usize,
    ) -> Result<(f64, f64)> {
        let out = quietly(
            self.perplexity(model, threads)
                .args(["-c", &CONTEXT.to_string(), "--kl-divergence"])
                .arg("--kl-divergence-base")
                .arg(reference),
        )?;
        let after = |what: &str| {
            let line = out.lines().find(|l| l.starts_with(what))?;
            line[what.len()..]
                .trim_start_matches([' ', ':'])
                .split(' ')
                .next()?
                .parse()
                .ok()
        };
        let found = after("Mean    KLD").zip(after("Mean PPL(Q)"));
        found.context("llama-perplexity printed no divergence")
    }

    fn perplexity(&self, model: &Path, threads: usize) -> Command {
        let mut command = Command::new(self.bin.join("llama-perplexity"));
        command.arg("-m").arg(model);
        command.args(["-t", &threads.to_string(), "-b", "512", "-fa", "on"]);
        command
    }

    fn llama_bench(&self, model: &Path, threads: usize, args: &[&str]) -> Result<f64> {
        let out = Command::new(self.bin.join("llama-bench"))
            .args([
                "-o",
                "json",
                "-r",
                "1",
                "-fa",
                "0,1",
                "-t",
                &threads.to_string(),
            ])
            .args(args)
            .arg("-m")
            .arg(model)
            .output()?;
        let found: Value = serde_json::from_slice(&out.stdout)
            .with_context(|| String::from_utf8_lossy(&out.stderr).into_owned())?;
        let runs = found.as_array().context("no runs")?;
        Ok(runs
            .iter()
            .filter_map(|r| r["avg_ts"].as_f64())
            .fold(0.0, f64::max))
    }

    /// Seconds from a start until the server is ready.
    pub(super) fn load(&self, model: &Path, threads: usize) -> Result<f64> {
        let begun = Instant::now();
        let _server = self.server(model, threads, 1)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Seconds from a start to the first token of a reply.
    pub(super) fn restart(&self, model: &Path, threads: usize, prompts: &Value) -> Result<f64> {
        let begun = Instant::now();
        let server = self.server(model, threads, 1)?;
        server.complete(prompts, 0, 1)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Seconds from a message to its first token, with the prefix in the server's cache.
    pub(super) fn first_token(&self, model: &Path, threads: usize, prompts: &Value) -> Result<f64> {
        let server = self.server(model, threads, 1)?;
        server.complete(prompts, 0, 1)?;
        let begun = Instant::now();
        server.complete(prompts, 1, 1)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Drafts an hour with some slots, and the server's peak memory in MB.
    pub(super) fn drafts(
        &self,
        model: &Path,
        threads: usize,
        slots: usize,
        prompts: &Value,
    ) -> Result<(f64, f64)> {
        let server = self.server(model, threads, slots)?;
        let count = prompts["messages"].as_array().map_or(0, Vec::len);
        // Each slot has the prefix before the clock starts, as our side has.
        (0..slots).try_for_each(|slot| server.prefix(prompts, slot))?;
        let begun = Instant::now();
        let next = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|s| {
            let all: Vec<_> = (0..slots)
                .map(|_| {
                    s.spawn(|| -> Result<()> {
                        loop {
                            let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                            if n >= count {
                                return Ok(());
                            }
                            server.complete(prompts, n, REPLY)?;
                        }
                    })
                })
                .collect();
            all.into_iter()
                .try_for_each(|t| t.join().unwrap_or_else(|_| bail!("a request failed")))
        })?;
        let rate = 3600.0 * count as f64 / begun.elapsed().as_secs_f64();
        Ok((rate, server.peak_mb()))
    }

    fn server(&self, model: &Path, threads: usize, slots: usize) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(self.bin.join("llama-server"))
            .arg("-m")
            .arg(model)
            .args(["-t", &threads.to_string(), "-tb", &threads.to_string()])
            .args(["-np", &slots.to_string(), "-c", &(1280 * slots).to_string()])
            .args([
                "-fa",
                "on",
                "--no-webui",
                "--host",
                "127.0.0.1",
                "--port",
                &port.to_string(),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Server { child, port };
        let until = Instant::now() + Duration::from_secs(120);
        while Instant::now() < until {
            if let Ok((200, _)) = server.ask("GET", "/health", "") {
                return Ok(server);
            }
            // The server tells of its readiness to those who ask, in no other way.
            std::thread::sleep(Duration::from_millis(10));
        }
        say("llama-server did not become ready");
        bail!("llama-server did not become ready")
    }
}

/// Runs to its end and gives what it printed, both streams.
fn quietly(command: &mut Command) -> Result<String> {
    let out = command.output()?;
    let printed = [out.stdout, out.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    if !out.status.success() {
        bail!("{command:?} failed: {printed}");
    }
    Ok(printed)
}

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn prefix(&self, prompts: &Value, slot: usize) -> Result<()> {
        self.post(&json!({
            "prompt": prompts["prefix"], "n_predict": 1, "cache_prompt": true, "id_slot": slot,
        }))
    }

    fn complete(&self, prompts: &Value, message: usize, tokens: usize) -> Result<()> {
        let empty = Vec::new();
        let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
        let messages = prompts["messages"].as_array().unwrap_or(&empty);
        let own = &messages[message % messages.len().max(1)];
        let ids = [list(&prompts["prefix"]), list(own)].concat();
        self.post(&json!({
            "prompt": ids, "n_predict": tokens, "cache_prompt": true,
            "temperature": 0, "ignore_eos": true,
        }))
    }

    fn post(&self, body: &Value) -> Result<()> {
        match self.ask("POST", "/completion", &body.to_string())? {
            (200, _) => Ok(()),
            (status, text) => bail!("llama-server answered {status}: {text}"),
        }
    }

    /// One request on a connection of its own.
    fn ask(&self, method: &str, path: &str, body: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut status = String::new();
        reader.read_line(&mut status)?;
        let status = status
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .context("no status")?;
        let mut rest = String::new();
        reader.read_to_string(&mut rest)?;
        Ok((status, rest))
    }

    fn peak_mb(&self) -> f64 {
        std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .ok()
            .and_then(|s| {
                let line = s.lines().find(|l| l.starts_with("VmHWM:"))?;
                line.split_whitespace().nth(1)?.parse::<f64>().ok()
            })
            .map_or(0.0, |kb| kb / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
