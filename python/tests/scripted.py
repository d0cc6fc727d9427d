"""A server for one client that sends the bytes a test wants."""

import socket
from typing import Optional

from tests.support import LIMIT


class Scripted:
    """Listens on a free port; the first call accepts the client."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LIMIT)
        self._client: Optional[socket.socket] = None
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Scripted":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        if self._client is not None:
            self._client.close()

    @property
    def client(self) -> socket.socket:
        """The connection."""
        if self._client is None:
            self._client = self._listener.accept()[0]
            self._client.settimeout(LIMIT)
        return self._client

    def send(self, data: bytes) -> None:
        """Sends."""
        self.client.sendall(data)

    def expect(self, kind: int) -> bytes:
        """The next packet, which must be of a kind, without its first byte and length (of less than 128)."""
        first, length = self._read(2)
        assert (first, length < 128) == (kind, True), (first, length)
        return self._read(length)

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self.client.recv(length - len(data))
            assert more, "the client went away"
            data += more
        return data
