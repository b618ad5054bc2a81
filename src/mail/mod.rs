//! Mail: an edition's message for one recipient, as frozen bytes.
