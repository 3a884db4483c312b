use super::*;
use crypto_box::aead::OsRng;

const GOOD: &str = "correct horse battery";

fn file() -> (SlotFile, RecordKey) {
    let mut file = SlotFile::new(&mut OsRng);
    let key = RecordKey::random(&mut OsRng);
    file.add_user("ada", GOOD, &key, &mut OsRng).expect("added");
    (file, key)
}

#[test]
fn a_passphrase_opens_its_own_slot_and_no_other() {
    let (mut file, key) = file();
    file.add_user("ben", "another long one", &key, &mut OsRng)
        .expect("added");
    assert_eq!(file.unlock("ada", GOOD).expect("opens").key, key);
    for (name, passphrase) in [("ada", "another long one"), ("ben", GOOD), ("eve", GOOD)] {
        assert!(matches!(
            file.unlock(name, passphrase),
            Err(KeyError::Wrong)
        ));
    }
    assert!(matches!(
        file.add_user("ada", GOOD, &key, &mut OsRng),
        Err(KeyError::Exists(_))
    ));
    assert!(matches!(
        file.add_user("x/y", GOOD, &key, &mut OsRng),
        Err(KeyError::BadName)
    ));
    assert!(matches!(
        file.add_user("cy", "short", &key, &mut OsRng),
        Err(KeyError::TooShort(_))
    ));
    file.remove_user("ben").expect("removed");
    assert!(file.unlock("ben", "another long one").is_err());
}

#[test]
fn codes_are_read_as_people_type_them_and_open_only_their_slot() {
    let (mut file, key) = file();
    let code = file
        .new_code(SlotKind::Recovery, &key, &mut OsRng)
        .expect("made");
    let typed = code.shown().to_lowercase().replace('-', " ");
    let opened = file
        .unlock_with_code(SlotKind::Recovery, &typed)
        .expect("opens");
    assert_eq!((opened.key, opened.kind), (key.clone(), SlotKind::Recovery));
    assert!(matches!(
        file.unlock_with_code(SlotKind::BreakGlass, &typed),
        Err(KeyError::WrongCode)
    ));
    file.new_code(SlotKind::Recovery, &key, &mut OsRng)
        .expect("made anew");
    assert!(file.unlock_with_code(SlotKind::Recovery, &typed).is_err());
}

#[test]
fn a_slot_under_another_name_or_in_another_record_does_not_open() {
    let (file, _) = file();
    let mut renamed = file.clone();
    renamed.slots[0].name = "eve".into();
    assert!(renamed.unlock("eve", GOOD).is_err());
    let mut moved = file;
    moved.record = "0".repeat(32);
    assert!(moved.unlock("ada", GOOD).is_err());
}

#[test]
fn a_new_key_reaches_every_trusted_slot_and_no_planted_one() {
    let (mut file, _) = file();
    let planted = RecordKey::random(&mut OsRng);
    let known = file.slots()[0].public_key();
    file.add_user("eve", "planted by somebody", &planted, &mut OsRng)
        .expect("added");
    let next = RecordKey::random(&mut OsRng);
    file.retain(|s| s.public_key() == known);
    file.begin_rekey(&next, &mut OsRng).expect("begun");
    let opened = file.unlock("ada", GOOD).expect("opens");
    assert_eq!(opened.next, Some(next.clone()));
    assert!(file.unlock("eve", "planted by somebody").is_err());
    let mut undone = file.clone();
    undone.settle_rekey(false);
    assert_eq!(
        undone.unlock("ada", GOOD).expect("opens").key,
        opened.key,
        "a change that did not happen leaves the old key"
    );
    file.settle_rekey(true);
    let opened = file.unlock("ada", GOOD).expect("opens");
    assert_eq!((opened.key, opened.next), (next, None));
}

#[test]
fn a_changed_passphrase_replaces_the_old_one_and_the_file_survives_the_disk() {
    let (mut file, key) = file();
    assert!(
        file.change_passphrase("ada", "not the old one", "x", &mut OsRng)
            .is_err()
    );
    file.change_passphrase("ada", GOOD, "a better passphrase", &mut OsRng)
        .expect("changed");
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.keys");
    file.write(&path).expect("written");
    let text = std::fs::read_to_string(&path).expect("read");
    assert!(!text.contains(&hex::encode(key.bytes())));
    let file = SlotFile::read(&path).expect("read");
    assert!(file.unlock("ada", GOOD).is_err());
    assert_eq!(
        file.unlock("ada", "a better passphrase")
            .expect("opens")
            .key,
        key
    );
    std::fs::write(&path, &text[..text.len() / 2]).expect("cut");
    assert!(matches!(SlotFile::read(&path), Err(KeyError::Damaged(_))));
}

#[test]
fn a_slot_that_asks_for_all_memory_is_not_opened() {
    let (mut file, _) = file();
    file.slots[0].kdf.m_kib = u32::MAX;
    assert!(matches!(file.unlock("ada", GOOD), Err(KeyError::Wrong)));
}

#[test]
fn of_two_who_make_a_record_at_once_one_does() {
    let (file, _) = file();
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("record.keys");
    file.write_new(&path).expect("the first");
    assert!(file.write_new(&path).is_err());
    assert_eq!(
        std::fs::read_dir(dir.path()).expect("dir").count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn the_mark_of_making_cannot_be_put_on_slots_in_use() {
    let (mut file, _) = file();
    file.record = format!("making-{}", file.record);
    assert!(file.is_making());
    assert!(file.unlock("ada", GOOD).is_err());
}

#[test]
fn an_old_slots_cost_is_raised_by_who_opens_it_and_the_code_stays() {
    const OLD: Kdf = Kdf {
        m_kib: 8 * 1024,
        t: 1,
        p: 1,
    };
    let (mut file, key) = file();
    let code = file
        .new_code(SlotKind::BreakGlass, &key, &mut OsRng)
        .expect("made");
    let record = file.record.clone();
    for slot in &mut file.slots {
        let passphrase = if slot.kind == SlotKind::User {
            GOOD
        } else {
            code.secret()
        };
        let secret = slot.secret(&record, passphrase).expect("opens");
        slot.lock_at(OLD, &record, passphrase, &secret, &mut OsRng)
            .expect("as it was made once");
    }
    let keys = |file: &SlotFile| file.slots.iter().map(Slot::public_key).collect::<Vec<_>>();
    let before = keys(&file);
    assert!(file.is_weak("ada"));
    file.change_passphrase("ada", GOOD, GOOD, &mut OsRng)
        .expect("raised");
    assert!(!file.is_weak("ada"));
    let shown = code.shown().to_owned();
    assert!(
        file.raise_code(SlotKind::BreakGlass, &shown, &mut OsRng)
            .expect("raised")
    );
    assert!(file.slots.iter().all(|s| s.kdf == Kdf::NOW));
    assert_eq!(keys(&file), before, "the record knows them still");
    file.unlock_with_code(SlotKind::BreakGlass, &shown)
        .expect("opens as before");
    assert!(
        !file
            .raise_code(SlotKind::BreakGlass, &shown, &mut OsRng)
            .expect("nothing to do")
    );
    assert!(matches!(
        file.raise_code(SlotKind::Recovery, &shown, &mut OsRng),
        Err(KeyError::WrongCode)
    ));
}
