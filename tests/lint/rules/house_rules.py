"""House rules for the template, as cfn-lint rules: what a reviewer would otherwise have to see every time.

They see the template after the SAM transform, so an event of a function is a mapping or a schedule here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

# A message must not become visible again while a function may still be at work on it, nor while Lambda
# retries a throttled batch (AWS Lambda developer guide, "Using Lambda with Amazon SQS": six times the
# function's time-out).
TIMES_THE_TIMEOUT = 6
LAMBDA_DEFAULT_TIMEOUT = 3
SQS_DEFAULT_VISIBILITY = 30

# Actions that AWS authorises on no narrower resource (service authorisation reference), and why we have them.
ON_EVERY_RESOURCE = {
    "xray:PutTraceSegments": "a trace belongs to no resource",
    "xray:PutTelemetryRecords": "a trace belongs to no resource",
    "dynamodb:ListStreams": "Lambda asks for it when it maps a stream; it lists names only",
}
# In a key's own policy "*" is that key; the account may do everything so that no key is ever locked out.
ALL_OF_A_KEY = {"kms:*"}


def resources(template: Any, kind: str) -> dict[str, dict[str, Any]]:
    """Give the properties of every resource of a type, by logical id."""
    found = template.get_resources(kind)
    return {name: resource.get("Properties", {}) for name, resource in found.items()}


def referred(value: Any) -> str:
    """Give the logical id that a Ref or a GetAtt points at; empty for anything else."""
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("Ref"), str):
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, str):
        return attribute.split(".")[0]
    return str(attribute[0]) if isinstance(attribute, list) else ""


def as_list(value: Any) -> list[Any]:
    """Give a list of what policies let stand alone."""
    return value if isinstance(value, list) else [value]


class EveryFunctionHasALogGroup(CloudFormationLintRule):
    """Without one, Lambda makes a log group that keeps everything for ever."""

    id = "E9001"
    shortdesc = "Every function logs to a log group that forgets"
    description = "LoggingConfig.LogGroup names a log group of this template with RetentionInDays"
    tags = ("lambda", "logs")

    def match(self, cfn: Any) -> list[RuleMatch]:
        groups = resources(cfn, "AWS::Logs::LogGroup")
        return [
            RuleMatch(["Resources", name], f"{name} has no log group with RetentionInDays")
            for name, function in resources(cfn, "AWS::Lambda::Function").items()
            if "RetentionInDays"
            not in groups.get(referred(function.get("LoggingConfig", {}).get("LogGroup")), {})
        ]


class EveryFailureIsKept(CloudFormationLintRule):
    """What nobody waits for must not be lost when it fails."""

    id = "E9002"
    shortdesc = "Every queue, stream, schedule and rule has somewhere for what fails"
    description = "A redrive policy, an OnFailure destination or a dead-letter queue"
    tags = ("lambda", "reliability")

    def match(self, cfn: Any) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", name], f"{name}: {lacks}")
            for name, lacks in (
                *self.mappings(cfn),
                *self.schedules(cfn),
                *self.rules(cfn),
                *self.asynchronous(cfn),
            )
        ]

    def mappings(self, cfn: Any) -> Iterator[tuple[str, str]]:
        queues = resources(cfn, "AWS::SQS::Queue")
        for name, mapping in resources(cfn, "AWS::Lambda::EventSourceMapping").items():
            source = referred(mapping.get("EventSourceArn"))
            if source in queues:
                if "RedrivePolicy" not in queues[source]:
                    yield name, f"the queue {source} has no RedrivePolicy"
            elif "OnFailure" not in mapping.get("DestinationConfig", {}):
                yield name, "the stream has no OnFailure destination"

    def schedules(self, cfn: Any) -> Iterator[tuple[str, str]]:
        for name, schedule in resources(cfn, "AWS::Scheduler::Schedule").items():
            if "DeadLetterConfig" not in schedule.get("Target", {}):
                yield name, "the schedule has no DeadLetterConfig"

    def rules(self, cfn: Any) -> Iterator[tuple[str, str]]:
        for name, rule in resources(cfn, "AWS::Events::Rule").items():
            if any("DeadLetterConfig" not in target for target in rule.get("Targets", [])):
                yield name, "a target of the rule has no DeadLetterConfig"

    def asynchronous(self, cfn: Any) -> Iterator[tuple[str, str]]:
        """A schedule, a rule or a topic hands an event over and goes; only the function can fail then."""
        kept = {
            referred(configured.get("FunctionName"))
            for configured in resources(cfn, "AWS::Lambda::EventInvokeConfig").values()
            if "OnFailure" in configured.get("DestinationConfig", {})
        }
        schedules = resources(cfn, "AWS::Scheduler::Schedule").values()
        rules = resources(cfn, "AWS::Events::Rule").values()
        topics = resources(cfn, "AWS::SNS::Subscription").values()
        called = [referred(schedule.get("Target", {}).get("Arn")) for schedule in schedules]
        called += [referred(target.get("Arn")) for rule in rules for target in rule.get("Targets", [])]
        called += [referred(subscription.get("Endpoint")) for subscription in topics]
        functions = resources(cfn, "AWS::Lambda::Function")
        for name in sorted({name for name in called if name in functions} - kept):
            yield name, "the function is called asynchronously and has no OnFailure destination"


class NoMessageIsTakenTwice(CloudFormationLintRule):
    """A message that shows again while a function is at work on it is done twice."""

    id = "E9003"
    shortdesc = "A queue hides a message for six times its function's time-out"
    description = "VisibilityTimeout is at least six times the Timeout of the function that the queue calls"
    tags = ("lambda", "sqs")

    def match(self, cfn: Any) -> list[RuleMatch]:
        queues = resources(cfn, "AWS::SQS::Queue")
        functions = resources(cfn, "AWS::Lambda::Function")
        found = []
        for name, mapping in resources(cfn, "AWS::Lambda::EventSourceMapping").items():
            queue = queues.get(referred(mapping.get("EventSourceArn")))
            if queue is None:
                continue
            function = functions.get(referred(mapping.get("FunctionName")), {})
            needed = TIMES_THE_TIMEOUT * int(function.get("Timeout", LAMBDA_DEFAULT_TIMEOUT))
            hidden = int(queue.get("VisibilityTimeout", SQS_DEFAULT_VISIBILITY))
            if hidden < needed:
                message = (
                    f"{name}: messages are hidden for {hidden} s, less than the {needed} s that are needed"
                )
                found.append(RuleMatch(["Resources", name], message))
        return found


class NoWildcards(CloudFormationLintRule):
    """A role may do what it is there for, to what it is there for."""

    id = "E9004"
    shortdesc = "No policy names actions or resources by a wildcard"
    description = "Actions are spelt out; the resource * stands only where AWS allows no other"
    tags = ("iam",)

    def match(self, cfn: Any) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", name], f"{name}: {problem}")
            for name, statement, is_key in self.statements(cfn)
            for problem in self.problems(statement, is_key=is_key)
        ]

    def statements(self, cfn: Any) -> Iterator[tuple[str, dict[str, Any], bool]]:
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for name, policy in resources(cfn, kind).items():
                yield from ((name, statement, False) for statement in self.of(policy["PolicyDocument"]))
        for name, role in resources(cfn, "AWS::IAM::Role").items():
            for policy in role.get("Policies", []):
                yield from ((name, statement, False) for statement in self.of(policy["PolicyDocument"]))
        for name, key in resources(cfn, "AWS::KMS::Key").items():
            yield from ((name, statement, True) for statement in self.of(key["KeyPolicy"]))

    @staticmethod
    def of(document: dict[str, Any]) -> list[dict[str, Any]]:
        return as_list(document["Statement"])

    @staticmethod
    def problems(statement: dict[str, Any], *, is_key: bool) -> Iterator[str]:
        actions = as_list(statement.get("Action"))
        if is_key and set(actions) <= ALL_OF_A_KEY:
            return
        for action in actions:
            if "*" in str(action):
                yield f"the action {action} is a wildcard"
        if "*" in as_list(statement.get("Resource")) and not set(actions) <= set(ON_EVERY_RESOURCE):
            yield f"{', '.join(sorted(set(actions) - set(ON_EVERY_RESOURCE)))} on every resource"
