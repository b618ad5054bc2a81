//! The real binary, command by command: what a person types, what they read, which exit code a script gets.

mod arguments;
mod asking;
mod audiences;
mod auditor;
mod cases;
mod checking;
mod collecting;
mod faults;
mod fonts;
mod formats;
mod home;
mod importing;
mod issuing;
mod killed;
mod mail;
mod packs;
mod proving;
mod rendering;
mod retiring;
mod samples;
mod sealing;
mod serving;
mod tour;
mod training;
mod vendor;
mod wording;
