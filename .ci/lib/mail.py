"""Holds the messages that a mail server kept against the ledger's history and the editions' files."""

import email
import email.policy
import hashlib
import json
import pathlib
import sys

history = json.load(open(sys.argv[1], encoding="utf-8"))
editions, kept = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])

wanted = {}
for edition in history:
    for dispatch in edition["dispatches"]:
        if dispatch["stage"] != "sent":
            sys.exit(f"{edition['edition']} to {dispatch['to']} is {dispatch['stage']}: {dispatch['words']}")
        wanted[dispatch["message_id"].strip("<>")] = (edition, dispatch)

seen = {}
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
    seen[name] = len(attachments)

missing = sorted(set(wanted) - set(seen))
if missing or not seen:
    sys.exit(f"{len(missing)} of {len(wanted)} messages did not arrive: {missing}")
print(f"{len(seen)} messages arrived, one for each recipient of {len(history)} editions; "
      f"{sum(seen.values())} attachments have the SHA-256 of the editions' files")
