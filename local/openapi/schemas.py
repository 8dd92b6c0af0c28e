"""JSON Schemas of what the operations take and answer, made by pydantic and named for the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from daybook.wire.described.base import Page
from describing import PageOf

Json = dict[str, Any]
PLACE = "#/components/schemas/"


class _Schemas(GenerateJsonSchema):
    """Pydantic's schemas with amounts as JSON numbers, which is how they are read and written."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        del schema
        return {"type": "number"}


def schemas_of(requests: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Json, Json, Json]:
    """The schemas of the requests and of the answers by their keys, and the components both refer to."""
    asked, asked_parts = _generate(requests, "validation")
    answered, parts = _generate(answers, "serialization")
    asked_parts = {name: admit_null(schema) for name, schema in asked_parts.items()}
    asked = {key: admit_null(schema) for key, schema in asked.items()}
    # A model that is both asked and answered has two schemas when null means something else in them.
    differ = {name for name in asked_parts if name in parts and parts[name] != asked_parts[name]}
    renamed = {name: f"{name}Request" for name in differ}
    asked = _named(asked, renamed)
    asked_parts = _named({renamed.get(name, name): part for name, part in asked_parts.items()}, renamed)
    return asked, answered, dict(sorted({**parts, **asked_parts}.items()))


def admit_null(schema: Any) -> Any:
    """The same schema where everything that may be left out may be null: null means not given."""
    if isinstance(schema, list):
        return [admit_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    admitted = {key: admit_null(value) for key, value in schema.items() if key not in ("example", "examples")}
    required = schema.get("required", ())
    if isinstance(schema.get("properties"), dict):
        admitted["properties"] = {
            name: admit_null(each) if name in required else _nullable(admit_null(each))
            for name, each in schema["properties"].items()
        }
    if isinstance(schema.get("additionalProperties"), dict):
        admitted["additionalProperties"] = _nullable(admitted["additionalProperties"])
    return admitted


def _nullable(schema: Json) -> Json:
    kind = schema.get("type")
    if schema == {} or kind == "null" or (isinstance(kind, list) and "null" in kind):
        return schema
    if any(each.get("type") == "null" for each in schema.get("anyOf", ())):
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if isinstance(kind, str) and "enum" not in schema and "const" not in schema:
        return {**schema, "type": [kind, "null"]}
    outer: Json = {key: schema[key] for key in ("description", "default") if key in schema}
    inner = {key: value for key, value in schema.items() if key not in outer}
    return {**outer, "anyOf": [inner, {"type": "null"}]}


def _generate(types: Mapping[str, Any], mode: Any) -> tuple[Json, Json]:
    adapters = [(key, mode, TypeAdapter(_type(kind))) for key, kind in types.items()]
    made, definitions = TypeAdapter.json_schemas(
        adapters, ref_template=PLACE + "{model}", schema_generator=_Schemas
    )
    parts = {
        name: {"description": Page.__doc__, **_tidy(schema)} if name.startswith("Page_") else _tidy(schema)
        for name, schema in definitions.get("$defs", {}).items()
    }
    names = _readable(list(parts))
    top = _named({key: _tidy(schema) for (key, _), schema in made.items()}, names)
    return top, _named({names.get(name, name): schema for name, schema in parts.items()}, names)


def _type(kind: Any) -> Any:
    return Page[kind.item] if isinstance(kind, PageOf) else kind


def _tidy(schema: Any) -> Any:
    """Without the titles and defaults that pydantic gives, with line breaks of docstrings as spaces."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidy: Json = {}
    for key, value in schema.items():
        if key == "properties":
            tidy[key] = {name: _tidy(each) for name, each in value.items()}
        elif key == "description" and isinstance(value, str):
            tidy[key] = re.sub(r"(?<!\n)\n(?!\n)", " ", value).replace("  ", " ")
        elif key not in ("title", "default"):
            tidy[key] = _tidy(value)
    return tidy


def _readable(names: list[str]) -> dict[str, str]:
    """Names of components as people would choose them: `CompanyPage`, not `Page_Company_`."""
    chosen: dict[str, str] = {}
    for name in sorted(names):
        parts = name.split("__")
        short = re.sub(r"^Page_(.*)_$", r"\1Page", parts[-1])
        if len(parts) > 1:
            short = parts[-2].title().replace("_", "") + short
        if short in chosen.values():
            raise ValueError(f"two models are called {short}")
        chosen[name] = short
    return chosen


def _named(schemas: Json, names: Mapping[str, str]) -> Json:
    return {key: _walk(schema, lambda ref: _rename(ref, names)) for key, schema in schemas.items()}


def _rename(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix(PLACE)
    return PLACE + names.get(name, name)


def _walk(schema: Any, change: Callable[[str], str]) -> Any:
    if isinstance(schema, list):
        return [_walk(each, change) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: change(value) if key == "$ref" and isinstance(value, str) else _walk(value, change)
        for key, value in schema.items()
    }
