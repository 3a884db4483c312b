//! The drafter's walls, put up around a thread of the test.
#![cfg(target_os = "linux")]

use std::io::Write;

#[test]
fn a_confined_drafter_reads_its_model_and_nothing_else() {
    let dir = tempfile::tempdir().expect("dir");
    let folder = dir.path().join("models");
    std::fs::create_dir(&folder).expect("made");
    let model = folder.join("model.gguf");
    std::fs::write(&model, "weights").expect("written");
    let other = folder.join("other.gguf");
    std::fs::write(&other, "another's weights").expect("written");
    let secret = dir.path().join("record.db");
    std::fs::write(&secret, "patients").expect("written");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");

    std::thread::spawn(move || {
        let walls = desk::confine::confine(&model);
        if !walls.files {
            eprintln!("skipped in part: this kernel has no Landlock");
        } else {
            assert!(std::fs::read(&secret).is_err(), "the record");
            assert!(std::fs::read("/etc/passwd").is_err(), "the system");
            assert!(std::fs::write(secret.with_extension("x"), "x").is_err());
            assert!(std::fs::read(&other).is_err(), "another model");
            assert!(std::fs::write(&other, "x").is_err(), "another model");
            assert!(std::fs::write(&model, "x").is_err(), "its own model");
            assert!(std::fs::write(folder.join("x"), "x").is_err(), "beside it");
        }
        assert!(walls.calls, "seccomp is there wherever Landlock may be");
        assert!(std::net::TcpStream::connect(address).is_err(), "TCP");
        assert!(std::net::UdpSocket::bind("127.0.0.1:0").is_err(), "UDP");
        assert!(
            std::os::unix::net::UnixStream::pair().is_err(),
            "Unix sockets"
        );
        assert!(std::process::Command::new("/bin/true").spawn().is_err());
        // What drafting needs is still there.
        assert_eq!(std::fs::read(&model).expect("the model"), b"weights");
        let made = folder.join("model.gguf.made");
        let packed = made.join("packed.new");
        std::fs::File::create(&packed)
            .and_then(|mut f| f.write_all(b"strips"))
            .expect("in its own folder");
        std::fs::rename(&packed, made.join("packed")).expect("renamed");
        std::thread::spawn(|| ()).join().expect("threads");
    })
    .join()
    .expect("held");
    // The walls are around that thread alone.
    std::fs::read("/etc/passwd").expect("this thread is free");
}
