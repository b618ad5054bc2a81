"""Stands between a mail client and its server and passes bytes on, until the server answers a message: the first
such answer is kept back, and both ends are closed. So the server has the message, and the client does not know it.

cut.py PORT SERVER_PORT"""

import select
import socket
import sys
import threading

# More than any command and handshake, less than any report.
MESSAGE = 50_000

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
done = False


def passed(client):
    global done
    server = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    sent = 0
    while True:
        ready, _, _ = select.select([client, server], [], [], 60)
        if not ready:
            break
        # What the client says goes first: the answer to all of it comes after it.
        source, target = (client, server) if client in ready else (server, client)
        data = source.recv(65536)
        if not data:
            break
        if source is client:
            sent += len(data)
        elif sent > MESSAGE and not done:
            done = True
            break
        target.sendall(data)
    client.close()
    server.close()


while True:
    connection, _ = listener.accept()
    threading.Thread(target=passed, args=(connection,), daemon=True).start()
