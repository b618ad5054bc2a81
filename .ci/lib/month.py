"""Counts 2016-04 in the vendor's file itself and holds an edition's figures against it."""

import collections
import csv
import gzip
import json
import sys

log, edition = sys.argv[1:]


def events():
    """Day, actor, action, record of every row of April 2016."""
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        if log.endswith(".csv.gz"):
            for row in csv.DictReader(file):
                day, month, year = row["sys_updated_at"].split(" ")[0].split("/")
                if (int(year), int(month)) == (2016, 4):
                    yield f"2016-04-{int(day):02}", row["sys_updated_by"], row["incident_state"], row["number"]
        else:
            for row in map(json.loads, file):
                if row["time"].startswith("2016-04-"):
                    yield row["time"][:10], row["actor"], row["action"], row["object_id"]


def figures(value):
    """Every figure by its address."""
    if isinstance(value, dict):
        if "address" in value and "amount" in value:
            yield value["address"], value["amount"].get("whole")
        for inner in value.values():
            yield from figures(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from figures(inner)


rows = list(events())
found = dict(figures(json.load(open(edition, encoding="utf-8"))))
days, actors, actions, records = (collections.Counter(column) for column in zip(*rows))
actors.pop("?", None)
wanted = {"summary/events": len(rows), "summary/actors": len(actors), "summary/records": len(records)}
wanted |= {f"actions/{action}/events": count for action, count in actions.items()}
wanted |= {f"days/{day}": count for day, count in days.items()}
wrong = {address: (count, found.get(address)) for address, count in wanted.items() if found.get(address) != count}
if wrong:
    near = [address for address in found if address.split("/")[0] in ("actions", "days")][:5]
    sys.exit(f"counted in the file, and in the edition: {wrong}; addresses such as {near}")
print(f"2016-04: {len(rows)} events, {len(actors)} actors, {len(records)} records, and {len(actions)} actions and "
      f"{len(days)} days one by one: as Python counts them in the file")
