//! The system's word before it sleeps: the record is locked first (systemd's logind, the inhibitor lock of kind "delay").

use std::time::Duration;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::OwnedFd;

/// Locks before each sleep, on a thread of its own. Where there is no such bus, sleep is noticed after waking (the desk's
/// watchdog). A bus that was there and went is asked for again every `again`.
pub(super) fn lock_before_sleep(
    bus: impl Fn() -> zbus::Result<Connection> + Send + 'static,
    lock: impl Fn() + Send + 'static,
    again: Duration,
) {
    let spawned = std::thread::Builder::new()
        .name("before sleep".into())
        .spawn(move || {
            let mut heard = false;
            loop {
                match bus() {
                    Ok(bus) => {
                        heard = true;
                        if let Err(e) = listen(&bus, &lock) {
                            tracing::debug!("the bus that tells of sleep went: {e}");
                        }
                    }
                    Err(e) if !heard => {
                        tracing::debug!("no word comes before the system sleeps: {e}");
                        return;
                    }
                    Err(_) => {}
                }
                // A bus that restarts does not say when it is back.
                std::thread::sleep(again);
            }
        });
    if let Err(e) = spawned {
        tracing::warn!("no thread could be started: {e}");
    }
}

fn listen(bus: &Connection, lock: &impl Fn()) -> zbus::Result<()> {
    let login = Proxy::new(
        bus,
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
    )?;
    let signals = login.receive_signal("PrepareForSleep")?;
    // While it is held the system waits, for a few seconds at most.
    let mut held = hold(&login);
    for signal in signals {
        if signal.body().deserialize::<bool>()? {
            lock();
            held.take();
        } else {
            held = hold(&login);
        }
    }
    drop(held);
    Ok(())
}

fn hold(login: &Proxy<'_>) -> Option<OwnedFd> {
    let asked: zbus::Result<OwnedFd> = login.call(
        "Inhibit",
        &(
            "sleep",
            "Countersign",
            "the record is locked first",
            "delay",
        ),
    );
    asked
        .inspect_err(|e| tracing::debug!("sleep cannot be delayed: {e}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};

    /// A stand-in for logind on a bus of the test's own: it gives out one end of a pipe for each inhibitor.
    struct Login {
        held: Arc<Mutex<Vec<std::io::PipeReader>>>,
        asked: Mutex<Sender<String>>,
    }

    #[zbus::interface(name = "org.freedesktop.login1.Manager")]
    impl Login {
        fn inhibit(
            &self,
            what: String,
            _who: String,
            _why: String,
            mode: String,
        ) -> zbus::fdo::Result<OwnedFd> {
            let failed = |e: std::io::Error| zbus::fdo::Error::Failed(e.to_string());
            let (reader, writer) = std::io::pipe().map_err(failed)?;
            self.held.lock().expect("held").push(reader);
            let _ = self
                .asked
                .lock()
                .expect("asked")
                .send(format!("{what} {mode}"));
            let end = writer.as_fd().try_clone_to_owned().map_err(failed)?;
            Ok(OwnedFd::from(end))
        }

        #[zbus(signal)]
        async fn prepare_for_sleep(
            emitter: &zbus::object_server::SignalEmitter<'_>,
            start: bool,
        ) -> zbus::Result<()>;
    }

    fn next<T>(from: &Receiver<T>) -> T {
        from.recv_timeout(Duration::from_secs(20))
            .expect("it comes")
    }

    #[test]
    fn the_record_is_locked_before_the_machine_sleeps_and_the_sleep_waits_for_it() {
        use std::io::Read;
        if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
            eprintln!("skipped: no bus; `cargo xtask test` starts one");
            return;
        }
        let (ask, asked) = channel();
        let held = Arc::new(Mutex::new(Vec::new()));
        let login = Login {
            held: Arc::clone(&held),
            asked: Mutex::new(ask),
        };
        let bus = zbus::blocking::connection::Builder::session()
            .and_then(|b| b.name("org.freedesktop.login1"))
            .and_then(|b| b.serve_at("/org/freedesktop/login1", login))
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a bus");
        let (lock, locked) = channel();
        lock_before_sleep(
            Connection::session,
            move || {
                let _ = lock.send(());
            },
            Duration::from_millis(50),
        );
        assert_eq!(next(&asked), "sleep delay");
        let say = |start: bool| {
            bus.emit_signal(
                None::<&str>,
                "/org/freedesktop/login1",
                "org.freedesktop.login1.Manager",
                "PrepareForSleep",
                &start,
            )
            .expect("told");
        };
        for _ in 0..2 {
            say(true);
            next(&locked);
            // The inhibitor is let go of, after the lock: its pipe ends.
            let mut pipe = held.lock().expect("held").pop().expect("one is held");
            let mut rest = Vec::new();
            pipe.read_to_end(&mut rest).expect("it ends");
            say(false);
            assert_eq!(next(&asked), "sleep delay", "held again for the next sleep");
        }
    }
}
