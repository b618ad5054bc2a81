"""Holds the messages that a mail server kept against the ledger's history and the editions' files, and their structure against
what mail programs need; writes the HTML of each into a folder, with its pictures and without."""

import base64
import email
import email.policy
import hashlib
import json
import pathlib
import re
import sys

history = json.load(open(sys.argv[1], encoding="utf-8"))
editions, kept, bodies = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
bodies.mkdir(exist_ok=True)


def body(message, name):
    """The HTML of a message and its pictures, as RFC 2046 and RFC 2387 want them to stand."""
    outer = next(message.iter_parts()) if message.get_content_type() == "multipart/mixed" else message
    kinds = [part.get_content_type() for part in outer.iter_parts()]
    if outer.get_content_type() != "multipart/alternative" or kinds not in (["text/plain", "text/html"], ["text/plain", "multipart/related"]):
        sys.exit(f"{name}: its body is {outer.get_content_type()} of {kinds}")
    last = list(outer.iter_parts())[-1]
    parts = [last] if kinds[-1] == "text/html" else list(last.iter_parts())
    if kinds[-1] != "text/html" and (last.get_param("type") != "text/html" or parts[0].get_content_type() != "text/html"):
        sys.exit(f"{name}: multipart/related does not begin with the type that it says")
    html, pictures = parts[0].get_content(), parts[1:]
    shown = re.findall(r'src="cid:([^"]*)"', html)
    ids = [part["Content-ID"].strip().strip("<>") for part in pictures]
    if shown != ids or len(set(ids)) != len(ids) or html.count("src=") != len(ids):
        sys.exit(f"{name} shows {shown}, and carries {ids}")
    for part, cid in zip(pictures, ids):
        data = part.get_content()
        if part.get_content_disposition() != "inline" or part.get_content_type() != "image/png" or data[:8] != b"\x89PNG\r\n\x1a\n":
            sys.exit(f"{name}: {cid} is no picture to be shown")
        if len(data) > 60_000 or not (part.get_filename() or "").endswith(".png"):
            sys.exit(f"{name}: {cid} has {len(data)} bytes and the name {part.get_filename()}")
    if re.search(r"https?://|//[a-z]", html):
        sys.exit(f"{name} points outside of itself")
    return html, dict(zip(ids, pictures))


wanted = {}
for edition in history:
    for dispatch in edition["dispatches"]:
        if dispatch["stage"] != "sent":
            sys.exit(f"{edition['edition']} to {dispatch['to']} is {dispatch['stage']}: {dispatch['words']}")
        wanted[dispatch["message_id"].strip("<>")] = (edition, dispatch)

seen, drawn = {}, 0
for path in sorted(kept.glob("**/new/*")):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    name = message["Message-ID"].strip("<>")
    if name in seen:
        sys.exit(f"{name} came twice")
    if name not in wanted:
        sys.exit(f"{name} is in no history")
    edition, dispatch = wanted[name]
    recipients = [address.addr_spec for address in message["To"].addresses]
    if recipients != [dispatch["to"]] or message["Cc"] or message["Bcc"] or message["X-Original-To"] not in (None, dispatch["to"]):
        sys.exit(f"{name} is to {message['To']}, not to {dispatch['to']} alone")
    folder = editions / edition["edition"]
    attachments = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    endings = {file.rsplit(".", 1)[-1] for file in attachments}
    for format in dispatch["formats"]:
        # A report without rows as evidence has no CSV.
        if format not in endings and not (format == "csv" and not list(folder.glob("*.csv"))):
            sys.exit(f"{name}: {format} is not attached")
    if not attachments:
        sys.exit(f"{name} has no attachment")
    for file, content in attachments.items():
        content = content.encode() if isinstance(content, str) else content
        ours = (folder / file).read_bytes()
        if hashlib.sha256(content).digest() != hashlib.sha256(ours).digest():
            sys.exit(f"{name}: {file} is not the edition's")
    if message["X-Quarterday-Figures"] != edition["figures_sha256"]:
        sys.exit(f"{name}: figures {message['X-Quarterday-Figures']}, edition {edition['figures_sha256']}")
    for kind in ("plain", "html"):
        if not message.get_body((kind,)):
            sys.exit(f"{name} has no {kind} body")
    html, pictures = body(message, name)
    drawn += len(pictures)
    file = edition["edition"].replace("/", "-") + "-" + dispatch["to"].split("@")[0]
    (bodies / f"{file}-off.html").write_text(html, encoding="utf-8")
    for cid, picture in pictures.items():
        html = html.replace(f"cid:{cid}", "data:image/png;base64," + base64.b64encode(picture.get_content()).decode())
    (bodies / f"{file}.html").write_text(html, encoding="utf-8")
    seen[name] = len(attachments)

missing = sorted(set(wanted) - set(seen))
if missing or not seen:
    sys.exit(f"{len(missing)} of {len(wanted)} messages did not arrive: {missing}")
print(f"{len(seen)} messages arrived, one for each recipient of {len(history)} editions; "
      f"{sum(seen.values())} attachments have the SHA-256 of the editions' files; {drawn} charts stand with the HTML that shows them")
if not drawn:
    sys.exit("no mail shows a chart")
