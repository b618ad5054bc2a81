"""An edition for training attacked by a colleague who has the log: who and what can be named?

python3 attack.py EDITION_FOLDER LOG_FOLDER [MOST]    LOG_FOLDER: exports/ and people.csv of the tour
Tells how many people and records can be named, and fails if there are more than MOST (0).

What is known to the attacker: every row of both exports with time, account, action, module, record and address; who has which
team and role. What they hold: every file of the edition. How they go about it: the week is found by the times and counts that
stand in it; then each row of evidence is joined with the log by day, time, action, module and team, each row of a table of
people or things by its counts, each sequence by its times; and what stands for the same person in several places is cut with
each other. A stand-in with one candidate left is named, and so is a row of evidence that fits the acts of one person alone.
Standard library only.
"""

import collections
import csv
import datetime
import json
import pathlib
import re
import sys

TIME = re.compile(r"(?:day|Tag) (-?\d+), (\d\d):(\d\d)(?::(\d\d))?")
Row = collections.namedtuple("Row", "at actor action module record name affected ip team role")
CLASSES = {"Deleted": "delete", "Restored": "restore", "Exported": "export", "Imported": "import"}


def rows_of(folder):
    folder = pathlib.Path(folder)
    people = {}
    for row in csv.DictReader(open(folder / "people.csv", encoding="utf-8")):
        people[row["actor"].lower()] = (row["team"], row["role"])
    out = []

    def add(time, actor, action, module, record, name, details, ip):
        try:
            at = datetime.datetime.fromisoformat(time).replace(tzinfo=None)
        except (TypeError, ValueError):
            return
        many = re.match(r"([\d,.]+) records?\b", details or "")
        team, role = people.get((actor or "").lower(), ("", ""))
        affected = int(re.sub(r"\D", "", many[1])) if many else 1
        out.append(Row(at, actor, action, module, record, name, affected, ip, team, role))

    for row in csv.DictReader(open(folder / "exports/zoho-crm-audit-log.csv", encoding="utf-8")):
        add(row["Audited Time"], row["Done By"], row["Action"], row["Module"], row["Record Id"], row["Record Name"], row["Details"], "")
    for row in csv.DictReader(open(folder / "exports/zoho-login-history.csv", encoding="utf-8")):
        add(row["Login Time"], row["User"], "Login", "Login", "", "", "", row["IP Address"])
    return sorted(set(out))


def evidence(folder):
    """Rows of the edition's evidence files, as dictionaries."""
    for file in sorted(pathlib.Path(folder).glob("*.csv")):
        yield from csv.DictReader(open(file, encoding="utf-8-sig"))


def fits(shown, row, first):
    """Whether a row of the log can be what a row of evidence shows, if the period began on that day."""
    time = TIME.search(shown.get("time", ""))
    if time:
        day, hour, minute, second = time.groups()
        at = datetime.datetime.combine(first, datetime.time()) + datetime.timedelta(days=int(day) - 1, hours=int(hour), minutes=int(minute))
        if second is None or (minute == "00" and second == "00"):
            span = datetime.timedelta(hours=1)
        else:
            at, span = at + datetime.timedelta(seconds=int(second)), datetime.timedelta(seconds=1)
        if not at <= row.at < at + span:
            return False
    elif not first <= row.at.date() < first + datetime.timedelta(days=7):
        return False
    hidden = ("", "others", "…", None)
    return all(shown.get(name) in hidden or shown[name] == getattr(row, value)
               for name, value in (("action", "action"), ("module", "module"), ("actor.team", "team"), ("actor.role", "role")))


def stand_in(text):
    return bool(text) and text not in ("others", "…")


def the_week(shown, rows, total):
    """The week that fits best: by the times in the rows of evidence, and by how much happened."""
    times, sizes = collections.defaultdict(set), collections.Counter()
    for row in rows:
        first = row.at.date() - datetime.timedelta(days=row.at.weekday())
        times[first] |= {(row.at.weekday(), row.at.time(), row.action), (row.at.weekday(), row.at.time(), "others"),
                         (row.at.weekday(), row.at.hour)}
        sizes[first] += 1

    def score(first):
        hits = 0
        for one in shown:
            time = TIME.search(one.get("time", ""))
            if time:
                day, hour, minute, second = (int(part or 0) for part in time.groups())
                exact = (day - 1, datetime.time(hour, minute, second), one.get("action", "others"))
                hits += exact in times[first] or (minute == second == 0 and (day - 1, hour) in times[first])
        return hits - abs(sizes[first] - total) / 1e4

    return max(list(sizes), key=score)


def amount(figure):
    value = figure["amount"]
    return value.get("whole") if isinstance(value, dict) else None


def counted(section, row):
    """What a row of the log adds to a section's first two measures, where the attacker knows how it is filtered."""
    title = section["title"]
    kind = CLASSES.get(row.action, "")
    if title.startswith("Exports, imports and mass"):
        return (row.affected, 1) if kind in ("export", "import") or row.affected > 1 else None
    if title.startswith("Deletions by people"):
        if kind not in ("delete", "restore") or row.role == "Administrator":
            return None
        return (row.affected, 1) if kind == "delete" else (0, 0)
    if title.startswith(("Addresses", "Adressen", "Records", "Datensätze")):
        return (1,)
    return None


def table_candidates(section, of_week):
    """For each stand-in in a table of people or things: who or what has those counts."""
    by = section["body"]["by"]
    value = {"actor": "actor", "action": "action", "module": "module", "actor.role": "role", "actor.team": "team",
             "record_name": "name", "record": "record", "origin.ip": "ip"}
    if not all(name in value for name in by):
        return
    sums = collections.defaultdict(lambda: [0, 0])
    for row in of_week:
        adds = counted(section, row)
        if adds:
            key = tuple(getattr(row, value[name]) for name in by)
            for place, number in enumerate(adds):
                sums[key][place] += number
    width = 1 if section["title"].startswith(("Addresses", "Adressen", "Records", "Datensätze")) else 2
    for row in section["body"]["rows"]:
        seen = [amount(figure) for figure in row["figures"][:width]]
        for place, name in enumerate(by):
            if name not in ("actor", "record", "record_name", "origin.ip") or not stand_in(row["keys"][place]):
                continue
            open_keys = {key[place] for key, made in sums.items() if made[:width] == seen and all(
                by[other] in ("actor", "record", "record_name", "origin.ip") or row["keys"][other] in ("others", key[other])
                for other in range(len(by)))}
            yield name, row["keys"][place], open_keys


def main(edition, log, most="0"):
    rows = rows_of(log)
    figures = json.load(open(pathlib.Path(edition) / "figures.json", encoding="utf-8"))["figures"]
    shown = list(evidence(edition))
    total = amount(figures["totals"]["events"]["now"]) or 0
    first = the_week(shown, rows, total)
    of_week = [row for row in rows if first <= row.at.date() < first + datetime.timedelta(days=7)]
    print(f"{len(shown)} rows of evidence; the week that fits best begins on {first}: {len(of_week)} events in the log, {total} told")
    left = {}

    def cut(kind, name, candidates):
        if candidates:
            known = left.get((kind, name))
            left[(kind, name)] = candidates if known is None else (known & candidates or known)

    alone = 0
    for one in shown:
        able = [row for row in of_week if fits(one, row, first)]
        alone += len({row.actor for row in able}) == 1
        for kind, column, value in (("person", "actor", "actor"), ("person", "actor_name", "actor"), ("record", "record", "record"),
                                    ("record name", "record_name", "name"), ("address", "origin.ip", "ip")):
            if stand_in(one.get(column)):
                cut(kind, one[column], {getattr(row, value) for row in able})
    for section in figures["sections"]:
        body = section["body"]
        if body["kind"] == "ranking":
            for name, key, candidates in table_candidates(section, of_week):
                kind = {"actor": "person", "origin.ip": "address", "record": "record", "record_name": "record name"}[name]
                cut(kind, key, candidates)
        for found in body.get("found", []):
            then = datetime.datetime.fromtimestamp(found["then_at"] / 1000, datetime.timezone.utc).time().replace(microsecond=0)
            able = {row.actor for row in of_week if row.action == "Login" and (row.at.minute, row.at.second) == (then.minute, then.second)}
            cut("person", found["key"], able)
    kinds = collections.Counter(kind for kind, _ in left)
    named = collections.Counter(kind for (kind, _), candidates in left.items() if len(candidates) == 1)
    for kind in sorted(kinds):
        print(f"{kind}: {named[kind]} of {kinds[kind]} stand-ins named")
    print(f"rows of evidence that only one person can have made: {alone} of {len(shown)}")
    bad = sum(named.values()) + alone
    if bad > int(most):
        sys.exit(f"{bad} can be named")


if __name__ == "__main__":
    main(*sys.argv[1:])
