"""The same report set by us, typst, WeasyPrint and Chromium: CPU, wall, peak memory, size. Called by `run`.

Every setting is a process of its own, tools interleaved in each round; the median of the rounds is told. CPU is user and system
time of the process and of every descendant (this program adopts those that are orphaned). Memory is the largest resident set
of one process; for Chromium, which is many, the sum of their proportional shares, looked at every 20 ms."""

import argparse
import ctypes
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--fonts", required=True)
parser.add_argument("--folder", required=True)
parser.add_argument("--rows", default="5,500,1000,10000")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--slow-rounds", type=int, default=1, help="rounds of WeasyPrint at 10 000 rows and more: it takes minutes")
parser.add_argument("--tools", default="")
given = parser.parse_args()
folder, fonts = pathlib.Path(given.folder), pathlib.Path(given.fonts)

# Orphans of what is measured become children of this process, so that their time is counted (prctl: PR_SET_CHILD_SUBREAPER).
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

TYPST = """import sys, typst
typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]], ignore_system_fonts=True%s)"""
WEASYPRINT = "import sys, weasyprint; weasyprint.HTML(filename=sys.argv[1]).write_pdf(sys.argv[2]%s)"


def tools(at):
    python = sys.executable
    return {
        "us": [given.program, "set", str(at), "OUT", "plain"],
        "typst": [python, "-c", TYPST % ", pdf_tags=False", str(at / "report.typ"), "OUT", str(fonts)],
        "WeasyPrint": [python, "-c", WEASYPRINT % "", str(at / "report.html"), "OUT"],
        "Chromium": ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync", "PROFILE",
                     "--no-pdf-header-footer", "--disable-pdf-tagging", "--print-to-pdf=OUT", f"file://{at}/report.html"],
        "us, PDF/A-3a + UA-1, CSV attached": [given.program, "set", str(at), "OUT", "tagged"],
        "typst, PDF/A-2a + UA-1": [python, "-c", TYPST % ", pdf_standards=['a-2a', 'ua-1']", str(at / "report.typ"), "OUT", str(fonts)],
        "WeasyPrint, PDF/A-3a": [python, "-c", WEASYPRINT % ", pdf_variant='pdf/a-3a'", str(at / "report.html"), "OUT"],
    }


def shares(root):
    """Proportional resident memory of a process and its descendants, in KiB."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry))
            except (OSError, ValueError):
                pass
    total, todo = 0, [root]
    while todo:
        process = todo.pop()
        todo += children.get(process, [])
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total


def measure(name, command, out):
    profile = tempfile.mkdtemp(prefix="chromium-") if "PROFILE" in command else None
    command = [one.replace("OUT", str(out)).replace("PROFILE", f"--user-data-dir={profile}") for one in command]
    out.unlink(missing_ok=True)
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most, done = [0], threading.Event()

    def watch():
        while not done.wait(0.02):
            most[0] = max(most[0], shares(process.pid))

    watcher = threading.Thread(target=watch) if profile else None
    # What the watcher itself costs is this process's, not a child's.
    if watcher:
        watcher.start()
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    done.set()
    if watcher:
        watcher.join()
    cpu = used.ru_utime + used.ru_stime
    memory = used.ru_maxrss
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += used.ru_utime + used.ru_stime
    process.returncode = status
    if status or not out.exists():
        sys.exit(f"{name} failed ({status}): {said.decode(errors='replace')[-800:]}")
    if profile:
        shutil.rmtree(profile, ignore_errors=True)
        memory = most[0]
    return cpu, wall, memory, out.stat().st_size


def said(values):
    cpu, wall, memory, size = (statistics.median(column) for column in zip(*values))
    size = f"{size / 1e6:.1f}M" if size >= 1e6 else f"{size / 1e3:.0f}K"
    digits = 2 if cpu < 10 else 0
    return f"{cpu:.{digits}f}/{wall:.{digits}f}/{memory / 1024:.0f}M/{size}"


rows = [int(one) for one in given.rows.split(",")]
chosen = [one for one in given.tools.split(";") if one]
found = {}
for count in rows:
    at = folder / str(count)
    subprocess.run([given.program, "make", str(count), str(at)], check=True)
    if not (at / "fonts").exists():
        (at / "fonts").symlink_to(fonts)
    for round in range(given.rounds):
        for name, command in tools(at).items():
            if chosen and name not in chosen:
                continue
            if name.startswith("WeasyPrint") and count >= 10_000 and round >= given.slow_rounds:
                continue
            out = at / f"{name.split(',')[0].lower()}{'-tagged' if ',' in name else ''}.pdf"
            found.setdefault((name, count), []).append(measure(name, command, out))
            print(f"{count} rows, round {round + 1}: {name}: {said(found[name, count][-1:])}", file=sys.stderr, flush=True)

processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
print(f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; load {os.getloadavg()[0]:.1f} at the end; "
      f"median of {given.rounds} rounds (WeasyPrint from 10 000 rows: {given.slow_rounds})\n")
print("| CPU s/wall s/peak memory/file | " + " | ".join(f"{count:,} rows" for count in rows) + " |")
print("|---" * (len(rows) + 1) + "|")
for name in dict.fromkeys(name for name, _ in found):
    print(f"| {name} | " + " | ".join(said(found[name, count]) if (name, count) in found else "" for count in rows) + " |")
