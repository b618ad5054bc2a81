"""What openpyxl finds in the spreadsheets of an installation: sheets with frozen heads and filters, typed cells, nothing that runs."""

import datetime
import json
import pathlib
import sys

import openpyxl

books = sorted(pathlib.Path(sys.argv[1]).glob("var/editions/*/*/*.xlsx"))
if not books:
    sys.exit("there is no spreadsheet")
kinds = {}
for path in books:
    book = openpyxl.load_workbook(path)
    if book.sheetnames[:2] != ["About", "Figures"]:
        sys.exit(f"{path}: its sheets are {book.sheetnames}")
    for sheet in book:
        if sheet.freeze_panes != "A2" or not sheet.auto_filter.ref:
            sys.exit(f"{path}: {sheet.title}: its head is not frozen or has no filter")
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            if cell.data_type == "f" or cell.hyperlink:
                sys.exit(f"{path}: {sheet.title}: {cell.coordinate} runs or leads out: {cell.value!r}")
            kinds[type(cell.value).__name__] = kinds.get(type(cell.value).__name__, 0) + 1
    # Its only time is the edition's, not that of whoever sets it again.
    facts = json.loads((path.parent / "figures.json").read_text(encoding="utf-8"))["facts"]
    issued = datetime.datetime.fromtimestamp(facts["issued_at"] // 1000, datetime.timezone.utc).replace(tzinfo=None)
    if book.properties.created != issued or book.properties.modified != issued:
        sys.exit(f"{path}: says that it was made at {book.properties.created}, and was issued at {issued}")
for kind in ("str", "int", "datetime"):
    if kind not in kinds:
        sys.exit(f"no cell is a {kind}: {kinds}")
print(f"{len(books)} spreadsheets: openpyxl reads them; no formula, no link; cells: {kinds}")
