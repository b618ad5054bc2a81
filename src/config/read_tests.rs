//! Tests of the module read of the settings.
