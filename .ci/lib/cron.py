"""Compares firings of cron expressions with croniter (PyPI), an independent implementation: cron.py FILE.

FILE has a line for each expression: the expression, a tab, its first firings from 2024 to 2027, or `!` and why it is refused.
Every difference must be one of those that are explained here.
"""

import collections
import sys
from datetime import datetime

from croniter import croniter

END = datetime(2028, 1, 1)


def theirs(expression: str) -> list[str]:
    found = []
    # One second before the first moment, because croniter begins after its start.
    walk = croniter(expression, datetime(2023, 12, 31, 23, 59, 59), max_years_between_matches=120)
    while len(found) < 50:
        moment = walk.get_next(datetime)
        if moment >= END:
            break
        found.append(moment.strftime("%Y-%m-%dT%H:%M"))
    return found


def explained(expression: str) -> str | None:
    day, weekday = expression.split()[2], expression.split()[4]
    if day.startswith("*/") and not weekday.startswith("*") or weekday.startswith("*/") and not day.startswith("*"):
        return "a day field that begins with a star: no restriction in crontab (both must hold), one for croniter (either)"
    return None


def main() -> int:
    same, differ, wrong = collections.Counter(), collections.Counter(), []
    for line in open(sys.argv[1], encoding="utf-8"):
        expression, ours = line.rstrip("\n").split("\t")
        try:
            other = theirs(expression)
            said = "!"
        except Exception as error:  # croniter has several kinds of its own, and lets ValueError through
            other, said = None, f"{type(error).__name__}: {error}"
        if ours.startswith("!"):
            if other is None:
                same["both refuse"] += 1
            elif not other:
                same["refused here, and never fires there"] += 1
            else:
                wrong.append(f"{expression}: refused here ({ours[1:]}), fires there {other[:3]}")
        elif other == ours.split():
            same["the same firings"] += 1
        elif reason := explained(expression):
            differ[reason] += 1
        else:
            wrong.append(f"{expression}: here {ours.split()[:3]}, there {other[:3] if other is not None else said}")
    for kind, count in (same + differ).most_common():
        print(f"{count:6} {kind}")
    for line in wrong[:20]:
        print(line)
    print(f"{len(wrong)} differences that nobody has explained")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
