//! Tests: what goes wrong at a commit, as a test tells it: a disk that is full, or the end of the process.

use super::LedgerError;
use std::cell::RefCell;

type Fault = Box<dyn FnMut() -> Result<(), LedgerError>>;

thread_local! {
    static FAULT: RefCell<Fault> = RefCell::new(Box::new(|| Ok(())));
}

/// From now on every commit of this thread is asked about first: where it is refused, its transaction is dropped, as a
/// write that fails or `kill -9` would.
pub(crate) fn are(fault: impl FnMut() -> Result<(), LedgerError> + 'static) {
    FAULT.with(|known| *known.borrow_mut() = Box::new(fault));
}

/// Called just before every commit.
pub(super) fn at_commit() -> Result<(), LedgerError> {
    FAULT.with(|known| known.borrow_mut()())
}
