//! The main views as they look, held against pictures that somebody looked at. `COUNTERSIGN_NEW_PICTURES=1` takes new ones:
//! look at them before they are committed.
//!
//! Fonts and browsers draw a little differently: the pictures are compared at a quarter of their size, on a machine with the
//! fonts that they were made with, which `made-with.txt` names.

use super::views::{self, THEMES};
use std::path::PathBuf;
use std::process::Command;

/// Views that are held: the ones a clinician looks at all day, and those of the first and the worst moments.
const HELD: [&str; 10] = [
    "red-flag", "draft", "findings", "sign-off", "palette", "help", "empty", "failed", "locked",
    "settings",
];
/// Pixels of the page for one of a picture, in each direction.
const SHRINK: usize = 4;
/// Difference of a colour, of 255, from which a pixel is another.
const OTHER: u8 = 24;
/// Pixels of a tile in each direction: about a button.
const TILE: usize = 12;
/// Part of a tile's pixels that may be others.
const TOLERATED: f64 = 0.25;

/// A small picture: three bytes a pixel.
struct Small {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

fn decoded(png: &[u8]) -> Small {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut bytes).expect("a picture");
    let channels = info.color_type.samples();
    let bytes = bytes[..info.buffer_size()]
        .chunks_exact(channels)
        .flat_map(|p| match channels {
            1 | 2 => [p[0]; 3],
            _ => [p[0], p[1], p[2]],
        })
        .collect();
    Small {
        width: info.width as usize,
        height: info.height as usize,
        bytes,
    }
}

/// A quarter of the size: each pixel is the mean of those it stands for.
fn shrunk(big: &Small) -> Small {
    let (width, height) = (big.width / SHRINK, big.height / SHRINK);
    let mut bytes = Vec::with_capacity(3 * width * height);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let sum: usize = (0..SHRINK * SHRINK)
                    .map(|i| {
                        let (dx, dy) = (i % SHRINK, i / SHRINK);
                        let at = (y * SHRINK + dy) * big.width + x * SHRINK + dx;
                        usize::from(big.bytes[3 * at + channel])
                    })
                    .sum();
                bytes.push((sum / (SHRINK * SHRINK)) as u8);
            }
        }
    }
    Small {
        width,
        height,
        bytes,
    }
}

fn encoded(small: &Small) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, small.width as u32, small.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder
        .write_header()
        .and_then(|mut w| w.write_image_data(&small.bytes))
        .expect("written");
    out
}

/// The part of the pixels that differ, in the tile where most do.
fn difference(a: &Small, b: &Small) -> f64 {
    if (a.width, a.height) != (b.width, b.height) {
        return 1.0;
    }
    let other = |x: usize, y: usize| {
        let at = 3 * (y * a.width + x);
        (at..at + 3).any(|i| a.bytes[i].abs_diff(b.bytes[i]) >= OTHER)
    };
    let mut most: f64 = 0.0;
    for top in (0..a.height).step_by(TILE) {
        for left in (0..a.width).step_by(TILE) {
            let (bottom, right) = ((top + TILE).min(a.height), (left + TILE).min(a.width));
            let others = (top..bottom)
                .flat_map(|y| (left..right).map(move |x| (x, y)))
                .filter(|(x, y)| other(*x, *y))
                .count();
            most = most.max(others as f64 / ((bottom - top) * (right - left)) as f64);
        }
    }
    most
}

/// The fonts that the page is drawn with here.
fn fonts() -> String {
    ["system-ui", "sans-serif", "monospace"]
        .map(|family| {
            let out = Command::new("fc-match").arg(family).output();
            let name = out.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
            format!("{family}: {}\n", name.unwrap_or_else(|_| "unknown".into()))
        })
        .concat()
}

#[test]
fn the_main_views_look_as_they_were_looked_at() {
    let all = views::all();
    if all.is_empty() {
        return;
    }
    let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = PathBuf::from(root).join("tests/page/pictures");
    let made_with = folder.join("made-with.txt");
    let anew = std::env::var_os("COUNTERSIGN_NEW_PICTURES").is_some();
    if anew {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&made_with, fonts()).expect("written");
    } else if std::fs::read_to_string(&made_with).is_ok_and(|f| f != fonts()) {
        eprintln!(
            "skipped: the pictures were made with other fonts than this machine's ({})",
            fonts().replace('\n', "; ")
        );
        return;
    }
    let mut wrong = Vec::new();
    for view in HELD {
        let seen = all.iter().find(|s| s.view == view).expect("was seen");
        for (theme, png) in THEMES.iter().zip(&seen.pictures) {
            let now = shrunk(&decoded(png));
            let path = folder.join(format!("{view}-{theme}.png"));
            if anew {
                std::fs::write(&path, encoded(&now)).expect("written");
                continue;
            }
            let before = decoded(&std::fs::read(&path).expect("a picture that was looked at"));
            let part = difference(&before, &now);
            if part > TOLERATED {
                wrong.push(format!(
                    "{view}, {theme}: {:.0}% of a tile differ",
                    100.0 * part
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_picture_that_was_changed_is_told_from_one_that_was_not() {
    let gray = |value: u8| Small {
        width: 40,
        height: 20,
        bytes: vec![value; 3 * 40 * 20],
    };
    let same = decoded(&encoded(&gray(90)));
    assert!(difference(&same, &gray(90)) < 1e-9);
    let mut changed = gray(90);
    // A button that is gone: a few pixels of one tile.
    for y in 0..6 {
        changed.bytes[3 * 40 * y..3 * (40 * y + 10)].fill(200);
    }
    assert!(difference(&same, &changed) > TOLERATED);
    assert_eq!(shrunk(&same).bytes, vec![90; 3 * 10 * 5]);
}
