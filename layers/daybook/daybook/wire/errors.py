"""The one error body, and the one place where an error becomes a status."""

from __future__ import annotations

from dataclasses import field

from daybook.domain.errors import (
    AuthorisationLost,
    BadRequest,
    Conflict,
    DaybookError,
    NotFound,
    Outdated,
    PlatformError,
    PlatformRejected,
    PlatformUnavailable,
    Problem,
    SubscriptionExpired,
    TooLarge,
)
from daybook.frozen import frozen

SERVICE = "Daybook"


class Unauthorized(DaybookError):
    """The request carries no valid API key."""

    message = "The API key is missing or not valid. Send `Authorization: Basic` and the key in base64."


class FormRefused(DaybookError):
    """The form was not sent by a page of this session."""

    message = "This form is out of date. Go back, reload the page and send it again."


# An error's status, and whether sending the same request again can help. A sync or a configuration that is
# refused is the caller's to mend, so a lost authorisation is a 400: the published clients know no 409 there.
_STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (BadRequest, 400, "False"),
    (Unauthorized, 401, "False"),
    (FormRefused, 403, "False"),
    (NotFound, 404, "False"),
    (TooLarge, 413, "False"),
    (Outdated, 409, "False"),
    (Conflict, 409, "True"),
    (PlatformUnavailable, 503, "True"),
    (PlatformRejected, 400, "False"),
    (AuthorisationLost, 400, "False"),
    (SubscriptionExpired, 402, "False"),
    (PlatformError, 503, "Unknown"),
    (Exception, 500, "Unknown"),
)


@frozen
class Failure:
    """An answer that says what went wrong."""

    status_code: int
    error: str
    correlation_id: str
    can_be_retried: str
    problems: tuple[Problem, ...] = field(default=())
    retry_after: int | None = None  # seconds

    def body(self) -> dict[str, object]:
        """The error body; `validation` is null when there is nothing to list."""
        return {
            "statusCode": self.status_code,
            "service": SERVICE,
            "error": self.error,
            "correlationId": self.correlation_id,
            "validation": validation(self.problems) if self.problems else None,
            "canBeRetried": self.can_be_retried,
            "detailedErrorCode": 0,
        }


def validation(errors: tuple[Problem, ...], warnings: tuple[Problem, ...] = ()) -> dict[str, object]:
    """Problems as the `validation` object of an answer."""
    return {
        "errors": [_item(problem) for problem in errors],
        "warnings": [_item(problem) for problem in warnings],
    }


def failure_of(error: Exception, correlation_id: str) -> Failure:
    """What to answer when this was raised; an error nobody raised on purpose reveals nothing of itself."""
    status, can_be_retried = next(
        (status, retried) for kind, status, retried in _STATUSES if isinstance(error, kind)
    )
    if isinstance(error, DaybookError):
        text = str(getattr(error, "message", error))
    else:
        text = f"Something went wrong on our side. Quote {correlation_id} when you ask for support."
    problems = error.problems if isinstance(error, BadRequest) else ()
    retry_after = getattr(error, "retry_after", None)
    return Failure(status, text, correlation_id, can_be_retried, problems, retry_after)


def _item(problem: Problem) -> dict[str, object]:
    return {"itemId": problem.item, "message": problem.message, "validatorName": problem.validator or None}
