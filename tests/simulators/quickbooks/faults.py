"""What QuickBooks says when it refuses: a fault with a code, in its envelope."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

VALIDATION = "ValidationFault"
_MOMENT = "%Y-%m-%dT%H:%M:%S.000+00:00"


def now() -> str:
    """The time as answers carry it."""
    return datetime.now(UTC).strftime(_MOMENT)


class Refused(Exception):
    """A request (or an item of a batch) that is not carried out."""

    def __init__(self, code: str, message: str, detail: str, element: str = "", status: int = 400) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.status = status
        self.kind = VALIDATION

    def fault(self) -> dict[str, Any]:
        """The Fault property."""
        error = {
            "Message": self.message,
            "Detail": self.detail,
            "code": self.code,
            "element": self.element,
        }
        return {"Error": [error], "type": self.kind}


def business(detail: str) -> Refused:
    """The books do not allow it."""
    return Refused(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
    )


def missing(parameter: str) -> Refused:
    """A property that must be there is not."""
    return Refused(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {parameter} is missing in the request",
        parameter,
    )


def unknown_reference(kind: str, identifier: str) -> Refused:
    """A reference leads nowhere."""
    return Refused(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {kind} element id {identifier} not found",
    )


def inactive(kind: str) -> Refused:
    """A reference leads to something inactive."""
    return Refused(
        "610",
        "Object Not Found",
        f"Object Not Found : Something you're trying to use has been made inactive. Check the field {kind}.",
    )


def not_found(kind: str, identifier: str) -> Refused:
    """Nothing has this id."""
    return Refused("610", "Object Not Found", f"Object Not Found : no {kind} has the id {identifier}")


def unsupported(what: str) -> Refused:
    """This is not done."""
    return Refused("500", "Unsupported Operation", f"Operation {what} is not supported.")


def wrong_length(element: str, longest: int, supplied: int) -> Refused:
    """A text is too long."""
    return Refused(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. "
        f"Min:0 Max:{longest} supported. Supplied length:{supplied}",
        element,
    )


def duplicate_number() -> Refused:
    """A document has this number."""
    return Refused(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. "
        "This number has already been used.",
    )


def duplicate_name(whose: str) -> Refused:
    """Another has this name."""
    return Refused(
        "6240",
        "Duplicate Name Exists Error",
        f"The name supplied already exists. : Another {whose} is already using this name. "
        "Please use a different name.",
    )


def period_closed() -> Refused:
    """The books are closed on this day."""
    return Refused(
        "6210",
        "Account Period Closed, Cannot Update Through Services",
        "The account period has closed and the account books cannot be updated through services.",
    )


def stale() -> Refused:
    """Somebody has changed it meanwhile."""
    return Refused(
        "5010",
        "Stale Object Error",
        "Stale Object Error : You and another user were working on this at the same time.",
    )


def bad_query(detail: str) -> Refused:
    """The query cannot be understood."""
    return Refused("4001", "Invalid query", f"QueryValidationError: {detail}")


def subscription_ended() -> Refused:
    """The merchant has stopped paying for QuickBooks."""
    return Refused(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or been canceled, or there was a billing problem : You can't add "
        "data to QuickBooks Online because your trial or subscription period ended.",
    )


def lost_admin(status: int) -> Refused:
    """Whoever connected the books may not do this any more."""
    refused = Refused(
        "120",
        "Authorization Failure",
        "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online.",
        status=status,
    )
    refused.kind = "AuthorizationFault"
    return refused
