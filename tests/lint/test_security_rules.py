"""Each rule on what is kept and who may reach it fails on our template, once that lacks what it asks for."""

from __future__ import annotations

import copy
import json
import pathlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.rules import RulesCollection

from tests.lint.transformed import our_template

RULES = str(pathlib.Path(__file__).parent / "rules")
Resources = dict[str, Any]


@cache
def ours() -> dict[str, Any]:
    return our_template()


def broken(change: Callable[[Resources], object]) -> list[str]:
    """The ids of the house rules that our template breaks after a change."""
    template = copy.deepcopy(ours())
    change(template["Resources"])
    rules = RulesCollection()
    rules.create_from_directory(RULES)
    return sorted({match.rule.id for match in lint(json.dumps(template), rules, ["eu-west-1"])})


def statements(resources: Resources, role: str) -> list[Any]:
    found: list[Any] = resources[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def allow(resources: Resources, action: str) -> None:
    table = {"Fn::GetAtt": ["Table", "Arn"]}
    statements(resources, "DataRole").append({"Effect": "Allow", "Action": action, "Resource": table})


def path(resources: Resources, name: str) -> Any:
    return resources["Api"]["Properties"]["Body"]["paths"][name]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("E9001", lambda found: found["DataFunction"]["Properties"].pop("LoggingConfig")),
        ("E9004", lambda found: allow(found, "dynamodb:*")),
        ("E9011", lambda found: found["SyncQueue"]["Properties"].pop("SqsManagedSseEnabled")),
        ("E9011", lambda found: found["QueuesOverTlsOnly"]["Properties"]["Queues"].pop(0)),
        ("E9012", lambda found: found.pop("SyncFailedQueueAlarm")),
        ("E9013", lambda found: found["SyncWorkerFunctionQueue"]["Properties"].pop("ScalingConfig")),
        (
            "E9014",
            lambda found: found["DataFunction"]["Properties"].update(
                Role={"Fn::GetAtt": ["SyncsRole", "Arn"]}
            ),
        ),
        ("E9014", lambda found: allow(found, "dynamodb:Scan")),
        ("E9014", lambda found: allow(found, "kms:ScheduleKeyDeletion")),
        ("E9015", lambda found: found["Table"]["Properties"].pop("PointInTimeRecoverySpecification")),
        ("E9015", lambda found: found["Table"].pop("DeletionPolicy")),
        ("E9016", lambda found: path(found, "/companies")["get"].pop("security")),
        (
            "E9016",
            lambda found: path(found, "/docs")["get"].update(security=[{"ClientKey": [], "api_key": []}]),
        ),
    ],
)
def test_each_rule_can_fail(rule: str, change: Callable[[Resources], object]) -> None:
    assert broken(change) == [rule]


def test_only_those_who_use_a_secret_may_decrypt_it() -> None:
    """Whoever takes over one function opens only the secrets of that one."""
    assert allowed("kms:") == KEY_USERS


def test_only_those_who_need_them_may_read_the_operators_credentials() -> None:
    assert set(allowed("ssm:")) == CREDENTIAL_READERS


def test_who_does_little_with_the_table_may_do_no_more() -> None:
    """The other roles share what they may do to it, with the index."""
    found = allowed("dynamodb:")
    assert {role: found[role] for role in FEW_ACTIONS} == FEW_ACTIONS
    for role in FEW_ACTIONS:
        for statement in statements(ours()["Resources"], role):
            assert "index" not in json.dumps(statement["Resource"])


def allowed(service: str) -> dict[str, set[str]]:
    """What each role may do of a service, of those that may do anything."""
    found: dict[str, set[str]] = {}
    for name, resource in ours()["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    actions = statement["Action"]
                    every = [actions] if isinstance(actions, str) else actions
                    found.setdefault(name, set()).update(each for each in every if each.startswith(service))
    return {name: actions for name, actions in found.items() if actions}


# Who seals and who opens. A new one is a decision: say in docs/security.md why it must.
KEY_USERS = {
    # Call ledgers, whose tokens they open, and keep again once they were refreshed.
    "CompaniesRole": {"kms:Encrypt", "kms:Decrypt"},
    "ConfigurationRole": {"kms:Encrypt", "kms:Decrypt"},
    "DataRole": {"kms:Encrypt", "kms:Decrypt"},
    "DispatcherRole": {"kms:Encrypt", "kms:Decrypt"},
    "PushWorkerRole": {"kms:Encrypt", "kms:Decrypt"},
    "SyncWorkerRole": {"kms:Encrypt", "kms:Decrypt"},
    "SyncsRole": {"kms:Encrypt", "kms:Decrypt"},
    "FlowRole": {"kms:Encrypt", "kms:Decrypt"},
    # Opens what it began a consent with, and keeps the tokens that come of it.
    "LinkingRole": {"kms:Encrypt", "kms:Decrypt"},
    # Keeps secrets that sign events; another function signs.
    "WebhooksRole": {"kms:Encrypt"},
    "DelivererRole": {"kms:Decrypt"},
}
# Who reads what platforms gave the operator. A new one is a decision, as above.
CREDENTIAL_READERS = {
    # Refuses to make a link for a platform that is not set up, and calls none.
    "SyncFlowRole",
    # Call platforms.
    "CompaniesRole",
    "ConfigurationRole",
    "DataRole",
    "DispatcherRole",
    "FlowRole",
    "LinkingRole",
    "PushWorkerRole",
    "SyncWorkerRole",
    "SyncsRole",
}
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
FEW_ACTIONS = {
    "AssetsRole": {"dynamodb:GetItem"},
    "AuthorizerRole": {"dynamodb:GetItem"},
    "BooksRole": READ,
    "DelivererRole": {"dynamodb:GetItem", "dynamodb:PutItem"},
    "KeysRole": READ | WRITE,
    "NotifierRole": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"},
    "WebhooksRole": READ | WRITE,
}
