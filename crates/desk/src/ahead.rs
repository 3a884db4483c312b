//! What is made ahead: the rules and the checks take half a second to compile, and neither the window nor the person at the lock
//! screen need wait for them.

use contract::Failure;
use std::sync::{Arc, LazyLock};

/// Something that a thread of its own makes, and that is waited for where it is needed first.
pub(crate) struct Ahead<T>(Arc<LazyLock<Result<T, Failure>>>);

impl<T: Send + Sync + 'static> Ahead<T> {
    /// Begins to make it.
    pub(crate) fn begin(make: fn() -> Result<T, Failure>) -> Self {
        let made = Arc::new(LazyLock::new(make));
        let there = Arc::clone(&made);
        // Where no thread can be had, it is made by whoever needs it first.
        let _ = std::thread::Builder::new()
            .name("ahead".into())
            .spawn(move || {
                LazyLock::force(&there);
            });
        Self(made)
    }

    /// It, once it is made.
    ///
    /// # Errors
    /// What went wrong when it was made.
    pub(crate) fn get(&self) -> Result<&T, Failure> {
        (**self.0).as_ref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::Ahead;
    use contract::{Code, Failure};

    #[test]
    fn what_cannot_be_made_says_why_each_time() {
        let never = Ahead::<u32>::begin(|| Err(Failure::new(Code::Internal, "damaged")));
        for _ in 0..2 {
            assert_eq!(never.get().expect_err("damaged").message, "damaged");
        }
        assert_eq!(Ahead::begin(|| Ok(7)).get().copied().ok(), Some(7));
    }
}
