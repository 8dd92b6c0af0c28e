"""`python -m local.logs [function ...]`: what the local functions logged, in order of time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local import deploy
from local.settings import STACK_NAME, local_stack
from local.steps import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.settings import LocalStack


def lines(stack: LocalStack, functions: list[str], since: int = 0) -> Iterator[tuple[int, str, str]]:
    """Give time (milliseconds since 1970), function and text of every line logged since a time.

    The embedded AWS gives no more than the first 10,000 of a function.
    """
    logs = deploy.client(stack, "logs")
    prefix = f"/daybook/{STACK_NAME}/"
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix):
        for group in page["logGroups"]:
            function = group["logGroupName"].rpartition("/")[2]
            if not functions or function in functions:
                asked = {"logGroupName": group["logGroupName"], "startTime": since}
                pages = logs.get_paginator("filter_log_events").paginate(**asked)
                for found in pages:
                    for event in found["events"]:
                        yield event["timestamp"], function, event["message"].rstrip()


def main() -> None:
    """Print them all."""
    for milliseconds, function, text in sorted(lines(local_stack(), sys.argv[1:])):
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%H:%M:%S")
        say(f"{moment} {function:<14} {text}")


if __name__ == "__main__":
    main()
