//! Demo: a deterministic, realistic CRM year.
