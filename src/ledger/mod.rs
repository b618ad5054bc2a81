//! Ledger: the append-only record of editions, dispatches and receipts.
