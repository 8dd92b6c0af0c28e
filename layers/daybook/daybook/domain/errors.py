"""Every error Daybook raises on purpose, and what the one who catches it should do.

DaybookError
├── BadRequest            answer 400, one validation item for each problem
├── NotFound              answer 404; the same for an unknown id and for somebody else's
├── TooLarge              answer 413, saying how to send it instead
├── Conflict              answer 409: the caller worked from an older version
│   ├── Outdated          sending it again as it is cannot help: read first
│   └── InProgress        the same request is being answered: ask again after `retry_after` seconds
└── PlatformError         an accounting platform did not do what it was asked
    ├── PlatformUnavailable   nothing was written: try again, after `retry_after` seconds when given
    ├── PlatformUnclear       it may have been written: look the document up before anything else
    ├── PlatformRejected      it will never be written as it is: tell the merchant the platform's reason
    ├── AuthorisationLost     stop until the merchant links again
    └── SubscriptionExpired   stop until the merchant's accounting subscription is renewed
"""

from __future__ import annotations

from collections.abc import Iterable

from daybook.frozen import frozen


@frozen
class Problem:
    """One thing wrong with a request: where (a JSON path), what and how to mend it."""

    item: str
    message: str
    validator: str = ""


class DaybookError(Exception):
    """The root of the errors raised on purpose."""


class BadRequest(DaybookError):
    """The caller sent something that cannot be accepted; nothing of it was kept."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)


class NotFound(DaybookError):
    """No such thing for this caller."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.message = f"{what} not found"


class TooLarge(DaybookError):
    """More than one request may carry."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Conflict(DaybookError):
    """The thing changed since the caller read it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Outdated(Conflict):
    """The caller said which version it worked from, and that one is no longer in force."""


class InProgress(Conflict):
    """The same request is being answered at this moment; ask again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PlatformError(DaybookError):
    """An accounting platform failed; `message` is fit for a merchant to read."""

    def __init__(self, platform: str, message: str) -> None:
        super().__init__(f"{platform}: {message}")
        self.platform = platform
        self.message = message


class PlatformUnavailable(PlatformError):
    """Nothing was written. Try again, not before `retry_after` seconds where the platform said so."""

    def __init__(self, platform: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(platform, message)
        self.retry_after = retry_after


class PlatformUnclear(PlatformError):
    """The request was sent and no answer came: the document may or may not exist."""


class PlatformRejected(PlatformError):
    """The platform refuses this document; sending it again unchanged is pointless."""


class AuthorisationLost(PlatformError):
    """The connection no longer has access."""


class SubscriptionExpired(PlatformError):
    """The merchant's subscription to the accounting software has ended."""
