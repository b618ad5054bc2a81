//! Config: an installation's settings and folders.
