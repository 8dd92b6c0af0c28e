"""AWS clients: one session, one client for each service, made when first needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient

# As many connections as threads write at once, with some to spare.
_CONNECTIONS = 32
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=_CONNECTIONS,
)


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@overload
def client(name: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(name: Literal["sqs"]) -> SQSClient: ...
@overload
def client(name: Literal["events"]) -> EventBridgeClient: ...
@overload
def client(name: Literal["scheduler"]) -> EventBridgeSchedulerClient: ...
@overload
def client(name: Literal["kms"]) -> KMSClient: ...
@overload
def client(name: Literal["ssm"]) -> Any: ...


@cache
def client(name: Any) -> Any:
    """The client of a service; may be used from several threads."""
    return _session().client(name, config=_CONFIG)
