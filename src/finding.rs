//! Finding: something that needs a person.
