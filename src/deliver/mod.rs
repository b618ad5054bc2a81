//! Deliver: frozen bytes in, receipt out.
