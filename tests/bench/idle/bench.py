"""An idle `serve`: memory, wake-ups and CPU time, at first and after it issued editions. Called by `run`.

Memory is the resident set as the kernel has it (/proc/PID/status), split into what is the process's own (RssAnon: heap and stacks)
and pages of files that it has mapped (RssFile: nearly all of them the program's, which the kernel may drop at any time). Wake-ups are
its voluntary switches, of all threads."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--folder", required=True)
parser.add_argument("--rest", type=float, default=60)
given = parser.parse_args()
folder = pathlib.Path(given.folder)
MARK = folder / "quarterday-bench-idle"
SETTINGS = folder / "quarterday.yaml"
LOG = folder / "serve.log"


def make():
    """The tour's installation."""
    if folder.exists():
        if not MARK.exists() and any(folder.iterdir()):
            sys.exit(f"{folder} holds something else: name another folder")
        shutil.rmtree(folder)
    made = subprocess.run([given.program, "demo", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        sys.exit(made.stdout)
    MARK.write_text("made by tests/bench/idle/run; may be removed\n")


def set_clock(to):
    """A daemon sees that its settings were changed at its next look, within half a minute."""
    text, count = re.subn(r"(?m)^clock: .*$", f"clock: {to}", SETTINGS.read_text())
    if count != 1:
        sys.exit(f"{SETTINGS} sets no clock")
    SETTINGS.write_text(text)


def status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


def wakes(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    told = [re.search(r"(?m)^voluntary_ctxt_switches:\s*(\d+)", (task / "status").read_text()) for task in tasks]
    return sum(int(found.group(1)) for found in told)


def ticks(pid):
    after = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")


def look(pid, when):
    """A line of the table: what it holds, and what a rest costs."""
    woken, used = wakes(pid), ticks(pid)
    time.sleep(given.rest)
    woken, used = wakes(pid) - woken, ticks(pid) - used
    held = {name: int(status(pid)[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon", "RssFile")}
    per_minute = 60 / given.rest
    print(
        f"| {when} | {held['VmRSS']:.1f} | {held['RssAnon']:.1f} | {held['RssFile']:.1f} "
        f"| {woken * per_minute:.0f} | {used * per_minute:.2f} s |",
        flush=True,
    )


def issued():
    return LOG.read_text().count(" issued edition=")


def wait_for(what, most):
    until = time.monotonic() + most
    while not what():
        if time.monotonic() > until:
            sys.exit(f"the daemon does not come to it; it says:\n{LOG.read_text()}")
        time.sleep(0.2)


make()
with LOG.open("w") as log:
    daemon = subprocess.Popen([given.program, "--home", str(folder), "serve"], stdout=log, stderr=log)
try:
    wait_for(lambda: "definition is in force" in LOG.read_text(), 30)
    print(f"{given.program}: {os.path.getsize(given.program) / 1024 / 1024:.1f} MiB; {os.uname().sysname} {os.uname().release}")
    print("| | resident, MiB | own | of the file | wakes up a minute | CPU a minute |\n|---|---|---|---|---|---|")
    look(daemon.pid, "at first")
    for clock, when in (("2026-12-03T12:00:00Z", "after the first editions"), ("2026-12-12T12:00:00Z", "after ten days more")):
        before = issued()
        set_clock(clock)
        wait_for(lambda: issued() > before, 60)
        time.sleep(2)
        look(daemon.pid, f"{when} ({issued()} in all)")
finally:
    daemon.terminate()
    daemon.wait()
