"""What a reader gets out of the PDFs of an installation: names in all scripts, whole glyphs, no stray signs."""

import csv
import pathlib
import re
import subprocess
import sys
import unicodedata

SCRIPTS = ["LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC"]
# Marks of direction, which are not written but steer; and every kind of white space, also inside a wrapped name.
STEERING = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
# What no text should hold: replacement characters, private use, control characters (form feeds end pages).
STRAY = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0e-\x1f]")


def script(name):
    """The script of a name that is not written in Latin letters throughout, else LATIN."""
    for letter in name:
        first = unicodedata.name(letter, "").split(" ")[0]
        if first in SCRIPTS[1:]:
            return first
    return "LATIN"


def text_of(pdf):
    out = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True).stdout.decode("utf-8")
    stray = STRAY.search(out)
    if stray:
        sys.exit(f"{pdf}: pdftotext finds U+{ord(stray[0]):04X}, which is no text")
    return re.sub(r"\s+", " ", STEERING.sub("", out))


def read_aloud(pdf):
    """The text in the order of the structure, as a screen reader walks through it: the letters of the content, and no hints."""
    out = subprocess.run(["pdfinfo", "-struct-text", pdf], check=True, capture_output=True).stdout.decode("utf-8")
    content = "".join(re.findall(r'^ *"(.*)"$', out, re.MULTILINE))
    return re.sub(r"\s+", " ", STEERING.sub("", content))


def shows_missing_glyph(pdf):
    """Whether a text operator shows glyph 0, the box that stands for a glyph that no font has."""
    plain = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", pdf, "-"], check=True, capture_output=True)
    found = 0
    for operand in re.findall(rb"(<[0-9a-fA-F]+>|\[[^\]]*\])\s*T[jJ]", plain.stdout):
        for glyphs in re.findall(rb"<([0-9a-fA-F]+)>", operand):
            found += 1
            if any(glyphs[at : at + 4] == b"0000" for at in range(0, len(glyphs), 4)):
                return True
    if not found:
        sys.exit(f"{pdf}: no text operator found: is text written otherwise now?")
    return False


def main():
    home = pathlib.Path(sys.argv[1])
    with open(home / "people.csv", encoding="utf-8") as file:
        names = sorted({row["name"] for row in csv.DictReader(file)})
    pdfs = sorted(home.glob("var/editions/**/*.pdf"))
    text, aloud = "", ""
    for pdf in pdfs:
        text += text_of(pdf) + "\n"
        aloud += read_aloud(pdf) + "\n"
        if shows_missing_glyph(pdf):
            sys.exit(f"{pdf}: shows a glyph that its font does not have")
    for wanted in SCRIPTS:
        found = [name for name in names if script(name) == wanted and name in text]
        if not found:
            sys.exit(f"pdftotext finds no {wanted.title()} name of people.csv in any of {len(pdfs)} PDFs")
        lost = [name for name in found if name not in aloud]
        if lost:
            sys.exit(f"pdfinfo -struct-text does not read {', '.join(lost)} in the order of reading")
        print(f"{wanted.title()}: {len(found)} names of people.csv read back, and in the order of reading, such as {found[0]}")
    print(f"{len(pdfs)} PDFs: no glyph is missing, and no stray sign is in their text")


main()
