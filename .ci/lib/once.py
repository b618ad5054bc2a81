"""Holds what a mail server accepted against the ledger: `once.py HISTORY ACCEPTED EDITIONS`. Every edition is issued once, every
recipient has it at least once, and more than once only after outcomes that nobody knew, with the same Message-ID and bytes."""

import collections
import json
import sys

history = json.load(open(sys.argv[1], encoding="utf-8"))
accepted = collections.defaultdict(list)
for line in open(sys.argv[2], encoding="utf-8"):
    one = json.loads(line)
    accepted[one["id"]].append(one)
wrong, seen, twice, unknown = [], [], 0, 0
for edition in history:
    name = edition["edition"]
    seen.append(name)
    if edition["status"] != "issued":
        wrong.append(f"{name} is {edition['status']}")
    readers = [one["to"] for one in edition["dispatches"] if one["to"] != "owner@example.com"]
    if sorted(readers) != ["anna@example.com", "ben@example.com"]:
        wrong.append(f"{name} went to {readers}")
    for one in edition["dispatches"]:
        copies = accepted.pop(one["message_id"].strip("<>"), [])
        doubts = sum(attempt["outcome"] == "unknown" for attempt in one["tries"])
        unknown += doubts
        twice += max(0, len(copies) - 1)
        if one["stage"] != "sent" or not copies:
            wrong.append(f"{name} to {one['to']}: {one['stage']}, accepted {len(copies)} times")
        if len(copies) > 1 + doubts:
            wrong.append(f"{name} to {one['to']}: accepted {len(copies)} times, with {doubts} unknown outcomes")
        if len({(copy["to"], copy["sha256"]) for copy in copies}) > 1 or any(copy["to"] != one["to"] for copy in copies):
            wrong.append(f"{name} to {one['to']}: other bytes, or to another one: {copies}")
if len(seen) != len(set(seen)) or len(seen) != int(sys.argv[3]):
    wrong.append(f"{len(seen)} editions, {len(set(seen))} different ones, not {sys.argv[3]}")
wrong += [f"nothing in the ledger says why {copies[0]['to']} got {id}" for id, copies in accepted.items()]
if wrong:
    sys.exit("\n".join(wrong[:20]))
print(f"{len(seen)} {unknown} {twice}")
