//! Collecting: what sources bring is taken in when their folders change, or when it is time to ask them.

use super::stamp::{Stamp, folder_stamp};
use super::{Daemon, Sign};
use crate::calendar::Millis;
use crate::pipeline::Failure;
use crate::pipeline::collect::Asker;

impl Daemon<'_> {
    /// Takes in what came, if anything did; tells whether something new is in the log.
    pub(super) fn collect(&mut self) -> Result<bool, Failure> {
        let now = self.installation.clock.now();
        let mut arrived = Stamp::default();
        // What went wrong is tried again now and then.
        let mut soonest: Option<u64> = self.troubled.then_some(300);
        for written in self.installation.config.sources.values() {
            if let Some(arrives) = &written.arrives {
                arrived.extend(folder_stamp(&self.installation.folders.home.join(&arrives.folder)));
            }
            // The collector keeps its own pauses; asking it is cheap, but opens the log.
            if written.collector.is_some() {
                soonest = Some(300);
            }
        }
        let fetch = soonest.is_some_and(|seconds| {
            let pause = Millis::try_from(seconds.saturating_mul(1000)).unwrap_or(Millis::MAX);
            self.collected.is_none_or(|then| !(then..then.saturating_add(pause)).contains(&now))
        });
        if !fetch && self.arrived.as_ref() == Some(&arrived) {
            return Ok(false);
        }
        self.collected = Some(now);
        let world = self.world;
        let all = self.installation.collect(None, Asker::Issue, &mut |_| world.show(Sign::Alive))?;
        let mut came = false;
        let mut again = false;
        self.troubled = all.iter().any(|one| one.trouble.is_some());
        for one in &all {
            let source = one.source.as_str();
            for imported in &one.imported {
                came = true;
                tracing::info!(source, batch = imported.batch.number, "imported");
            }
            if !one.failed.is_empty() {
                tracing::warn!(
                    source,
                    files = one.failed.len(),
                    "files could not be imported: see `quarterday sources`"
                );
            }
            if one.trouble.is_some() {
                tracing::warn!(source, "could not be collected: see `quarterday sources`");
            }
            again |= !one.left.is_empty() || one.elsewhere || !one.imported.is_empty();
        }
        // What may still be being written is looked at again, though nothing changes any more.
        self.arrived = if again { None } else { Some(arrived) };
        Ok(came)
    }
}
