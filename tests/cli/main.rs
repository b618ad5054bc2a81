//! The real binary, command by command: what a person types, what they read, which exit code a script gets.

mod arguments;
mod asking;
mod cases;
mod checking;
mod collecting;
mod faults;
mod home;
mod importing;
mod issuing;
mod killed;
mod mail;
mod proving;
mod samples;
mod tour;
mod vendor;
