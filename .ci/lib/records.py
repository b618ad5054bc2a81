"""A CRM's export of its leads, and what it holds counted without the program: `quarterday records` must come to the same.

python3 records.py make ROWS SEED FILE [utf-8|utf-16|latin-1 [DELIMITER]]
python3 records.py compare FILE RESULT.json AS_AT [utf-8|utf-16|latin-1 [DELIMITER]]

What is asked is what schedules/records/leads.yaml says, written here a second time. Standard library only.
"""

import calendar
import csv
import datetime
import json
import random
import re
import sys

HEADER = ["Record Id", "Lead Owner", "Lead Name", "Last Name", "Company", "Lead Source", "Lead Status", "Email", "Phone",
          "Mobile", "Industry", "Annual Revenue", "Created Time", "Description"]
EMPTY = {"", "n/a", "na", "-", "--", "-none-", "none", "unknown", "test", "xxx", "tbd", "?"}
STATUSES = ["New", "Attempted to Contact", "Contacted", "Qualified", "Lost Lead", "Junk Lead"]
WEIGHTS = {"Last Name": 3, "Company": 3, "Email": 3, "Annual Revenue": 2}


def make(rows, seed, file, encoding, delimiter):
    chance = random.Random(seed)
    owners = ["Ana Ruiz", "Ben Cole", "Carla Novák", "Dirk Müller", "ella@example.com", ""]
    nothing = ["", "", "", "n/a", "-", "-None-", " Test ", "XXX", "unknown"]

    def maybe(value, share=0.12):
        return chance.choice(nothing) if chance.random() < share else value

    with open(file, "w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerow(HEADER)
        ids = []
        for number in range(rows):
            record = f"zcrm_{5129340000 + number}"
            if ids and chance.random() < 0.002:
                record = chance.choice(ids)
            ids.append(record)
            last = chance.choice(["Brandt", "O'Neil", "Müller", "de la Cruz", "Sørensen", "Novák", "Li"])
            if encoding == "latin-1":
                last = last.replace("á", "a")
            owner = chance.choice(owners)
            if encoding == "latin-1":
                owner = owner.replace("á", "a")
            mail = f"{chance.choice('abcdef')}{chance.randrange(rows)}@mail{chance.randrange(9)}.example"
            mail = chance.choice([mail] * 12 + [mail.upper(), "nobody", "a@b", "x y@z.example", "a@@b.example"])
            phone = f"{chance.randrange(10**4):04d} {chance.randrange(10**5):05d}"
            phone = chance.choice([phone] * 8 + ["+49 (30) " + phone, phone + " x12", "12345", "call me", "ask (her)"])
            day = datetime.datetime(2026, 11, 28) - datetime.timedelta(minutes=chance.randrange(3 * 365 * 1440))
            made = day.strftime("%Y-%m-%d %H:%M:%S") if chance.random() < 0.98 else chance.choice(["", "soon"])
            status = chance.choice(STATUSES + ["qualified", "Hot"])
            text = chance.choice(["", 'said "yes"', "two\nlines", f"a{delimiter}b", "plain"])
            writer.writerow([record, owner, f"{last} {number}", maybe(last, 0.02), maybe("Fälle & Co", 0.08),
                             maybe("Web", 0.2), maybe(status, 0.03), maybe(mail, 0.3), maybe(phone, 0.4),
                             maybe(phone, 0.6), maybe("Retail", 0.3), maybe("1200", 0.5), made, text])


def full(value):
    return value.strip().lower() not in EMPTY


def is_mail(value):
    value = value.strip()
    local, at, domain = value.partition("@")
    if not at or not re.fullmatch(r'[^\s@,;<>"]{1,64}', local) or local[0] == "." or local[-1] == ".":
        return False
    labels = domain.split(".")
    return len(labels) > 1 and all(re.fullmatch(r"[^\W_]([\w-]*[^\W_])?", label) and "_" not in label for label in labels)


def number(value):
    """The digits of a telephone number, or nothing."""
    value = re.sub(r"\s*(ext\.?|x)\s*\d+$", "", value.strip().lower())
    digits = re.sub(r"\D", "", value)
    return digits if re.fullmatch(r"\+?[\d \u00a0()./-]*", value) and 6 <= len(digits) <= 15 else None


def age(made, as_at):
    try:
        made = datetime.datetime.strptime(made.strip(), "%Y-%m-%d %H:%M:%S").date()
    except ValueError:
        return ""
    months = 0
    while months < 24:
        month = made.year * 12 + made.month - 1 + months + 1
        year, month = divmod(month, 12)
        day = min(made.day, calendar.monthrange(year, month + 1)[1])
        if datetime.date(year, month + 1, day) > as_at:
            break
        months += 1
    return str(max(first for first in (0, 1, 3, 6, 12, 24) if first <= months))


def asked_of(row):
    """What is asked of a record: its name, whether it is there, and what it weighs."""
    status = row["Lead Status"].strip().lower()
    for field in ("Last Name", "Company", "Lead Source", "Lead Status"):
        yield field, [field]
    yield "Email or Phone or Mobile", ["Email", "Phone", "Mobile"]
    if status in ("contacted", "qualified"):
        yield "Industry", ["Industry"]
    if status == "qualified":
        yield "Annual Revenue", ["Annual Revenue"]


def count(file, as_at, encoding, delimiter):
    total = {"records": 0, "repeated": 0, "complete": 0, "asked": 0, "met": 0, "malformed": 0}
    fields, forms, groups, values, worst, seen = {}, {}, {"owners": {}, "ages": {}}, {"Email": {}, "Phone": {}}, [], set()
    with open(file, encoding=encoding, newline="") as text:
        for order, row in enumerate(csv.DictReader(text, delimiter=delimiter)):
            if row["Record Id"] in seen:
                total["repeated"] += 1
                continue
            seen.add(row["Record Id"])
            asked = met = malformed = weight = 0
            for label, names in asked_of(row):
                there = any(full(row[name]) for name in names)
                field = fields.setdefault(label, {"asked": 0, "met": 0, "placeholders": 0})
                field["asked"] += 1
                field["met"] += there
                field["placeholders"] += not there and any(row[name].strip() for name in names)
                asked += 1
                met += there
                weight += 0 if there else max(WEIGHTS.get(name, 1) for name in names)
            for name, fits in (("Email", is_mail), ("Phone", number), ("Mobile", number),
                               ("Lead Status", lambda value: value.strip().lower() in [one.lower() for one in STATUSES])):
                if full(row[name]):
                    form = forms.setdefault(name, {"filled": 0, "malformed": 0})
                    form["filled"] += 1
                    if not fits(row[name]):
                        form["malformed"] += 1
                        malformed += 1
                        weight += WEIGHTS.get(name, 1)
            for name in values:
                if full(row[name]) and (number if name == "Phone" else is_mail)(row[name]):
                    same = number(row[name]) if name == "Phone" else row[name].strip().lower()
                    values[name][same] = values[name].get(same, 0) + 1
            whole = asked == met and not malformed
            for kind, key in (("owners", row["Lead Owner"].strip()), ("ages", age(row["Created Time"], as_at))):
                group = groups[kind].setdefault(key, {"records": 0, "complete": 0, "asked": 0, "met": 0, "malformed": 0})
                for name, by in (("records", 1), ("complete", whole), ("asked", asked), ("met", met), ("malformed", malformed)):
                    group[name] += by
            for name, by in (("records", 1), ("complete", whole), ("asked", asked), ("met", met), ("malformed", malformed)):
                total[name] += by
            if not whole:
                worst.append((-weight, order, row["Record Id"]))
    doubled = {name: {"values": sum(1 for many in all_.values() if many > 1),
                      "records": sum(many for many in all_.values() if many > 1)} for name, all_ in values.items()}
    worst = [[record, -weight] for weight, _, record in sorted(worst)[:20]]
    return {**total, "fields": fields, "forms": forms, **groups, "doubled": doubled, "worst": worst}


def told(result):
    """The program's answer in the same shape."""
    checked = result["check"]["checked"]

    def by(rows, key, *names):
        return {row[key]: {name: row[name] for name in names} for row in rows}

    sizes = ("records", "complete", "asked", "met", "malformed")
    return {
        **{name: checked[name] for name in ("records", "repeated", "complete", "asked", "met", "malformed")},
        "fields": by(checked["fields"], "label", "asked", "met", "placeholders"),
        "forms": by(checked["forms"], "field", "filled", "malformed"),
        "owners": by(checked["owners"], "key", *sizes),
        "ages": by(checked["ages"], "key", *sizes),
        "doubled": by(checked["doubled"], "field", "values", "records"),
        "worst": [[row["key"], row["weight"]] for row in checked["worst"]],
    }


def compare(file, result, as_at, encoding, delimiter):
    with open(result, encoding="utf-8") as text:
        program = told(json.load(text))
    here = count(file, datetime.date.fromisoformat(as_at), encoding, delimiter)
    wrong = [name for name in here if here[name] != program[name]]
    for name in wrong:
        print(f"{name}: counted here {here[name]}, by the program {program[name]}")
    if wrong or not here["records"] or not here["malformed"] or here["complete"] == here["records"]:
        sys.exit("the counts do not agree, or there was nothing to count")
    numbers = 6 + sum(len(one) for part in ("fields", "forms", "owners", "ages", "doubled") for one in here[part].values())
    print(f"{here['records']} records, {here['complete']} complete, {here['met']} of {here['asked']} there, "
          f"{here['malformed']} malformed: {numbers + 2 * len(here['worst'])} numbers agree")


def main(what, *words):
    if what == "make":
        rows, seed, file, *rest = words
        make(int(rows), int(seed), file, *(rest + ["utf-8", ","][len(rest):]))
    else:
        file, result, as_at, *rest = words
        compare(file, result, as_at, *(rest + ["utf-8", ","][len(rest):]))


if __name__ == "__main__":
    main(*sys.argv[1:])
