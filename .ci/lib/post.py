"""A mail server that takes its time, now and then drops the connection, and writes down every message that it accepted:
`post.py PORT FILE SEED`. Each line of FILE is a JSON object with the Message-ID, the recipient and the SHA-256 of the bytes."""

import asyncio
import hashlib
import json
import random
import re
import sys

port, book, chance = int(sys.argv[1]), open(sys.argv[2], "a", encoding="utf-8"), random.Random(int(sys.argv[3]))


def accept(to, message):
    found = re.search(rb"^Message-ID: <([^>]*)>", message, re.MULTILINE | re.IGNORECASE)
    line = {"id": found[1].decode(), "to": to, "sha256": hashlib.sha256(message).hexdigest()}
    book.write(json.dumps(line) + "\n")
    book.flush()


async def talk(reader, writer):
    def say(line):
        writer.write(line.encode() + b"\r\n")

    say("220 post ESMTP")
    to = None
    while line := await reader.readline():
        word = line.strip().upper()
        if word.startswith(b"EHLO"):
            say("250-post")
            say("250 8BITMIME")
        elif word.startswith(b"RCPT"):
            to = re.search(rb"<([^>]*)>", line)[1].decode()
            say("250 ok")
        elif word == b"DATA":
            say("354 go on")
            await writer.drain()
            message = b""
            while (line := await reader.readline()) not in (b".\r\n", b""):
                message += line[1:] if line.startswith(b".") else line
            if line == b"":
                return
            # A sender is killed here as often as anywhere: before the server has the message, and after.
            await asyncio.sleep(chance.uniform(0, 0.03))
            draw = chance.random()
            if draw < 0.02:
                return
            if draw < 0.04:
                say("452 no space now")
                continue
            accept(to, message)
            await asyncio.sleep(chance.uniform(0, 0.03))
            if draw < 0.06:
                return
            say("250 ok")
        elif word == b"QUIT":
            say("221 bye")
            await writer.drain()
            return
        else:
            say("250 ok")


async def one(reader, writer):
    try:
        await talk(reader, writer)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve():
    server = await asyncio.start_server(one, "127.0.0.1", port, limit=1 << 24)
    async with server:
        await server.serve_forever()


asyncio.run(serve())
