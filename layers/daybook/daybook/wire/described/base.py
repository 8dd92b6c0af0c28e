"""Models that only describe: what the API answers as a plain object, and bodies read by hand."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import ConfigDict, Field

from daybook.wire.datasets import Validation
from daybook.wire.formats import CanBeRetried
from daybook.wire.models import Model


class Described(Model):
    """The base of answers that are not made from their model: a property with a default may be missing."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class Error(Described):
    """Every failure, whatever it is."""

    status_code: int = Field(description="The HTTP status.")
    service: str
    error: str = Field(description="What is wrong and how to mend it, for a person.")
    correlation_id: str = Field(description="Quote this when asking for help: the logs know it.")
    validation: Validation | None = Field(description="Each fault of the request, where there are several.")
    can_be_retried: CanBeRetried = Field(description="Whether the same request can succeed later.")
    detailed_error_code: int


class Href(Described):
    """A path of this API."""

    href: str


class Links(Described):
    """The pages beside this one."""

    this: Href = Field(alias="self")
    current: Href
    next: Href | None = None
    previous: Href | None = None


Item = TypeVar("Item")


class Page(Described, Generic[Item]):
    """A page of items."""

    results: list[Item]
    page_number: int = Field(ge=1)
    page_size: int = Field(ge=1, le=2000)
    total_results: int = Field(ge=0)
    links: Links = Field(alias="_links")
