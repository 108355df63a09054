"""Keeps a Python process off the network: it reaches one server on loopback, and nothing else.

Python imports a module of this name at its start, so it is enough that this folder is in PYTHONPATH
and SAME_ROWS_PORT names the server's port. Every host below `.test` is that server, on any port; no
other name is found and no other address is reached.
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
        """Know the hosts below `.test`, and loopback, which the runner uses."""
        name = host.decode() if isinstance(host, bytes) else host
        if name and name.lower().rstrip(".").endswith(".test"):
            return _getaddrinfo(HOST, PORT, *args, **kwargs)
        if name in (None, "", "localhost", HOST):
            return _getaddrinfo(host, port, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "no such host on loopback")

    def connect(self: socket.socket, address: Any) -> None:
        """Reach the server alone."""
        if not _is_open(self, address):
            raise ConnectionRefusedError("not the server on loopback")
        return _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        """Reach the server alone."""
        if not _is_open(self, address):
            raise ConnectionRefusedError("not the server on loopback")
        return _connect_ex(self, address)

    socket.getaddrinfo = getaddrinfo
    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
