"""`python -m local.admin create-client NAME` makes a client and an API key; `update-client` changes it.

`create-key CLIENT_ID` makes another key, for a client that has none left to ask the API with.

`set-platform xero` keeps what Xero gave the partner for its application there, so that merchants can connect
to it; client id and secret are read from the terminal or from DAYBOOK_CLIENT_ID and DAYBOOK_CLIENT_SECRET.
`set-branding` gives a client's pages a name, a colour and images (docs/white-label.md).

Works on the local stack, and with the credentials of an AWS account on a stack there. A client's key in the
usage plan is its own id: with the API key source AUTHORIZER nobody can send it, so it need not be secret, and
the authorizer knows it without looking it up.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from getpass import getpass
from typing import Any

import boto3

from daybook.domain.instants import utc_text
from daybook.services.runtime import SystemClock, TimeOrderedIds
from daybook.store import clients, keys
from daybook.store.dynamodb import DynamoTable
from local import account, branding
from local.steps import say

KEY_BYTES = 32
PLATFORM_KEYS = {"xero": "gbol", "quickbooks": "qhyg", "freeagent": "fbrh"}
ADDRESSES = ("authorise", "token", "revoke", "api")
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Target:
    """The deployed stack to which a client is added."""

    session: boto3.Session
    endpoint: str | None
    table_name: str
    usage_plan_id: str
    stack_name: str = "daybook"

    def client(self, service: str) -> Any:
        """Give a client of one AWS service."""
        return self.session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def table(self) -> DynamoTable:
        """Give the stack's table."""
        return DynamoTable(self.client("dynamodb"), self.table_name)


@dataclass(frozen=True)
class NewClient:
    """A client just made; its API key is shown this once and only its digest is stored."""

    client_id: str
    api_key: str


def digest_of(api_key: str) -> str:
    """Give what is stored of an API key."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def knows_key(target: Target, api_key: str) -> bool:
    """Tell whether an API key is one of the stack's."""
    return keys.find_key(target.table(), digest_of(api_key)) is not None


def create_client(target: Target, name: str, redirect_hosts: tuple[str, ...] = ()) -> NewClient:
    """Make a client, its key in the usage plan and its first API key."""
    client_id = TimeOrderedIds(SystemClock()).new()
    clients.create(target.table(), clients.Client(client_id, name, redirect_hosts))
    grant_usage(target, client_id)
    return NewClient(client_id, create_key(target, client_id, "first key"))


def create_key(target: Target, client_id: str, name: str) -> str:
    """Make an API key of a client and give it, this once. Raises as `keys.create_key` does."""
    clock = SystemClock()
    api_key = secrets.token_urlsafe(KEY_BYTES)
    created = keys.ApiKey(
        client_id, TimeOrderedIds(clock).new(), name, digest_of(api_key), utc_text(clock.now())
    )
    keys.create_key(target.table(), created)
    return api_key


def grant_usage(target: Target, client_id: str) -> None:
    """Give a client its own allowance of requests."""
    gateway = target.client("apigateway")
    key = gateway.create_api_key(name=f"daybook-{client_id}", value=client_id, enabled=True)
    gateway.create_usage_plan_key(usagePlanId=target.usage_plan_id, keyId=key["id"], keyType="API_KEY")


def target_of(stack_name: str, endpoint: str | None) -> Target:
    """Find a deployed stack by its name, with the credentials of the environment."""
    session = account.session()
    formation = session.client("cloudformation", endpoint_url=endpoint)
    found = formation.describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    return Target(session, endpoint, outputs["TableName"], outputs["UsagePlanId"], stack_name)


def set_platform(target: Target, key: str, credentials: Mapping[str, Any]) -> None:
    """Keep a platform's credentials, encrypted; functions know of them within five minutes."""
    name = f"/{target.stack_name}/platforms/{key}"
    target.client("ssm").put_parameter(
        Name=name, Value=json.dumps(credentials), Type="SecureString", Overwrite=True
    )


def read_credentials(urls: Mapping[str, str]) -> dict[str, Any]:
    """Read what the platform gave from the environment, else from whoever sits at the terminal."""
    client_id = os.environ.get("DAYBOOK_CLIENT_ID") or input("client id: ").strip()
    secret = os.environ.get("DAYBOOK_CLIENT_SECRET") or getpass("client secret: ").strip()
    if not client_id or not secret:
        raise SystemExit("daybook: a client id and a client secret are needed")
    return {"clientId": client_id, "clientSecret": secret, "urls": dict(urls)}


def platform_url(text: str) -> tuple[str, str]:
    """Read `api=https://...`: one of a platform's addresses, where its sandbox is meant."""
    name, _, url = text.partition("=")
    if name not in ADDRESSES or not url.startswith(("https://", "http://127.0.0.1:")):
        raise argparse.ArgumentTypeError(f"write it like api=https://..., one of {', '.join(ADDRESSES)}")
    return name, url


def redirect_host(text: str) -> str:
    """Read a host that merchants may be sent back to; with a port, to that port only."""
    if not _HOST.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no host: write it like till.example, without https://")
    return text.lower()


def parser() -> argparse.ArgumentParser:
    """Give what the command line may say."""
    made = argparse.ArgumentParser(prog="python -m local.admin", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create-client", help="make a client and print its API key, this once")
    create.add_argument("name")
    another = commands.add_parser("create-key", help="make a client another API key and print it, this once")
    another.add_argument("client_id")
    update = commands.add_parser("update-client", help="replace the hosts a client's merchants may return to")
    update.add_argument("client_id")
    platform = commands.add_parser("set-platform", help="keep what an accounting platform gave the partner")
    platform.add_argument("name", choices=sorted(PLATFORM_KEYS))
    platform.add_argument(
        "--url",
        action="append",
        default=[],
        type=platform_url,
        help="an address of its sandbox: api=https://...",
    )
    looks = commands.add_parser("set-branding", help="say how a client's pages look")
    branding.describe(looks)
    for command in (create, another, update, platform, looks):
        command.add_argument("--stack", default="daybook", help="the name of the CloudFormation stack")
        command.add_argument("--endpoint", help="the URL of an embedded AWS; without it, AWS itself")
    for command in (create, update):
        command.add_argument(
            "--redirect-host",
            action="append",
            default=[],
            type=redirect_host,
            help="a host merchants may return to; give it once for each",
        )
    return made


def main() -> None:
    """Do what the command line says."""
    asked = parser().parse_args()
    target = target_of(asked.stack, asked.endpoint)
    if asked.command == "set-platform":
        set_platform(target, PLATFORM_KEYS[asked.name], read_credentials(dict(asked.url)))
        say(f"merchants can be connected to {asked.name} within five minutes")
        return
    if asked.command == "set-branding":
        say(branding.set_branding(target.table(), asked))
        return
    if asked.command == "create-key":
        say(f"API key    {create_key(target, asked.client_id, 'made by the operator')}")
        return
    hosts = tuple(asked.redirect_host)
    if asked.command == "create-client":
        made = create_client(target, asked.name, hosts)
        say(f"client id  {made.client_id}\nAPI key    {made.api_key}")
    else:
        clients.allow_redirects(target.table(), asked.client_id, hosts)
        say(f"merchants may return to {', '.join(hosts) or 'no host'}")


if __name__ == "__main__":
    main()
