"""What accounting platforms gave the partner, in Parameter Store: a parameter for each platform, encrypted.

The parameter `<path>/<platform key>` holds JSON: `clientId`, `clientSecret`, and `urls` where the platform's
sandbox is meant (`authorise`, `token`, `revoke`, `api`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from daybook.store import environment
from daybook.store.aws import client

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

# A platform set up or changed is known everywhere after so many seconds.
_HELD_SECONDS = 300


@cache
def _provider() -> SSMProvider:
    """Holds what it read for as long as the process lives."""
    # Imported late: most calls of most functions speak to no platform.
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto3_client=client("ssm"))


def all_credentials() -> Mapping[str, Mapping[str, Any]]:
    """The credentials of every platform that was set up, by platform key."""
    path = environment.credentials_path()
    found = _provider().get_multiple(path, max_age=_HELD_SECONDS, decrypt=True)
    return {name.rpartition("/")[2]: json.loads(str(text)) for name, text in found.items()}
