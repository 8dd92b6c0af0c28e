"""The template obeys the house rules, and each rule can fail."""

from __future__ import annotations

import json
import pathlib

import pytest
from cfnlint.api import lint
from cfnlint.core import get_rules

from tests.lint.transformed import our_template

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = str(pathlib.Path(__file__).parent / "rules")

FUNCTION = """
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt WorkerRole.Arn
      Runtime: python3.13
      Handler: worker.handler
      Code: {ZipFile: "def handler(event, context): pass"}
      Timeout: 60
      LoggingConfig: {LogGroup: !Ref WorkerLogs}
  WorkerLogs:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: 30}
  WorkerRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: sqs:ReceiveMessage, Resource: !GetAtt Queue.Arn}
              - {Effect: Allow, Action: xray:PutTraceSegments, Resource: "*"}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 360
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Failed:
    Type: AWS::SQS::Queue
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Worker}
"""

SCHEDULE = """
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 hour)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Worker.Arn, RoleArn: !GetAtt WorkerRole.Arn}
"""

RULE = """
  Rule:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      Targets: [{Arn: !GetAtt Failed.Arn, Id: target}]
"""

STREAM = """
  StreamMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Table.StreamArn, FunctionName: !Ref Worker, StartingPosition: LATEST}
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: PK, AttributeType: S}]
      KeySchema: [{AttributeName: PK, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
"""


def broken(template: str) -> list[str]:
    """Give the ids of the house rules that a template breaks."""
    matches = lint(template, get_rules([RULES], [], []), ["eu-west-1"])
    assert not [match for match in matches if match.rule.id.startswith("E0")], matches
    return [match.rule.id for match in matches if match.rule.id.startswith("E900")]


def resources(*parts: str) -> str:
    return "Resources:\n" + "".join(parts)


def test_a_template_that_obeys_them_passes() -> None:
    assert broken(resources(FUNCTION)) == []


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("E9001", "{RetentionInDays: 30}", "{LogGroupClass: STANDARD}"),
        ("E9001", "      LoggingConfig: {LogGroup: !Ref WorkerLogs}\n", ""),
        ("E9002", "      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}\n", ""),
        ("E9003", "VisibilityTimeout: 360", "VisibilityTimeout: 359"),
        ("E9003", "      VisibilityTimeout: 360\n", ""),
        ("E9004", "Action: sqs:ReceiveMessage", "Action: sqs:*"),
        ("E9004", "Action: sqs:ReceiveMessage", "Action: [sqs:ReceiveMessage, sqs:Delete*]"),
        ("E9004", "Resource: !GetAtt Queue.Arn", 'Resource: "*"'),
    ],
)
def test_each_rule_can_fail(rule: str, good: str, bad: str) -> None:
    assert good in FUNCTION
    assert broken(resources(FUNCTION.replace(good, bad))) == [rule]


def test_a_schedule_needs_a_dead_letter_queue_and_its_function_a_failure_destination() -> None:
    assert broken(resources(FUNCTION, SCHEDULE)) == ["E9002", "E9002"]


def test_a_rule_needs_a_dead_letter_queue() -> None:
    assert broken(resources(FUNCTION, RULE)) == ["E9002"]


def test_a_stream_needs_a_failure_destination() -> None:
    assert broken(resources(FUNCTION, STREAM)) == ["E9002"]


def test_our_template_obeys_them() -> None:
    for template in ((ROOT / "template.yaml").read_text(encoding="utf-8"), json.dumps(our_template())):
        matches = lint(template, get_rules([RULES], [], []), ["eu-west-1"])
        assert [f"{match.rule.id} {match.message}" for match in matches] == []
