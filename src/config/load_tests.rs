//! Tests of the module load of the settings.
