"""A thousand editions of one report: wall, CPU, peak memory and memory over time. Called by `run`.

The log and the directory are drawn from a fixed seed: the same on every machine. Memory is the resident set of the process, looked at
every 50 ms, and its peak as the kernel has it; CPU is user and system time."""

import argparse
import os
import pathlib
import platform
import random
import shutil
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--folder", required=True)
parser.add_argument("--teams", type=int, default=1000)
parser.add_argument("--events", type=int, default=150_000)
parser.add_argument("--profile", action="store_true")
given = parser.parse_args()
folder = pathlib.Path(given.folder)
MARK = folder / "quarterday-bench-teams"

SETTINGS = """timezone: UTC
zone_rules: bundled
people: people.csv
mail: { from: "Quarterday <reports@example.com>", folder: mail }
"""

# What a team lead reads: tiles with their change, a chart, two rankings, the deletions themselves as evidence.
REPORT = """title: What your team did
owner: owner@example.com
schedule: { every: month, day: 1, at: "07:00", timezone: UTC, since: 2026-11-01 }
compare: previous period
sections:
  - verdict: [events, deletions]
  - summary: [events, actors, deletions, records_affected]
  - series: { title: Day by day, measure: events, by: day }
  - ranking: { title: Who, measures: [events, deletions], by: actor }
  - ranking: { title: What, measure: events, by: [module, action] }
  - events: { title: Deletions, where: { action_class: delete }, columns: [time, actor_name, module, record_name] }
  - coverage
recipients:
  - { each: team, to: manager, formats: [pdf, csv] }
"""


def make():
    """The installation, its log not yet imported."""
    if folder.exists():
        if not MARK.exists() and any(folder.iterdir()):
            sys.exit(f"{folder} holds something else: name another folder")
        shutil.rmtree(folder)
    (folder / "schedules").mkdir(parents=True)
    MARK.write_text("made by tests/bench/teams/run; may be removed\n")
    (folder / "quarterday.yaml").write_text(SETTINGS)
    (folder / "schedules" / "teams.yaml").write_text(REPORT)
    drawn = random.Random(4)
    people = ["actor,name,kind,team,role,manager,email,from,until"]
    actors = []
    for team in range(given.teams):
        lead = f"lead{team}@example.com"
        for place in range(4):
            actor = lead if place == 0 else f"p{team}.{place}@example.com"
            role, manager = ("Lead", "") if place == 0 else ("Clerk", lead)
            people.append(f"{actor},Person {team} {place},person,Team {team:04},{role},{manager},{actor},,")
            actors.append(actor)
    (folder / "people.csv").write_text("\n".join(people) + "\n")
    actions, modules = ["Added", "Updated", "Updated", "Updated", "Deleted"], ["Leads", "Deals", "Contacts", "Accounts"]
    # Two months, so that there is something to compare with.
    begins, seconds = 1_790_812_800, 61 * 86_400  # 2026-10-01T00:00:00Z
    with open(folder / "log.csv", "w") as file:
        file.write("Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n")
        for at in sorted(drawn.randrange(begins, begins + seconds) for _ in range(given.events)):
            when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
            record = drawn.randrange(100_000)
            file.write(f"{when},{drawn.choice(actors)},{drawn.choice(actions)},{drawn.choice(modules)},{record},Record {record},\n")


def run(arguments, watched=None, before=()):
    """Runs the program: wall, CPU, peak memory in MiB. `watched` gets (seconds, MiB, editions so far)."""
    environment = {**os.environ, "QUARTERDAY_NOW": "2026-12-01T08:00:00Z", "QUARTERDAY_HOME": str(folder)}
    began, done = time.monotonic(), threading.Event()
    process = subprocess.Popen([*before, given.program, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def watch():
        issued = folder / "var" / "editions" / "teams"
        while not done.wait(0.05):
            try:
                # Under perf, the program is its child.
                with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
                    measured = next(iter(file.read().split()), None) if before else process.pid
                with open(f"/proc/{measured}/status") as file:
                    resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
            except (OSError, StopIteration):
                continue
            editions = len(os.listdir(issued)) if issued.exists() else 0
            watched.append((time.monotonic() - began, resident / 1024, editions))

    watcher = threading.Thread(target=watch) if watched is not None else None
    if watcher:
        watcher.start()
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    done.set()
    if watcher:
        watcher.join()
    process.returncode = status
    if status:
        sys.exit(f"{' '.join(arguments)} failed ({status}): {said.decode(errors='replace')[-800:]}")
    return wall, used.ru_utime, used.ru_stime, used.ru_maxrss / 1024


make()
wall, user, system, memory = run(["import", str(folder / "log.csv"), "--mapping", "zoho-crm"])
print(f"import of {given.events:,} events: {wall:.1f} s, CPU {user + system:.1f} s, {memory:.0f} MiB", file=sys.stderr)
seen = []
perf = folder / "perf.data"
before = ["perf", "record", "--quiet", "--call-graph", "fp", "-F", "199", "-o", str(perf)] if given.profile else []
wall, user, system, memory = run(["issue"], seen, before)
made = len(os.listdir(folder / "var" / "editions" / "teams"))
mails = len(os.listdir(folder / "mail" / "new"))
if made < given.teams or mails != made:
    sys.exit(f"{made} editions and {mails} mails of {given.teams} teams")

# Issued, with its mails in the outbox, is what has its folder; what comes after the last one is delivering into the mail folder.
first = next((at for at, _, editions in seen if editions), 0.0)
last = next((at for at, _, editions in seen if editions >= made), wall)
processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
print(f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; load {os.getloadavg()[0]:.1f} at the end\n")
print(f"| {made:,} editions, {given.events:,} events | |\n|---|---|")
print(f"| until the first edition is there | {first:.1f} s |")
print(f"| until all are issued and in the outbox | {last:.1f} s, {1000 * (last - first) / max(made - 1, 1):.0f} ms an edition |")
print(f"| until all mails are in the mail folder | {wall:.1f} s |")
print(f"| CPU, user and system | {user:.1f} and {system:.1f} s |")
print(f"| peak memory | {memory:.0f} MiB |")
editions = sum(one.stat().st_size for one in (folder / "var" / "editions").rglob("*") if one.is_file()) / 2**20
ledger = sum(one.stat().st_size for one in (folder / "var").glob("ledger.sqlite*")) / 2**20
print(f"| editions and ledger on disk | {editions:.0f} and {ledger:.0f} MiB |\n")
print("| editions issued | " + " | ".join(f"{part} %" for part in range(0, 101, 20)) + " | at the end |\n" + "|---" * 8 + "|")
at_part = [next((resident for _, resident, editions in seen if editions >= max(made * part // 100, 1)), 0) for part in range(0, 101, 20)]
print("| memory, MiB | " + " | ".join(f"{one:.0f}" for one in [*at_part, seen[-1][1]]) + " |")
if given.profile:
    report = ["perf", "report", "-i", str(perf), "--stdio", "--children", "-g", "none", "--percent-limit", "2", "--no-inline"]
    print(subprocess.run(report, capture_output=True, text=True).stdout)
