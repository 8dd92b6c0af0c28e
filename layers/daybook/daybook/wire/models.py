"""How requests are read: pydantic models with camel-case names, unknown properties ignored, null left out."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from daybook.domain.errors import BadRequest, Problem


class Model(BaseModel):
    """The base of every request and answer; an answer has every property, null where there is nothing."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        json_schema_serialization_defaults_required=True,
        # A function has dozens of models and uses two or three of them: each is made ready on its first use.
        defer_build=True,
    )


Read = TypeVar("Read", bound=Model)


def read(model: type[Read], body: object) -> Read:
    """Read a request's JSON. A null means not given (specification: api, conventions).

    Raises BadRequest with one problem for each fault, each naming the JSON path of what is at fault.
    """
    if not isinstance(body, dict):
        message = "A JSON object is needed as the body."
        raise BadRequest(message, [Problem("$", message, "type")])
    try:
        return model.model_validate(_given(body))
    except ValidationError as refused:
        problems = [
            Problem(_json_path(error["loc"]), error["msg"], error["type"])
            for error in refused.errors(include_url=False, include_input=False, include_context=False)
        ]
        listed = "; ".join(f"{problem.item}: {problem.message}" for problem in problems)
        raise BadRequest(f"The request cannot be accepted: {listed}.", problems) from None


def answer(model: Model) -> dict[str, object]:
    """An answer as JSON values, under the published names."""
    return model.model_dump(by_alias=True)


def _given(value: object) -> object:
    if isinstance(value, dict):
        return {name: _given(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_given(inner) for inner in value]
    return value


def _json_path(location: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
