"""The settings a function is given by the template: the only place that reads the environment.

Read when first asked for, never at import, so that importing needs no settings.
"""

from __future__ import annotations

import os


def setting(name: str) -> str:
    """A setting of the template. Raises LookupError naming it when the function was not given it."""
    value = os.environ.get(name, "")
    if not value:
        raise LookupError(f"the environment variable {name} is not set: the template must give it")
    return value


def table_name() -> str:
    """The one table."""
    return setting("TABLE_NAME")


def queue_url(queue: str) -> str:
    """The URL of the queue `ingest`, `sync`, `push`, `erase`, `notify` or `deliver`."""
    return setting(f"{queue.upper()}_QUEUE_URL")


def record_retention_days() -> int:
    """For how many days records are kept; 0 for ever."""
    return int(setting("RECORD_RETENTION_DAYS"))


def event_bus_name() -> str:
    """The bus that events are raised on."""
    return setting("EVENT_BUS_NAME")


def schedule_group() -> str:
    """The group of the schedules, one for each time zone and hour in use."""
    return setting("SCHEDULE_GROUP")


def schedule_role_arn() -> str:
    """The role with which a schedule calls the dispatcher."""
    return setting("SCHEDULE_ROLE_ARN")


def dispatcher_arn() -> str:
    """The function a schedule calls."""
    return setting("DISPATCHER_ARN")


def kms_key_id() -> str:
    """The key that encrypts tokens."""
    return setting("KMS_KEY_ID")


def credentials_path() -> str:
    """Where the parameters lie that hold what accounting platforms gave the partner."""
    return setting("PLATFORM_CREDENTIALS_PATH")


def api_url() -> str:
    """Where clients reach the API, without a slash at the end."""
    return setting("API_URL").rstrip("/")


def admits_local_targets() -> bool:
    """Whether webhooks may lead to this very machine: on the local stack only."""
    return os.environ.get("LOCAL_TARGETS") == "true"
