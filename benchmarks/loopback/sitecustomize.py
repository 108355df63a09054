"""Restricts a Python process to one server on loopback.

Python imports `sitecustomize` when it starts: put this folder on PYTHONPATH and set SAME_ROWS_PORT
to the server's port. Every host below `.test` resolves to this server, whatever the port. Other
host names do not resolve, and connections to other addresses are refused.
"""

import os
import socket
from typing import Any

HOST = "127.0.0.1"
PORT = int(os.environ.get("SAME_ROWS_PORT", "0"))

if PORT:
    _getaddrinfo, _connect, _connect_ex = (
        socket.getaddrinfo,
        socket.socket.connect,
        socket.socket.connect_ex,
    )

    def _is_open(sock: socket.socket, address: Any) -> bool:
        return sock.family == getattr(socket, "AF_UNIX", None) or address[:2] == (HOST, PORT)

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        """Resolve hosts below `.test`, and loopback, which the runner uses."""
        name = host.decode() if isinstance(host, bytes) else host
        if name and name.lower().rstrip(".").endswith(".test"):
            return _getaddrinfo(HOST, PORT, *args, **kwargs)
        if name in (None, "", "localhost", HOST):
            return _getaddrinfo(host, port, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "no such host on loopback")

    def connect(self: socket.socket, address: Any) -> None:
        """Connect only to the server."""
        if not _is_open(self, address):
            raise ConnectionRefusedError("not the server on loopback")
        return _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        """Connect only to the server."""
        if not _is_open(self, address):
            raise ConnectionRefusedError("not the server on loopback")
        return _connect_ex(self, address)

    socket.getaddrinfo = getaddrinfo
    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
