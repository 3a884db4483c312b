//! The real program killed while it changes who may open the record: a passphrase, a person, the codes, the key. Whatever the
//! moment, somebody who should get in does, with all there is, and somebody who should not does not.

use super::*;
use std::process::Stdio;
use std::time::Duration;
use support::{PASSPHRASE, USER};

/// Whether a person opens the record, and what it holds when they do.
fn opens(data: &Path, user: &str, passphrase: &str) -> bool {
    let file = data.with_extension("try");
    fs::write(&file, passphrase).expect("written");
    let out = program()
        .arg("--data")
        .arg(data)
        .args(["--user", user, "--passphrase-file"])
        .arg(&file)
        .args(["audit", "verify"])
        .output()
        .expect("the program runs");
    match code(&out) {
        0 => true,
        _ => {
            // Refused for the passphrase, or for the role: the record itself holds.
            let words = words(&out);
            assert!(
                words.contains("[unlock]") || words.contains("[forbidden]"),
                "{words}"
            );
            words.contains("[forbidden]")
        }
    }
}

/// Runs a command as somebody and kills it after a while.
fn killed(data: &Path, passphrase: &str, args: &[&str], after: Duration) {
    let file = data.with_extension("own");
    fs::write(&file, passphrase).expect("written");
    let mut child = program()
        .arg("--data")
        .arg(data)
        .args(["--user", USER, "--passphrase-file"])
        .arg(&file)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    // The moment of the kill is what the test varies.
    std::thread::sleep(after);
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn case_32_a_kill_while_people_passphrases_codes_or_keys_change_leaves_a_record_that_opens() {
    let _alone = alone();
    let dir = tempfile::tempdir().expect("dir");
    let data = dir.path().join("record");
    assert_eq!(code(&run(&data, &["user", "list"])), 0);
    let new_file = dir.path().join("new");
    let mut own = PASSPHRASE.to_owned();
    // How long a whole change takes here, so that the kills fall into all of it.
    let begun = std::time::Instant::now();
    assert_eq!(code(&run(&data, &["user", "rekey"])), 0);
    let whole = begun.elapsed();
    for n in 1..=5u32 {
        let after = whole * (2 * n + 1) / 11;
        let new = format!("passphrase number {n}");
        fs::write(&new_file, &new).expect("written");
        let path = new_file.to_str().expect("a path").to_owned();
        killed(
            &data,
            &own,
            &["user", "passphrase", "--new-passphrase-file", &path],
            after,
        );
        // The old one or the new one, never neither.
        if !opens(&data, USER, &own) {
            assert!(
                opens(&data, USER, &new),
                "kill {n}: neither passphrase opens"
            );
            own = new;
        }
        killed(&data, &own, &["user", "rekey"], after);
        assert!(opens(&data, USER, &own), "kill {n} in a change of key");
        killed(&data, &own, &["user", "codes"], after);
        assert!(opens(&data, USER, &own), "kill {n} in new codes");
        let guest = format!("guest{n}");
        fs::write(&new_file, "a guest's passphrase").expect("written");
        killed(
            &data,
            &own,
            &["user", "add", &guest, "--new-passphrase-file", &path],
            after,
        );
        // There or not there; and adding can be done again.
        opens(&data, &guest, "a guest's passphrase");
        assert!(opens(&data, USER, &own), "kill {n} in adding");
        killed(&data, &own, &["user", "remove", &guest], after);
        assert!(opens(&data, USER, &own), "kill {n} in removing");
    }
    // Removed for good, the last one is out whatever was cut off before.
    fs::write(data.with_extension("own"), &own).expect("written");
    let as_own = |args: &[&str]| {
        program()
            .arg("--data")
            .arg(&data)
            .args(["--user", USER, "--passphrase-file"])
            .arg(data.with_extension("own"))
            .args(args)
            .output()
            .expect("the program runs")
    };
    let removed = as_own(&["user", "remove", "guest5"]);
    assert!(
        code(&removed) == 0 || words(&removed).contains("[not_found]"),
        "{}",
        words(&removed)
    );
    assert!(!opens(&data, "guest5", "a guest's passphrase"));
    assert_eq!(code(&as_own(&["user", "rekey"])), 0);
    assert!(opens(&data, USER, &own));
}
