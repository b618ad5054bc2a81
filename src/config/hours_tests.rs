//! Tests of the module hours of the settings.
