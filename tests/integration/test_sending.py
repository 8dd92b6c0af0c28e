"""Requests to addresses that partners give, over connections inside this process."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from daybook.outside import sender
from daybook.outside.sender import NotReached, Sender


@contextmanager
def answering(
    *parts: bytes, then: threading.Event | None = None, first: bool = False
) -> Iterator[tuple[Sender, list[bytes]]]:
    """A sender whose every connection is answered with these bytes, and ends after them unless `then`."""
    received: list[bytes] = []
    done = threading.Event()

    def serve(there: socket.socket) -> None:
        with there:
            request = there.recv(65536)
            while not (first or request.endswith(b"body")):
                request += there.recv(65536)
            received.append(request)
            for part in parts:
                there.sendall(part)
            if then is not None:
                then.wait(10)
        done.set()

    def connect(_address: tuple[str, int], _seconds: float) -> socket.socket:
        here, there = socket.socketpair()
        threading.Thread(target=serve, args=[there], daemon=True).start()
        return here

    yield Sender(admit_local=True, connect=connect, answer_within=0.5), received
    if then is not None:
        then.set()
    assert done.wait(10)


LOCAL = "http://127.0.0.1:9000/in"


def test_a_request_as_it_arrives() -> None:
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (sending, received):
        assert sending.post(LOCAL, {"webhook-id": "e1"}, b"body").status == 204
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert body == b"body"
    assert head.split(b"\r\n")[0] == b"POST /in HTTP/1.1"
    assert head.count(b"Host:") == 1
    assert b"Host: 127.0.0.1:9000" in head
    assert b"webhook-id: e1" in head


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with answering(moved) as (sending, received):
        assert sending.post(LOCAL, {}, b"body").status == 302
    assert len(received) == 1


def test_no_more_than_the_beginning_of_an_answer_is_read() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as (sending, _):
        assert len(sending.post(LOCAL, {}, b"body").body) == sender.MOST_READ


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"]
)
def test_an_answer_that_does_not_end_is_cut_off(part: bytes) -> None:
    with answering(part, then=threading.Event()) as (sending, _), pytest.raises(NotReached, match="within"):
        sending.post(LOCAL, {}, b"body")


def test_an_answer_that_comes_byte_by_byte_is_cut_off_as_well() -> None:
    pause, ended = threading.Event(), threading.Event()
    dripped: list[int] = []

    def drip(there: socket.socket) -> None:
        with there, suppress(OSError):
            there.sendall(b"HTTP/1.1 200 OK\r\n")
            for count in range(100):
                pause.wait(0.05)
                there.sendall(b"X")
                dripped.append(count)
        ended.set()

    def connect(_address: tuple[str, int], _seconds: float) -> socket.socket:
        here, there = socket.socketpair()
        threading.Thread(target=drip, args=[there], daemon=True).start()
        return here

    sending = Sender(admit_local=True, connect=connect, answer_within=0.5)
    with pytest.raises(NotReached, match="within"):
        sending.post(LOCAL, {}, b"body")
    assert ended.wait(10)
    assert len(dripped) < 100


@pytest.mark.parametrize("answer", [b"", b"hello\r\n\r\n", b"HTTP/1.1 xyz\r\n\r\n"])
def test_what_is_no_http_is_a_failed_attempt(answer: bytes) -> None:
    with answering(answer) as (sending, _), pytest.raises(NotReached, match="broke off"):
        sending.post(LOCAL, {}, b"body")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of hooks.example.com with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def secure(certificate: Path) -> Sender:
    """A sender whose every connection leads to a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(plain: socket.socket) -> None:
        with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as there:
            request = b""
            while not request.endswith(b"body"):
                request += there.recv(65536)
            there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def connect(_address: tuple[str, int], _seconds: float) -> socket.socket:
        here, there = socket.socketpair()
        threading.Thread(target=serve, args=[there], daemon=True).start()
        return here

    return Sender(resolve=lambda *_: ["1.1.1.1"], connect=connect)


def test_the_certificate_is_checked_against_the_name(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(sender, "_certificates", lambda: trusting)
    sending = secure(certificate)
    assert sending.post("https://hooks.example.com/", {}, b"body").status == 200
    with pytest.raises(NotReached, match="certificate"):
        sending.post("https://other.example.com/", {}, b"body")


def test_a_certificate_nobody_known_signed_is_not_accepted(certificate: Path) -> None:
    with pytest.raises(NotReached, match="certificate"):
        secure(certificate).post("https://hooks.example.com/", {}, b"body")


def test_a_server_that_speaks_no_tls() -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n", first=True) as (sending, _):
        plain = Sender(resolve=lambda *_: ["1.1.1.1"], connect=sending.connect)
        with pytest.raises(NotReached, match="secure"):
            plain.post("https://hooks.example.com/", {}, b"body")
