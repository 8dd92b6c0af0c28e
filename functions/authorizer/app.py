"""Who is calling: turns the API key of a request into the client it belongs to.

It runs before every request, so it imports nothing but the store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import cache
from typing import Any

from daybook import telemetry
from daybook.store import environment, keys
from daybook.store.aws import client
from daybook.store.dynamodb import DynamoTable
from daybook.store.keys import ApiKey
from daybook.store.table import Table

# Far longer than any key of ours; a header may be 10 KB.
_LONGEST = 512


@cache
def table() -> Table:
    """The table of the environment."""
    return DynamoTable(client("dynamodb"), environment.table_name())


@telemetry.plain_failures("authorizer")
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Allow the whole API to a client's key and refuse all else (specification: api, conventions).

    A refusal is an answer too, which API Gateway turns into 401 (ACCESS_DENIED in the template): raising an
    error would count as a fault of the function, so that trying keys could raise alarms or hide a real fault.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    key = read_key(headers.get("authorization") or "")
    digest = hashlib.sha256(key.encode()).hexdigest()
    found = keys.find_key(table(), digest) if key else None
    if found is None or not hmac.compare_digest(found.digest, digest):
        return _refused(event["methodArn"])
    return _allowed(event["methodArn"], found)


def read_key(authorization: str) -> str:
    """The key in `Basic base64(key)`, also when a colon follows it; empty when there is none."""
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST:
        return ""
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode().removesuffix(":")
    except (binascii.Error, ValueError):
        return ""


def _refused(method_arn: str) -> dict[str, Any]:
    return {"principalId": "nobody", "policyDocument": _policy("Deny", method_arn)}


def _allowed(method_arn: str, key: ApiKey) -> dict[str, Any]:
    return {
        "principalId": key.client_id,
        "policyDocument": _policy("Allow", method_arn),
        "context": {"clientId": key.client_id, "keyId": key.key_id, "keyName": key.name},
        # The client's own key of the usage plan: its limits are the same whichever of its keys it used.
        "usageIdentifierKey": key.client_id,
    }


def _policy(effect: str, method_arn: str) -> dict[str, Any]:
    api, stage = method_arn.split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{api}/{stage}/*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
