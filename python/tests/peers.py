"""Peers for the transports: certificates made with openssl, and a SOCKS5 proxy."""

import socket
import subprocess
import threading
from pathlib import Path
from typing import List, Optional, Tuple


class Certificates:
    """An authority, and certificates that it issued, in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._make("ca", "-x509", "-nodes", "-days", "30", "-out", "ca.crt")
        self.authority = str(directory / "ca.crt")

    def _make(self, name: str, *arguments: str) -> None:
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", f"{name}.key",
            "-subj", f"/CN={name}", *arguments,
        )  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.directory, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def issue(self, name: str, password: Optional[str] = None) -> Tuple[str, str]:
        """A certificate for ``localhost``, and its key."""
        protection = ["-nodes"] if password is None else ["-passout", f"pass:{password}"]
        self._make(name, *protection, "-out", f"{name}.csr")
        (self.directory / "extensions").write_text("subjectAltName=DNS:localhost\n")
        self._openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
            "-out", f"{name}.crt", "-extfile", "extensions",
        )  # fmt: skip
        return str(self.directory / f"{name}.crt"), str(self.directory / f"{name}.key")


class Proxy:
    """A SOCKS5 proxy that wants user name and password, and knows one server, under a name of its own."""

    def __init__(self, server: int, name: str, user: str, password: str) -> None:
        self._server, self._name = server, name
        self._login = b"\x01" + bytes([len(user)]) + user.encode() + bytes([len(password)]) + password.encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.passed = 0
        self._sockets: List[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends it and its connections."""
        for one in (self._listener, *self._sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # ended already
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return  # closed
            self._sockets.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            if not self._admits(client):
                client.close()
                return
            server = socket.create_connection(("127.0.0.1", self._server))
            self._sockets.append(server)
            self.passed += 1
            client.sendall(b"\x05\0\0\x01\x7f\0\0\x01\0\0")
            threading.Thread(target=_copy, args=(server, client), daemon=True).start()
            _copy(client, server)
        except OSError:
            client.close()

    def _admits(self, client: socket.socket) -> bool:
        """Whether a client says what RFC 1928 and RFC 1929 want it to say, and asks for the one server."""
        methods = _read(client, _read(client, 2)[1])
        if 2 not in methods:
            return False
        client.sendall(b"\x05\x02")
        right = _read(client, len(self._login)) == self._login
        client.sendall(b"\x01" + bytes([not right]))
        request = b"\x05\x01\0\x03" + bytes([len(self._name)]) + self._name.encode() + (1883).to_bytes(2, "big")
        return right and _read(client, len(request)) == request


def _read(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise ConnectionError("the client went away")
        data += more
    return data


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Hands on what comes, until it ends."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has gone
