//! Definition: what a report says, when, to whom, as meant; or every Problem at once.
