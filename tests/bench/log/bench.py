"""Bench: runs both sides one after the other, compares their answers in full, and prints the table. Started by `run`."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import duckdb

HERE = pathlib.Path(__file__).parent
# The share of the month among all events, as in the notes that the figures are compared with.
MONTH = 0.0718
FIRST_SEEN = "actors first seen"
BURST = "most in five minutes by actor"
BOXES = "boxes of five minutes by actor"


class Ran:
    """A program that ran to its end: what it printed, and what it took."""

    def __init__(self, words, **more):
        started = time.perf_counter()
        child = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, **more)
        self.out = child.stdout.read().decode()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.perf_counter() - started
        self.cpu = used.ru_utime + used.ru_stime
        self.memory = used.ru_maxrss * 1024
        if child.returncode:
            sys.exit(f"failed ({child.returncode}): {' '.join(str(word) for word in words)}")


def median(values):
    return statistics.median(values)


def of(measured, kind):
    return median(each[kind] for each in measured)


def drop_cache(files):
    """Forgets what the machine has in memory of these files; as root of all files. Says which."""
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as knob:
            knob.write("3\n")
        return "all caches of the machine dropped"
    except OSError:
        for file in files:
            with open(file, "rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return "files dropped from the cache"


def size(path):
    """Bytes of a file with what SQLite or DuckDB put beside it."""
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))


class Bench:
    def __init__(self, arguments):
        self.events, self.rounds = arguments.events, arguments.rounds
        self.folder, self.cold = pathlib.Path(arguments.folder), not arguments.no_cold
        self.programs = pathlib.Path(arguments.programs)
        self.month = round(self.events * MONTH)
        self.people = self.folder / "people.csv"

    def say(self, words):
        print(f"… {words}", file=sys.stderr, flush=True)

    def generate(self, events):
        csv = self.folder / f"events-{events}.csv"
        self.say(f"writing {events:,} events")
        Ran([self.programs / "bench-log", "generate", events, self.month, csv, self.people])
        return csv

    def install(self, csv):
        """A new installation with the events imported by the real binary."""
        home = self.folder / f"home-{csv.stem}"
        shutil.rmtree(home, ignore_errors=True)
        (home / "mappings").mkdir(parents=True)
        (home / "quarterday.yaml").write_text("timezone: UTC\nzone_rules: bundled\n")
        shutil.copy(HERE / "mapping.yaml", home / "mappings" / "bench.yaml")
        shutil.copy(self.people, home / "people.csv")
        self.say(f"importing {csv.name}")
        ran = Ran([self.programs / "quarterday", "--home", home, "--json", "import", "--mapping", "bench", csv])
        rows = json.loads(ran.out)[0]["batch"]["rows"]
        if rows["added"] != rows["read"] or rows["quarantined"]:
            sys.exit(f"not every row was imported: {rows}")
        return home / "var" / "log.sqlite", ran

    def load(self, csv):
        database = self.folder / "duck.db"
        for file in self.folder.glob("duck.db*"):
            file.unlink()
        self.say(f"loading {csv.name} into DuckDB")
        return database, Ran([sys.executable, HERE / "duck.py", "load", database, csv, self.people])

    def ask_ours(self, log, answers):
        self.say(f"asking {log.parent.parent.name}")
        ran = Ran([self.programs / "bench-log", "ask", log, self.people, self.rounds, answers])
        return json.loads(ran.out), ran

    def ask_duck(self, database, answers, threads):
        self.say(f"asking DuckDB, {threads or 'all'} threads")
        environment = {**os.environ, "THREADS": threads}
        ran = Ran([sys.executable, HERE / "duck.py", "ask", database, self.rounds, answers], env=environment)
        return json.loads(ran.out), ran

    def cold_runs(self, words, files):
        walls = []
        for _ in range(self.rounds):
            how = drop_cache(files)
            walls.append(Ran(words).wall * 1e3)
        return median(walls), how


def compare(ours, theirs):
    """How many cells were compared, and how many differ."""
    cells = differ = 0
    for span, questions in ours.items():
        for question, rows in questions.items():
            rows, others = sorted(rows), theirs[span][question]
            flat = lambda table: [cell for row in table for part in row for cell in part]
            one, other = flat(rows), flat(others)
            cells += max(len(one), len(other))
            wrong = abs(len(one) - len(other)) + sum(a != b for a, b in zip(one, other))
            if wrong:
                differ += wrong
                example = next((pair for pair in zip(rows, others) if pair[0] != pair[1]), (len(rows), len(others)))
                print(f"DIFFERENT: {question}, {span}: {wrong} cells, first {example}", file=sys.stderr)
    return cells, differ


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next(line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {os.uname().sysname} {os.uname().release}"


def report(bench):
    csv = bench.generate(bench.events)
    log, imported = bench.install(csv)
    database, loaded = bench.load(csv)
    ours_answers, duck_answers = bench.folder / "ours.json", bench.folder / "duck.json"
    ours, ours_ran = bench.ask_ours(log, ours_answers)
    duck_all, duck_ran = bench.ask_duck(database, duck_answers, "")
    duck_one, _ = bench.ask_duck(database, duck_answers, "1")
    cells, differ = compare(json.loads(ours_answers.read_text()), json.loads(duck_answers.read_text()))

    def duck(span, kind, without=(), extra=()):
        """The sum of medians of all questions, with the setting of threads that takes less of it."""
        names = [name for name in questions if name not in without] + list(extra)
        return min(sum(of(told[f"{span} alone {name}"], kind) for name in names) for told in (duck_all, duck_one))

    questions = list(json.loads(ours_answers.read_text())["month"])
    lines = [
        f"{bench.events:,} events over 13 months, {csv.stat().st_size / bench.events:.0f} bytes a CSV row; month = 2025-11"
        f" with {bench.month:,} of them. {machine()}; load {os.getloadavg()[0]:.1f} at the end."
        f" DuckDB {duckdb.__version__} (PyPI, default settings; of one thread and all, what takes less)."
        f" Medians of {bench.rounds} rounds. {cells:,} cells of answers compared, {differ} different.",
        "",
        "| | Quarterday | DuckDB | ratio |",
        "|---|---|---|---|",
    ]

    def row(name, one, other, unit, digits=1, inverse=False):
        ratio = (one / other if inverse else other / one) if one and other else 0
        lines.append(f"| {name} | {one:,.{digits}f} {unit} | {other:,.{digits}f} {unit} | {ratio:,.1f} |")

    for span, words in (("month", "month"), ("all", "13 months")):
        for kind in ("cpu", "wall"):
            row(f"twelve questions, {words}, {kind}", of(ours[f"{span} twelve"], kind), duck(span, kind), "ms")
            row(f"without first-seen, {words}, {kind}", of(ours[f"{span} eleven"], kind),
                duck(span, kind, without=[FIRST_SEEN]), "ms")
        row(f"twelve, but DuckDB with fixed five-minute boxes, {words}, cpu", of(ours[f"{span} twelve"], "cpu"),
            duck(span, "cpu", without=[BURST], extra=[BOXES]), "ms")
    row("import with sealing and recognition of repeats, thousand rows per CPU second", bench.events / imported.cpu / 1e3,
        bench.events / loaded.cpu / 1e3, "k/s", inverse=True)
    row("import, wall", imported.wall, loaded.wall, "s")
    row("import, peak memory", imported.memory / 2**20, loaded.memory / 2**20, "MiB", 0)
    row("asking, peak memory", ours_ran.memory / 2**20, duck_ran.memory / 2**20, "MiB", 0)
    row("bytes an event", size(log) / bench.events, size(database) / bench.events, "")
    if bench.cold:
        once = [bench.programs / "bench-log", "once", log, bench.people, "month"]
        ours_cold, how = bench.cold_runs(once, [log, bench.people, once[0]])
        theirs_cold, _ = bench.cold_runs([sys.executable, HERE / "duck.py", "once", database, "month"], [database])
        row(f"month, cold ({how}), process start included, wall", ours_cold, theirs_cold, "ms")
    less = bench.events // 10
    small_log, _ = bench.install(bench.generate(less))
    small, _ = bench.ask_ours(small_log, bench.folder / "small.json")
    again, _ = bench.ask_ours(log, ours_answers)
    before, after = of(small["month twelve"], "cpu"), of(again["month twelve"], "cpu")
    lines += [
        "",
        f"The same month with a history of {less:,} and of {bench.events:,} events around it: {before:.1f} and"
        f" {after:.1f} ms of CPU ({after / before - 1:+.0%}).",
        "",
        "| question, CPU ms | month | DuckDB | 13 months | DuckDB |",
        "|---|---|---|---|---|",
    ]
    for name in questions:
        each = [of(told[f"{span} alone {name}"], "cpu") for span in ("month", "all") for told in (ours, duck_all)]
        lines.append(f"| {name} | " + " | ".join(f"{value:,.1f}" for value in each) + " |")
    print("\n".join(lines))
    if differ:
        sys.exit(f"{differ} cells differ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--no-cold", action="store_true")
    report(Bench(parser.parse_args()))


main()
