"""Compares firings of cron expressions with croniter (PyPI), an independent implementation: cron.py FILE.

FILE has a line for each expression: the expression, a tab, its first firings from 2024 to 2027, or `!` and why it is refused.

The two read some expressions differently. Each way is named here, and none is taken on trust: the expression is written without
what is read differently, and then croniter must say just what was said here.

* A range from a value to itself, `6-6`: that value here and in crontab, the whole round for croniter.
* A range over the end with a step, `22-4/3`: counted on over the end here (22, 1, 4). croniter begins the rest anew, so that the
  steps differ; crontab knows no ranges over the end.
* A day field that begins with a star, as in `*/2 * MON`: no restriction in crontab, so that both day fields must hold; for croniter
  only a lone star is none, and either may hold. (croniter knows crontab's reading as `day_or=False`.)
"""

import collections
import re
import sys
from datetime import datetime

from croniter import CroniterBadDateError, croniter

END = datetime(2028, 1, 1)

# Least and greatest number of each field, from the minutes on.
LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

SAME = "a range from a value to itself"
ROUND = "a range over the end with a step"
STAR = "a day field that begins with a star"


def theirs(expression: str, day_or: bool = True) -> list[str]:
    found = []
    # One second before the first moment, because croniter begins after its start.
    walk = croniter(
        expression,
        datetime(2023, 12, 31, 23, 59, 59),
        max_years_between_matches=120,
        day_or=day_or,
        second_at_beginning=True,
    )
    while len(found) < 50:
        moment = walk.get_next(datetime)
        if moment >= END:
            break
        found.append(moment.strftime("%Y-%m-%dT%H:%M:%S"))
    return found


def number(text: str, at: int) -> int:
    names = {3: MONTHS, 4: WEEKDAYS}.get(at, [])
    return names.index(text.lower()) + LIMITS[at][0] if text.lower() in names else int(text)


def without(field: str, at: int) -> tuple[str, set[str]]:
    """The field without what is read differently, and what that was."""
    items, why = [], set()
    least, most = LIMITS[at]
    for item in field.split(","):
        match = re.fullmatch(r"(\w+)-(\w+)(?:/(\d+))?", item)
        if match:
            first, last, step = number(match[1], at), number(match[2], at), int(match[3] or 1)
            size = most - least + 1
            if first == last or (at == 4 and (first, last) == (7, 0)):
                items.append(str(first))
                why.add(SAME)
                continue
            # Sunday is 0 and 7: a range that ends there does not go over the end, one that begins there begins the week.
            if at == 4 and first == 7:
                first = 0
            if last < first and step > 1:
                round = range(first, last + size + 1, step)
                items += [str((value - least) % size + least) for value in round]
                why.add(ROUND)
                continue
        items.append(item)
    return ",".join(items), why


def plainly(expression: str) -> tuple[list[str], set[str]]:
    """What croniter says to the expression without what is read differently, and what that was."""
    fields = expression.split()
    seconds, fields = fields[:-5], fields[-5:]
    plain, why = [], set()
    # Seconds go as minutes do.
    for at, field in [(0, field) for field in seconds] + list(enumerate(fields)):
        text, found = without(field, at)
        plain.append(text)
        why |= found
    days = [fields[2], fields[4]]
    both = any(day.startswith("*") for day in days)
    if both and "*" not in days:
        why.add(STAR)
    return theirs(" ".join(plain), day_or=not both), why


def never(expression: str) -> str:
    """Why croniter fires where it never does without what is read differently; empty if it does."""
    try:
        firings, why = plainly(expression)
    except CroniterBadDateError:
        return STAR  # What it says to dates that never come; nothing but the star can make them so.
    return "" if firings else "; ".join(sorted(why))


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
            elif reason := never(expression):
                differ[f"refused here, and never fires there without {reason}"] += 1
            else:
                wrong.append(f"{expression}: refused here ({ours[1:]}), fires there {other[:3]}")
            continue
        if other == ours.split():
            same["the same firings"] += 1
            continue
        try:
            plain, why = plainly(expression)
        except Exception as error:
            plain, why, said = None, set(), f"{said}; {type(error).__name__}: {error}"
        if why and plain == ours.split():
            differ["the same without " + "; ".join(sorted(why))] += 1
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
