"""A light HTTP client: requests are bytes made beforehand, connections stay open, nothing is followed."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

LARGEST_HEAD = 2**16


@dataclass(frozen=True)
class Reply:
    path: str
    status: int
    headers: dict[str, str]  # names in lower case
    head_bytes: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


def get(path: str, cookies: dict[str, str], headers: dict[str, str] | None = None) -> bytes:
    return _encode("GET", path, cookies, headers or {}, b"")


def send(method: str, path: str, cookies: dict[str, str], body: Any = None) -> bytes:
    """A writing request, with the CSRF cookie's value in its header as a page's script sends it."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = {
        "X-CSRFToken": cookies.get("csrftoken", ""),
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
    }
    return _encode(method, path, cookies, headers, content)


def _encode(
    method: str, path: str, cookies: dict[str, str], headers: dict[str, str], content: bytes
) -> bytes:
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    given = {"Host": "localhost", "Cookie": cookie, **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """One client. The server may close a connection that it has kept; the next request opens another.

    opened: how many there were so far.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.opened = 0
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def send(self, sent: bytes) -> Reply:
        begun = time.perf_counter()
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=LARGEST_HEAD)
            self.opened += 1
        self.writer.write(sent)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        status = int(first.split(" ", 2)[1])
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        path = sent.split(b" ", 2)[1].decode()
        return Reply(path, status, headers, len(head), body, time.perf_counter() - begun)
