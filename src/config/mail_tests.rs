//! Tests of the module mail of the settings.
