"""Addresses that partners give: none of them leads into the network Daybook runs in."""

from __future__ import annotations

import socket

import pytest

from daybook.outside.addresses import AddressRefused, is_public, read_target
from daybook.outside.sender import NotReached, Sender

URL = "https://hooks.example.com/in?key=1"
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - refused
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111"])
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "",
        "https://",
        "https:///path",
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:80/",
        "https://hooks.example.com:70000/",
        "https://hooks.example.com:x/",
        "https://hooks.example.com /",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com/é",
        f"https://hooks.example.com/{'a' * 2048}",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://anything.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://db.lan/",
        "https://intranet/",
        "https://-a.example.com/",
        "https://a..example.com/",
        "https://a%2eexample.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://1.2.3.4.5/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00:ec2::254]/",
        "https://[::/",
    ],
)
def test_a_url_that_is_refused_as_it_stands(url: str) -> None:
    with pytest.raises(AddressRefused):
        read_target(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        (URL, "hooks.example.com", 443, "/in?key=1"),
        ("https://Hooks.Example.COM.:8443", "hooks.example.com", 8443, "/"),
        ("https://1.1.1.1/a", "1.1.1.1", 443, "/a"),
        ("https://[2606:4700::1111]:8443/a", "2606:4700::1111", 8443, "/a"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
    ],
)
def test_a_url_that_is_taken(url: str, host: str, port: int, path: str) -> None:
    target = read_target(url)
    assert (target.host, target.port, target.path) == (host, port, path)
    assert (target.is_secure, target.is_local) == (True, False)


def test_this_machine_is_admitted_only_where_it_was_said() -> None:
    for url in ("http://127.0.0.1:9000/x", "https://localhost:9000/x"):
        with pytest.raises(AddressRefused):
            read_target(url)
        target = read_target(url, admit_local=True)
        assert (target.host, target.port, target.is_local) == ("127.0.0.1", 9000, True)
    for url in ("http://127.0.0.2/", "http://10.0.0.1/", "http://hooks.example.com/", "https://[::1]/"):
        with pytest.raises(AddressRefused):
            read_target(url, admit_local=True)


class Network:
    """Answers what hosts mean, differently each time it is asked; notes what is connected to."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.connected: list[tuple[str, int]] = []

    def resolve(self, _host: str, _port: int) -> list[str]:
        return self.answers.pop(0)

    def connect(self, address: tuple[str, int], _seconds: float) -> socket.socket:
        self.connected.append(address)
        raise ConnectionRefusedError

    def sender(self) -> Sender:
        return Sender(resolve=self.resolve, connect=self.connect)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_such_an_address_is_never_connected_to(address: str) -> None:
    for answer in ([address], ["1.1.1.1", address], [address, "1.1.1.1"]):
        network = Network(answer)
        with pytest.raises(AddressRefused):
            network.sender().post(URL, {}, b"")
        assert network.connected == []


def test_a_name_that_means_something_else_a_moment_later_is_connected_to_as_it_was_judged() -> None:
    network = Network(["1.1.1.1"], ["169.254.169.254"])
    with pytest.raises(NotReached):
        network.sender().post(URL, {}, b"")
    assert network.connected == [("1.1.1.1", 443)]
    with pytest.raises(AddressRefused):
        network.sender().post(URL, {}, b"")
    assert network.connected == [("1.1.1.1", 443)]


def test_each_address_of_a_host_is_tried() -> None:
    network = Network(["1.1.1.1", "2606:4700::1111"])
    with pytest.raises(NotReached, match="refused"):
        network.sender().post(URL, {}, b"")
    assert [address for address, _ in network.connected] == ["1.1.1.1", "2606:4700::1111"]


def test_a_name_without_an_address() -> None:
    with pytest.raises(NotReached, match="no address"):
        Network([]).sender().post(URL, {}, b"")
