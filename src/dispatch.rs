//! Dispatch: one edition to one recipient; File and Receipt.
