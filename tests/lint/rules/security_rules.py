"""House rules for what is kept and who may reach it, as cfn-lint rules; house_rules.py holds the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

Properties = dict[str, Any]
READS_EVERYTHING = {"dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:ExportTableToPointInTime"}
# What API Gateway answers with nobody's key, and the functions behind it: everything else needs one.
KEYLESS = {
    "/assets/integrations/{platformKey}/{image}",
    "/docs",
    "/link/{companyId}",
    "/link/{companyId}/{connectionId}",
    "/oauth/callback",
    "/oauth/organisation",
    "/openapi.json",
    "/sandbox/{companyId}/link/{connectionId}",
}
# Pages for people, who have a session or get the page that says so, and what pages load.
PAGES = {
    "/assets/clients/{clientId}/{digest}/{image}",
    "/assets/pages/{digest}/{file}",
    "/flow/{companyId}",
    "/flow/{companyId}/books",
    "/flow/{companyId}/books/{proxy+}",
    "/flow/{companyId}/{proxy+}",
    "/portal/companies",
    "/portal/companies/{companyId}",
    "/portal/companies/{companyId}/books",
    "/portal/companies/{companyId}/books/{proxy+}",
    "/portal/companies/{companyId}/{proxy+}",
    "/portal/{proxy+}",
}


def resources(template: Any, kind: str) -> dict[str, Properties]:
    """Give the properties of every resource of a type, by logical id."""
    found = template.get_resources(kind)
    return {name: resource.get("Properties", {}) for name, resource in found.items()}


def referred(value: Any) -> str:
    """Give the logical id that a Ref or a GetAtt points at; empty for anything else."""
    if not isinstance(value, dict):
        return ""
    attribute = value.get("Ref") or value.get("Fn::GetAtt") or ""
    return str(attribute[0] if isinstance(attribute, list) else attribute).split(".")[0]


def as_list(value: Any) -> list[Any]:
    """Give a list of what policies let stand alone."""
    return value if isinstance(value, list) else [value]


def statements(template: Any) -> Iterator[tuple[str, Properties]]:
    """Give every statement of a role's or a managed policy, by the name of its resource."""
    for name, role in resources(template, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            yield from ((name, each) for each in as_list(policy["PolicyDocument"]["Statement"]))
    for name, policy in resources(template, "AWS::IAM::ManagedPolicy").items():
        yield from ((name, each) for each in as_list(policy["PolicyDocument"]["Statement"]))


class Rule(CloudFormationLintRule):
    """A rule that finds (logical id, what it lacks)."""

    tags = ("security",)

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        raise NotImplementedError

    def match(self, cfn: Any) -> list[RuleMatch]:
        if cfn.get_resources("AWS::Serverless::Function"):  # not yet what CloudFormation gets
            return []
        return [RuleMatch(["Resources", name], f"{name} {lacks}") for name, lacks in self.found(cfn)]


class QueuesAreProtected(Rule):
    """What waits in a queue is encrypted, and asked for over TLS only."""

    id = "E9011"
    shortdesc = "Every queue is encrypted and refuses callers without TLS"
    description = "SqsManagedSseEnabled or a key; a QueuePolicy that denies when aws:SecureTransport is false"

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        refusing = {
            referred(queue)
            for policy in resources(cfn, "AWS::SQS::QueuePolicy").values()
            if any(self.denies_plain(each) for each in as_list(policy["PolicyDocument"]["Statement"]))
            for queue in policy["Queues"]
        }
        for name, queue in resources(cfn, "AWS::SQS::Queue").items():
            if not (queue.get("SqsManagedSseEnabled") or queue.get("KmsMasterKeyId")):
                yield name, "is not encrypted"
            if name not in refusing:
                yield name, "takes callers without TLS"

    @staticmethod
    def denies_plain(statement: Properties) -> bool:
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        return statement["Effect"] == "Deny" and statement.get("Condition") == plain


class WhatFailedIsSeen(Rule):
    """A dead-letter queue that nobody looks at is a bin."""

    id = "E9012"
    shortdesc = "Every queue that takes what failed has an alarm"
    description = (
        "An alarm on the messages visible in each queue that is a dead-letter queue or a destination"
    )

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        watched = {
            referred(dimension["Value"])
            for alarm in resources(cfn, "AWS::CloudWatch::Alarm").values()
            for dimension in alarm.get("Dimensions", [])
        }
        queues = resources(cfn, "AWS::SQS::Queue")
        worked = {
            referred(each.get("EventSourceArn"))
            for each in resources(cfn, "AWS::Lambda::EventSourceMapping").values()
        }
        for name in sorted(set(queues) - worked - watched):
            yield name, "is worked on by no function and watched by no alarm"


class WorkersAreBounded(Rule):
    """However much is queued, the API keeps its share of the account's concurrency."""

    id = "E9013"
    shortdesc = "A queue calls its function only so often at once"
    description = "ScalingConfig.MaximumConcurrency on every mapping of a queue"

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        queues = resources(cfn, "AWS::SQS::Queue")
        for name, mapping in resources(cfn, "AWS::Lambda::EventSourceMapping").items():
            from_queue = referred(mapping.get("EventSourceArn")) in queues
            if from_queue and "MaximumConcurrency" not in mapping.get("ScalingConfig", {}):
                yield name, "has no ScalingConfig.MaximumConcurrency"


class RolesAreTheirFunctions(Rule):
    """A role that two functions share gives each what the other needs."""

    id = "E9014"
    shortdesc = "Every function has a role of its own, which reads no whole table and administers no key"
    description = (
        "No two functions share a role; no role may scan or export a table, or do more with a key than use it"
    )

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        functions = resources(cfn, "AWS::Lambda::Function")
        shared = Counter(referred(function.get("Role")) for function in functions.values())
        for role, count in shared.items():
            if count > 1:
                yield role, f"is the role of {count} functions"
        for name, statement in statements(cfn):
            actions = {str(action) for action in as_list(statement.get("Action"))}
            for action in sorted(actions & READS_EVERYTHING):
                yield name, f"may {action}: it would see every client's data"
            keys = {action for action in actions if action.startswith("kms:")}
            for action in sorted(keys - {"kms:Encrypt", "kms:Decrypt"}):
                yield name, f"may {action}: functions only encrypt and decrypt"


class TablesCanBeRestored(Rule):
    """The only copy of a merchant's days."""

    id = "E9015"
    shortdesc = "Every table can be restored to any second and outlives its stack"
    description = "Point-in-time recovery; DeletionPolicy and UpdateReplacePolicy that keep it"

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        for name, resource in cfn.get_resources("AWS::DynamoDB::Table").items():
            recovery = resource["Properties"].get("PointInTimeRecoverySpecification", {})
            if not recovery.get("PointInTimeRecoveryEnabled"):
                yield name, "cannot be restored to a point in time"
            if not str(resource.get("DeletionPolicy", "")).startswith("Retain"):
                yield name, "goes with its stack"
            if resource.get("UpdateReplacePolicy") != "Retain":
                yield name, "goes when it is replaced"


class KeyOrReason(Rule):
    """A path that was forgotten is open to everybody."""

    id = "E9016"
    shortdesc = "Every operation asks for a key but those that are listed here"
    description = "security NONE stands only on the paths of KEYLESS and PAGES"

    def found(self, cfn: Any) -> Iterator[tuple[str, str]]:
        for name, api in resources(cfn, "AWS::ApiGateway::RestApi").items():
            for path, operations in api.get("Body", {}).get("paths", {}).items():
                for method, operation in operations.items():
                    asks = {"ClientKey", "api_key"} <= {
                        key for each in operation.get("security", []) for key in each
                    }
                    if method != "options" and asks == (path in KEYLESS | PAGES):
                        yield name, f"{method} {path} {'asks for a key' if asks else 'asks for no key'}"
