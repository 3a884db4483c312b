//! Threads that wait cost nothing. Alone in its program, so that every thread is one of the engine's or the test's.
#![cfg(target_os = "linux")]

mod support;

use drafting::engine::{Engine, Setup};
use std::time::Duration;

/// Time on a processor of each thread of the kernels, by its number.
fn cpu_times() -> Vec<(String, Duration)> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("threads");
    let mut times: Vec<_> = tasks
        .filter_map(|task| {
            let task = task.expect("a thread").path();
            let name = std::fs::read_to_string(task.join("comm")).ok()?;
            // Nanoseconds on a processor come first (Documentation/scheduler/sched-stats.rst).
            let stat = std::fs::read_to_string(task.join("schedstat")).ok()?;
            let nanos = stat.split(' ').next()?.parse().ok()?;
            let kernels = name.starts_with("kernels-");
            kernels.then(|| (task.display().to_string(), Duration::from_nanos(nanos)))
        })
        .collect();
    times.sort();
    times
}

#[test]
fn a_set_number_of_threads_works_and_none_of_them_while_nothing_is_drafted() {
    let setup = Setup {
        threads: 3,
        ..Setup::default()
    };
    let mut engine = Engine::open(&support::small_model(), None, setup).expect("opens");
    engine.forward(&[1, 2, 3, 4], 0).expect("reads");
    // Watching for the next call ends after a moment.
    std::thread::sleep(Duration::from_millis(50));
    let before = cpu_times();
    assert_eq!(before.len(), 2, "the caller is the third");
    assert!(before.iter().any(|(_, time)| !time.is_zero()));
    // The span over which no thread may work.
    std::thread::sleep(Duration::from_millis(200));
    for ((thread, before), (_, after)) in before.iter().zip(cpu_times()) {
        let used = after - *before;
        assert!(used < Duration::from_millis(1), "{thread}: {used:?}");
    }
}
