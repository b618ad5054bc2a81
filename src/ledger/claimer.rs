//! Claimer: a name for this process by which another one on the same machine can tell whether it is gone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Who acts on the ledger, and how it knows whether another one is gone.
#[derive(Clone, Debug)]
pub enum Claimer {
    /// This process.
    ThisProcess,
    /// Somebody with a name and those that are gone, as somebody else tells them: for simulations.
    Told(String, Arc<Mutex<BTreeSet<String>>>),
}

impl Claimer {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Claimer::ThisProcess => this_process(),
            Claimer::Told(name, _) => name.clone(),
        }
    }

    /// Whether another one is certainly gone.
    pub fn is_gone(&self, other: &str) -> bool {
        match self {
            Claimer::ThisProcess => is_gone(other),
            Claimer::Told(_, gone) => gone.lock().unwrap_or_else(PoisonError::into_inner).contains(other),
        }
    }
}

/// `machine boot namespace process start`: a process number is used again, together with the time it started it is
/// not. Where the system does not tell (no Linux `/proc`), the name is one that only leases count for.
pub fn this_process() -> String {
    let process = std::process::id();
    name(process).unwrap_or_else(|| format!("unknown {process}"))
}

/// Whether a claimer is certainly gone: it ran on this machine, and since then either the machine was started anew, or
/// no process of that number and start is left. `false` if there is any doubt, also for another container; then its
/// lease must be waited for.
pub fn is_gone(claimer: &str) -> bool {
    let parts: Vec<&str> = claimer.split(' ').collect();
    let [machine_then, boot_then, namespace_then, process, started_then] = parts.as_slice() else { return false };
    let (Some(machine), Some(boot), Some(namespace)) = (machine(), boot(), namespace()) else { return false };
    let Ok(process) = process.parse() else { return false };
    if *machine_then != machine {
        return false;
    }
    if *boot_then != boot {
        return true;
    }
    *namespace_then == namespace && started(process).is_none_or(|now| now != *started_then)
}

fn name(process: u32) -> Option<String> {
    Some(format!("{} {} {} {process} {}", machine()?, boot()?, namespace()?, started(process)?))
}

fn machine() -> Option<String> {
    one_word(std::fs::read_to_string("/etc/machine-id").ok()?)
}

/// The kernel's name for this run of the machine.
fn boot() -> Option<String> {
    one_word(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?)
}

/// In which numbering of processes this one lives: containers have their own.
fn namespace() -> Option<String> {
    one_word(std::fs::read_link("/proc/self/ns/pid").ok()?.to_string_lossy().into_owned())
}

fn one_word(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.contains(char::is_whitespace))
}

/// When a process started, in ticks since boot: field 22 of `stat`. The name before it may hold blanks and brackets.
fn started(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    // A zombie has let go of everything, though its number is still taken.
    let state = fields.next()?;
    if state == "Z" { None } else { fields.nth(18).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_not_gone() {
        assert!(!is_gone(&this_process()));
    }

    #[test]
    fn a_process_that_ended_is_gone_and_a_stranger_is_not() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let Some(name) = name(child.id()) else {
            child.kill().unwrap();
            child.wait().unwrap();
            return;
        };
        assert!(!is_gone(&name));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_gone(&name));
        let parts: Vec<&str> = name.split(' ').collect();
        assert!(!is_gone(&["another-machine", parts[1], parts[2], parts[3], parts[4]].join(" ")));
        assert!(!is_gone(&[parts[0], parts[1], "another-container", parts[3], parts[4]].join(" ")));
        assert!(is_gone(&[parts[0], "another-boot", parts[2], parts[3], parts[4]].join(" ")));
        assert!(!is_gone("unknown 1"));
        assert!(!is_gone("whatever"));
    }
}
