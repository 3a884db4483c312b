//! Threads that share the tasks of one kernel call.
//!
//! A drafted token is some two hundred calls of a few microseconds to a
//! millisecond. Workers therefore watch for the next call for a moment before
//! they sleep; nothing spins once drafting rests. A call waits for tasks that
//! were begun, never for a worker that is late.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// Looks a worker takes before it sleeps: some 50 to 100 microseconds.
const LOOKS: u32 = 6_000;
/// Looks the caller takes before it lets others run.
const PATIENCE: u32 = 2_000;
/// Most tasks of a call: 16 bits of the ticket.
const MOST: usize = u16::MAX as usize;

/// A set of threads; the caller is one of them.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// Call number (32 bits), its tasks (16), the next task (16).
    ticket: AtomicU64,
    /// The call's closure, and the function that runs a task of it.
    data: AtomicPtr<()>,
    run: AtomicPtr<()>,
    done: AtomicUsize,
    failed: AtomicBool,
    shut: AtomicBool,
    /// Whether a call is under way: another one meanwhile runs on its own thread alone.
    busy: AtomicBool,
    asleep: Vec<AtomicBool>,
}

type Run = unsafe fn(*const (), usize);

impl Pool {
    /// A pool of `threads`, at least one.
    ///
    /// # Errors
    /// The system's, when it gives no thread.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let others = threads.max(1) - 1;
        let shared = Arc::new(Shared {
            ticket: AtomicU64::new(0),
            data: AtomicPtr::default(),
            run: AtomicPtr::default(),
            done: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            shut: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            asleep: (0..others).map(|_| AtomicBool::new(false)).collect(),
        });
        let workers = (0..others)
            .map(|i| {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new()
                    .name(format!("kernels-{i}"))
                    .spawn(move || shared.work(i))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { shared, workers })
    }

    /// How many threads there are, the caller among them.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Runs `task` for every number below `tasks`, on all threads, and returns
    /// when all are done.
    ///
    /// # Panics
    /// When a task does.
    pub fn run<F: Fn(usize) + Sync>(&self, tasks: usize, task: &F) {
        let alone = tasks <= 1 || self.workers.is_empty() || tasks > MOST;
        if alone || self.shared.busy.swap(true, Ordering::Acquire) {
            (0..tasks).for_each(task);
            return;
        }
        unsafe fn call<F: Fn(usize)>(data: *const (), i: usize) {
            // SAFETY: `data` is the `&F` of a call that has not returned yet.
            unsafe { (*data.cast::<F>())(i) }
        }
        let s = &*self.shared;
        s.done.store(0, Ordering::Relaxed);
        s.data
            .store((&raw const *task).cast_mut().cast(), Ordering::Relaxed);
        let run: Run = call::<F>;
        s.run.store(run as *mut (), Ordering::Relaxed);
        let number = (s.ticket.load(Ordering::Relaxed) >> 32).wrapping_add(1) & 0xffff_ffff;
        s.ticket
            .store(number << 32 | (tasks as u64) << 16, Ordering::SeqCst);
        for (asleep, worker) in s.asleep.iter().zip(&self.workers) {
            if asleep.swap(false, Ordering::SeqCst) {
                worker.thread().unpark();
            }
        }
        s.take_all();
        let mut looks = 0;
        while s.done.load(Ordering::Acquire) < tasks {
            looks += 1;
            if looks < PATIENCE {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
        let failed = s.failed.swap(false, Ordering::Relaxed);
        s.busy.store(false, Ordering::Release);
        assert!(!failed, "a kernel task failed");
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.shut.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            let _ = worker.join();
        }
    }
}

impl Shared {
    /// Takes tasks of the present call until none is left; whether there was one.
    fn take_all(&self) -> bool {
        let mut any = false;
        loop {
            let ticket = self.ticket.load(Ordering::Acquire);
            let (tasks, next) = ((ticket >> 16) & 0xffff, ticket & 0xffff);
            if next >= tasks {
                return any;
            }
            let data = self.data.load(Ordering::Relaxed);
            let run = self.run.load(Ordering::Relaxed);
            // The ticket carries the call's number: it cannot be taken for a
            // call that has ended, whose closure would be gone.
            if self
                .ticket
                .compare_exchange_weak(ticket, ticket + 1, Ordering::AcqRel, Ordering::Relaxed)
                .is_err()
            {
                continue;
            }
            any = true;
            // SAFETY: `run` was stored by `Pool::run` with this very type, before
            // the ticket that was just taken; the caller stays in `Pool::run`, and
            // its closure alive, until this task is counted as done.
            let done = catch_unwind(AssertUnwindSafe(|| unsafe {
                std::mem::transmute::<*mut (), Run>(run)(data, next as usize);
            }));
            if done.is_err() {
                self.failed.store(true, Ordering::Relaxed);
            }
            self.done.fetch_add(1, Ordering::Release);
        }
    }

    fn work(&self, me: usize) {
        let mut looks = 0;
        while !self.shut.load(Ordering::Relaxed) {
            if self.take_all() {
                looks = 0;
                continue;
            }
            looks += 1;
            if looks < LOOKS {
                std::hint::spin_loop();
                continue;
            }
            self.asleep[me].store(true, Ordering::SeqCst);
            let ticket = self.ticket.load(Ordering::SeqCst);
            let open = ticket & 0xffff < (ticket >> 16) & 0xffff;
            if !open && !self.shut.load(Ordering::SeqCst) {
                std::thread::park();
            }
            self.asleep[me].store(false, Ordering::SeqCst);
            looks = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once_also_after_a_sleep() {
        let pool = Pool::new(3).expect("threads");
        for round in 0..200 {
            if round % 50 == 0 {
                // Long enough for the workers to stop looking and sleep: that is what is tested.
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
            let seen: Vec<AtomicUsize> = (0..37).map(|_| AtomicUsize::new(0)).collect();
            pool.run(seen.len(), &|i| {
                seen[i].fetch_add(1, Ordering::Relaxed);
            });
            assert!(seen.iter().all(|s| s.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn calls_from_two_threads_and_within_a_call_are_whole() {
        let pool = Pool::new(2).expect("threads");
        std::thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    for _ in 0..300 {
                        let count = AtomicUsize::new(0);
                        pool.run(9, &|_| {
                            pool.run(3, &|_| {
                                count.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                        assert_eq!(count.load(Ordering::Relaxed), 27);
                    }
                });
            }
        });
    }

    #[test]
    #[should_panic(expected = "task failed")]
    fn a_failed_task_is_the_callers() {
        let pool = Pool::new(2).expect("threads");
        pool.run(64, &|i| assert!(i != 40, "on purpose"));
    }
}
