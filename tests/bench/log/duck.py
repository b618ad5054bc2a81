"""Duck: the twelve questions put to DuckDB in SQL. `duck.py load DB CSV PEOPLE`, `ask DB ROUNDS ANSWERS`, `once DB SPAN`.

Everything is left as DuckDB has it when installed: `read_csv` finds the columns' types, the file is its native one, and
all cores may be used (THREADS in the environment says otherwise). Only the making of an answer is timed, not its way
into Python: our side's time has its answers in it, as text.
"""

import json
import os
import sys
import time

import duckdb

SPANS = {"month": ("2025-11-01", "2025-12-01"), "all": ("2024-11-01", "2025-12-01")}
IN = "t >= TIMESTAMP '{from_}' AND t < TIMESTAMP '{to}'"
# Keys first, then numbers, in the order in which our library answers. `$IN` is the span.
QUESTIONS = {
    "events by day": "SELECT t::DATE AS d, count(*) FROM events WHERE $IN GROUP BY d",
    "events by actor": "SELECT actor, count(*) FROM events WHERE $IN GROUP BY actor",
    "action by outcome": "SELECT action, outcome, count(*) FROM events WHERE $IN GROUP BY action, outcome",
    "events and records by module":
        "SELECT module, count(*), sum(coalesce(affected, 1))::BIGINT FROM events WHERE $IN GROUP BY module",
    "distinct actors by week":
        "SELECT date_trunc('week', t)::DATE AS w, count(DISTINCT actor) FROM events WHERE $IN GROUP BY w",
    "failed logins by actor":
        "SELECT actor, count(*) FROM events WHERE $IN AND action = 'User Login' AND outcome = 'failure' GROUP BY actor",
    "weekday by hour": "SELECT isodow(t) AS w, hour(t) AS h, count(*) FROM events WHERE $IN GROUP BY w, h",
    "most in five minutes by actor":
        "SELECT actor, max(n) FROM (SELECT actor, count(*) OVER (PARTITION BY actor ORDER BY t RANGE BETWEEN CURRENT ROW"
        " AND INTERVAL 299999 MILLISECONDS FOLLOWING) AS n FROM events WHERE $IN) GROUP BY actor",
    "actors first seen":
        "SELECT actor, (first >= TIMESTAMP '{from_}')::BIGINT FROM"
        " (SELECT actor, min(t) AS first, max(t) AS last FROM events WHERE t < TIMESTAMP '{to}' GROUP BY actor)"
        " WHERE last >= TIMESTAMP '{from_}'",
    "outside working hours by actor":
        "SELECT actor, count(*) FROM events WHERE $IN AND (isodow(t) > 5 OR hour(t) < 8 OR hour(t) >= 18) GROUP BY actor",
    "deletions by others than administrators":
        "SELECT actor, count(*) FROM events WHERE $IN AND action IN ('Record Deleted', 'Mass Delete')"
        " AND actor NOT IN (SELECT actor FROM people WHERE role = 'Administrator') GROUP BY actor",
    "percentiles of events per actor":
        "SELECT p[1], p[2], p[3] FROM (SELECT quantile_disc(n, [0.5, 0.9, 0.99]) AS p FROM"
        " (SELECT count(*) AS n FROM events WHERE $IN GROUP BY actor))",
}
# The same question made easier for an engine that has to sort for it: boxes of five minutes instead of any five minutes.
# Its answer is another one; it is timed, and not compared.
BOXES = (
    "SELECT actor, max(n) FROM (SELECT actor, epoch_ms(t) // 300000 AS box, count(*) AS n FROM events WHERE $IN"
    " GROUP BY actor, box) GROUP BY actor"
)


def sql(text, span):
    from_, to = SPANS[span]
    return text.replace("$IN", IN).format(from_=from_, to=to)


def connect(path, read_only=True):
    con = duckdb.connect(path, read_only=read_only)
    if os.environ.get("THREADS"):
        con.execute(f"SET threads = {int(os.environ['THREADS'])}")
    return con


def load(path, csv, people):
    con = connect(path, read_only=False)
    con.execute(
        """CREATE TABLE events AS SELECT "Audit Id" AS id, "Audited Time"::TIMESTAMP AS t, "Done By" AS actor,
        "Action" AS action, "Module" AS module, "Record Id" AS record, "Record Name" AS record_name, "Status" AS outcome,
        "IP Address" AS ip, "User Agent" AS agent, "Channel" AS channel, "Records" AS affected, "Field" AS field,
        "Old Value" AS old_value, "New Value" AS new_value, "Details" AS details, "Session" AS session
        FROM read_csv(?)""",
        [csv],
    )
    con.execute("CREATE TABLE people AS SELECT * FROM read_csv(?)", [people])
    con.execute("CHECKPOINT")
    print(json.dumps(con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'events'").fetchall()))
    con.close()


def label(question, row):
    """A row as our library labels it: keys as text, numbers as numbers."""
    keys = {"action by outcome": 2, "weekday by hour": 2, "percentiles of events per actor": 0}.get(question, 1)
    row = list(row)
    if question == "distinct actors by week":
        year, week, _ = row[0].isocalendar()
        row[0] = f"{year}-W{week:02}"
    return [[str(key) for key in row[:keys]], row[keys:]]


def timed(con, text):
    cpu, wall = time.process_time(), time.perf_counter()
    result = con.execute(text)
    spent = {"cpu": (time.process_time() - cpu) * 1e3, "wall": (time.perf_counter() - wall) * 1e3}
    return spent, result.fetchall()


def ask(path, rounds, answers):
    con = connect(path)
    answered, told = {}, {}
    for span in SPANS:
        answered[span] = {}
        for question, text in {**QUESTIONS, "boxes of five minutes by actor": BOXES}.items():
            each = []
            # Once more than is told: the first fills the buffers.
            for _ in range(rounds + 1):
                spent, rows = timed(con, sql(text, span))
                each.append(spent)
            told[f"{span} alone {question}"] = each[1:]
            if text is not BOXES:
                answered[span][question] = sorted(label(question, row) for row in rows)
    with open(answers, "w", encoding="utf-8") as out:
        json.dump(answered, out)
    print(json.dumps(told))


def once(path, span):
    con = connect(path)
    print(sum(len(con.execute(sql(text, span)).fetchall()) for text in QUESTIONS.values()))


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "load":
        load(*rest)
    elif what == "ask":
        ask(rest[0], int(rest[1]), rest[2])
    elif what == "once":
        once(*rest)
    else:
        sys.exit(__doc__)
