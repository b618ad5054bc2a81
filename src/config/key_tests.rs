//! Tests of the module key of the settings.
