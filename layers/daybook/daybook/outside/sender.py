"""Sending to addresses that somebody else gave, without being led into the network Daybook runs in.

The host is looked up once, every address it has is judged, and the connection is made to an address that was
judged: a name that means something else a moment later changes nothing. Certificates are checked against the
name. Nothing is followed: an answer that points elsewhere is just an answer.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException

from daybook.frozen import frozen
from daybook.outside.addresses import AddressRefused, Target, is_public, read_target

# Seconds.
CONNECT_WITHIN, ANSWER_WITHIN = 5, 15
MOST_READ = 16 * 1024

# The addresses a host name has, as text.
Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[tuple[str, int], float], socket.socket]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, in the order the system prefers. Raises OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class NotReached(Exception):
    """No answer came, or none that is HTTP; the message says why without quoting anything secret."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@frozen
class Answer:
    """A status, and the beginning of what came with it."""

    status: int
    body: bytes


@frozen
class Sender:
    """Sends requests. `admit_local` takes this machine for a public one: for tests and the local stack."""

    admit_local: bool = False
    resolve: Resolve = resolve
    connect: Connect = socket.create_connection
    answer_within: float = ANSWER_WITHIN

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a POST and read its answer. Raises AddressRefused, or NotReached after 15 seconds at most."""
        target = read_target(url, admit_local=self.admit_local)
        ends = time.monotonic() + self.answer_within
        addresses = self._judged(target)
        try:
            with self._connected(addresses, target.port, ends) as plain:
                return _exchange(plain, target, headers, body, ends)
        except ssl.SSLCertVerificationError as error:
            raise NotReached(f"The certificate is not accepted: {error.verify_message}") from None
        except ssl.SSLError:
            raise NotReached("No secure connection could be made.") from None
        except (OSError, HTTPException) as error:
            late = isinstance(error, TimeoutError) or time.monotonic() >= ends
            raise NotReached(
                f"No answer came within {self.answer_within:g} seconds."
                if late
                else "The connection was refused or broke off."
            ) from None

    def _judged(self, target: Target) -> Sequence[str]:
        if target.is_local:
            return [target.host]
        try:
            addresses = self.resolve(target.host, target.port)
        except (OSError, UnicodeError):
            raise NotReached("The host name has no address.") from None
        if not addresses:
            raise NotReached("The host name has no address.")
        if not all(is_public(address) for address in addresses):
            raise AddressRefused("The host name leads to an address that is not public.")
        return addresses

    def _connected(self, addresses: Sequence[str], port: int, ends: float) -> socket.socket:
        """A connection to the first of these that takes one."""
        failed: OSError = TimeoutError()
        for address in addresses:
            left = min(CONNECT_WITHIN, ends - time.monotonic())
            if left <= 0:
                break
            try:
                return self.connect((address, port), left)
            except OSError as error:
                failed = error
        raise failed


def _exchange(
    plain: socket.socket, target: Target, headers: Mapping[str, str], body: bytes, ends: float
) -> Answer:
    """One request and its answer over a connection; it is cut off when the time has come."""
    plain.settimeout(max(ends - time.monotonic(), 0.001))
    carrier = plain
    if target.is_secure:
        carrier = _certificates().wrap_socket(
            plain, server_hostname=target.host, do_handshake_on_connect=False
        )
    # A time limit of the socket begins anew with every byte; this one does not.
    cut = threading.Timer(max(ends - time.monotonic(), 0), _cut, [carrier])
    cut.daemon = True
    cut.start()
    try:
        if isinstance(carrier, ssl.SSLSocket):
            carrier.do_handshake()
        connection = HTTPConnection(target.host, target.port)
        connection.sock = carrier
        connection.request("POST", target.path, body, {"Host": _host_header(target), **headers})
        with closing(connection.getresponse()) as response:
            answer = Answer(response.status, response.read(MOST_READ))
        if time.monotonic() >= ends:
            raise TimeoutError
        return answer
    finally:
        cut.cancel()
        carrier.close()


def _cut(carrier: socket.socket) -> None:
    with suppress(OSError):
        # Of the plain socket: that of TLS would wait for the other side to agree.
        socket.socket.shutdown(carrier, socket.SHUT_RDWR)


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    default = 443 if target.is_secure else 80
    return host if target.port == default else f"{host}:{target.port}"


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()
