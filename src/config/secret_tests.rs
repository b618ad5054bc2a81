//! Tests of the module secret of the settings.
