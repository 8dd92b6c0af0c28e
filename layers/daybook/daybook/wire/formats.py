"""Texts of a known form, said in the types of requests and answers so that the API's description shows it.

They say and do not check: what is answered is right already, and what is asked is read where it is used.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field


def _text(**said: Any) -> Any:
    return Field(json_schema_extra=said)


def one_of(*values: str) -> Any:
    """A text that is one of these."""
    return Field(json_schema_extra={"enum": list(values)})


Uuid = Annotated[str, _text(format="uuid")]
UtcTime = Annotated[str, _text(format="date-time")]
Day = Annotated[str, _text(format="date")]
Url = Annotated[str, _text(format="uri")]
Currency = Annotated[str, _text(pattern="^[A-Z]{3}$")]
CanBeRetried = Annotated[str, one_of("True", "False", "Unknown")]
SourceType = Annotated[str, one_of("Accounting", "Commerce")]
ConnectionStatus = Annotated[str, one_of("PendingAuth", "Linked", "Unlinked", "Deauthorized")]
