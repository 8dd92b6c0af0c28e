"""A container engine for the tests: the one that runs already, else Debian's dockerd in a folder of its own.

An engine of ours needs root. It touches neither the firewall nor the routes of the machine: a container
reaches the host at the address of the bridge and nothing beyond it, which is all that a function of the local
stack needs. It uses an address range of its own, so that it cannot take one of the machine's networks.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

START_SECONDS = 60
STOP_SECONDS = 60
USUAL = "/var/run/docker.sock"
API = "1.41"  # of Docker 20.10, which Debian 12 has; later ones speak it too
BRIDGE = "172.29.255.1/24"
OURS = (
    "--iptables=false",
    "--ip6tables=false",
    "--ip-forward=false",
    "--ip-masq=false",
    f"--bip={BRIDGE}",
)


class NoEngine(Exception):
    """There is no container engine here, and none can be started."""


@dataclass(frozen=True)
class Engine:
    """A container engine: where it listens, "" for the usual place, and what speaks to it."""

    host: str
    client: docker.DockerClient

    def environment(self) -> dict[str, str]:
        """What a program needs to find it."""
        return {"DOCKER_HOST": self.host} if self.host else {}

    def gateway(self) -> str:
        """The address at which a container of the default network reaches this machine."""
        networks = self.client.networks.list(names=["bridge"])
        return str(networks[0].attrs["IPAM"]["Config"][0]["Gateway"])


def listens(path: Path) -> bool:
    """Whether anything listens at a socket of this machine."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return path.exists() and probe.connect_ex(str(path)) == 0


def running() -> Engine | None:
    """The engine that runs already, where DOCKER_HOST or the usual socket leads to one."""
    host = os.environ.get("DOCKER_HOST", "")
    if not host.startswith(("tcp://", "ssh://")) and not listens(Path(host.removeprefix("unix://") or USUAL)):
        return None
    found = docker.from_env(version=API, timeout=120)
    try:
        found.ping()
    except (DockerException, RequestException):
        found.close()
        return None
    return Engine(host, found)


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """Give the engine that runs, or start one that ends afterwards. Raises NoEngine."""
    found = running()
    if found is not None:
        yield found
        return
    daemon = shutil.which("dockerd")
    if daemon is None:
        raise NoEngine("no container engine answers and dockerd is not installed (Debian: docker.io)")
    if os.geteuid() != 0:
        raise NoEngine("no container engine answers, and only root can start one")
    with started(daemon, folder) as own:
        yield own


@contextmanager
def started(daemon: str, folder: Path) -> Iterator[Engine]:
    """Start an engine; end it, its containers and its network afterwards. Its images stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # A socket's path is short, whatever the folder's is.
    path = Path("/run") / f"daybook-{os.getpid()}.sock"
    places = [
        f"--data-root={folder / 'data'}",
        f"--exec-root={folder / 'exec'}",
        f"--pidfile={folder / 'dockerd.pid'}",
        f"--host=unix://{path}",
    ]
    (folder / "dockerd.pid").unlink(missing_ok=True)
    with (folder / "dockerd.log").open("wb") as log:
        process = subprocess.Popen([daemon, *places, *OURS], stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(path, process, folder / "dockerd.log")
        client = docker.DockerClient(base_url=f"unix://{path}", version=API, timeout=120)
        yield Engine(f"unix://{path}", client)
        for container in client.containers.list(all=True):
            container.remove(force=True)
        client.close()
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        path.unlink(missing_ok=True)
        remove_bridge()


def remove_bridge() -> None:
    """Take away the network device that an engine leaves behind."""
    command = shutil.which("ip")
    if command is not None:
        subprocess.run([command, "link", "delete", "docker0"], check=False, stderr=subprocess.DEVNULL)


def wait_for(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for an engine that is starting. Raises NoEngine when it ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while not listens(path):
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            raise NoEngine("dockerd did not start: " + " | ".join(lines))
        time.sleep(0.1)
