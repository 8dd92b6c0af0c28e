"""The API's own description is that of the code, complete, valid and true of its own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load
from openapi_spec_validator import validate

from daybook.domain.webhooks import EVENT_TYPES, WEBHOOK_TEST
from local.openapi.__main__ import files
from local.openapi.operations import ROOT, all_operations, undescribed
from tests.described import document, validator_of
from tests.lint.rules.security_rules import PAGES

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


@cache
def template_paths() -> dict[str, Json]:
    template = load(str(ROOT / "template.yaml"))
    paths: dict[str, Json] = template["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
    return paths


def integration_function(operation: Json) -> str:
    """The folder of the function that the template sends an operation to."""
    uri = str(operation["x-amazon-apigateway-integration"]["uri"])
    found = re.search(r"\$\{(\w+)Function\.Arn\}", uri)
    assert found, uri
    return re.sub(r"(?<!^)([A-Z])", r"_\1", found[1]).lower()


def route(path: str, method: str) -> tuple[str, Json] | None:
    """Where API Gateway sends a path: to the template's path with the most literal beginning."""

    def rank(template_path: str) -> list[int]:
        kinds = {"{proxy+}": 2}
        return [kinds.get(part, 1 if part.startswith("{") else 0) for part in template_path.split("/")]

    for candidate in sorted(template_paths(), key=rank):
        pattern = "".join(
            ".+" if part == "{proxy+}" else "[^/]+" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", candidate)
        )
        if re.fullmatch(pattern, path):
            return (candidate, template_paths()[candidate].get(method))
    return None


def test_the_committed_files_are_those_of_the_code() -> None:
    stale = [path.name for path, text in files().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"{stale} are stale: run make openapi"


def test_every_operation_is_described() -> None:
    assert undescribed() == []


def test_it_obeys_the_standard() -> None:
    validate(document())


def test_it_is_small_enough_to_be_read_by_tools() -> None:
    assert all(len(text.encode()) < 1024 * 1024 for text in files().values())


def test_every_operation_is_on_its_function_in_the_template() -> None:
    lost = []
    for operation in all_operations():
        for path in operation.paths:
            found = route(re.sub(r"\{\w+\}", "x", path), operation.method)
            if found is None or found[1] is None or integration_function(found[1]) != operation.function:
                lost.append(f"{operation.method} {path}")
    assert not lost


def test_every_path_of_the_template_has_an_operation() -> None:
    reached = set()
    for operation in all_operations():
        for path in operation.paths:
            found = route(re.sub(r"\{\w+\}", "x", path), operation.method)
            if found is not None:
                reached.add((found[0], operation.method))
    named = {
        (path, method)
        for path, each in template_paths().items()
        for method in each
        if path not in PAGES  # for people
    }
    assert {(path, method) for path, method in named if method in METHODS} - reached == set()


def test_a_key_is_needed_where_the_template_asks_for_one() -> None:
    for method, path, operation in operations():
        found = route(re.sub(r"\{\w+\}", "x", path), method)
        assert found is not None
        is_keyless = {"NONE": []} in found[1].get("security", [])
        assert (operation.get("security") == []) == is_keyless, f"{method} {path}"


def test_every_operation_says_what_it_is_under_a_name_of_its_own() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    for method, path, operation in operations():
        assert len(operation["summary"]) > len("List"), f"{method} {path}"
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], f"{method} {path}: {parameter['name']}"


def test_every_parameter_of_a_path_is_described() -> None:
    for method, path, operation in operations():
        described = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert described == set(re.findall(r"\{(\w+)\}", path)), f"{method} {path}"


def test_every_schema_says_what_it_is() -> None:
    schemas = document()["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert [name for name in schemas if not name.isalnum()] == []


def test_canonical_operations_have_examples_and_they_are_true() -> None:
    for method, path, operation in operations():
        contents = [
            (status, response["content"])
            for status, response in operation["responses"].items()
            if "content" in response
        ]
        contents += [("body", operation["requestBody"]["content"])] if "requestBody" in operation else []
        for what, content in contents:
            about = content.get("application/json")
            if about is None:
                continue
            name = f"{method} {path} {what}"
            if "example" not in about:
                assert "x-spelling-of" in operation or path == "/openapi.json", f"{name} has no example"
                continue
            faults = [
                f"{error.json_path}: {error.message[:200]}"
                for error in validator_of(about["schema"]).iter_errors(about["example"])
            ]
            assert not faults, f"{name}: {faults}"


def test_every_event_is_described_with_a_true_example() -> None:
    assert set(document()["webhooks"]) == {*EVENT_TYPES, WEBHOOK_TEST}
    for name, methods in document()["webhooks"].items():
        about = methods["post"]["requestBody"]["content"]["application/json"]
        assert list(validator_of(about["schema"]).iter_errors(about["example"])) == [], name


def test_the_examples_of_failures_are_true() -> None:
    for name, response in document()["components"]["responses"].items():
        about = response["content"]["application/json"]
        assert list(validator_of(about["schema"]).iter_errors(about["example"])) == [], name


class Page(HTMLParser):
    """What a page holds that matters here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            if name in ("href", "src"):
                self.targets.append(str(value))


@pytest.fixture(scope="module")
def page() -> Page:
    return Page((ROOT / "functions" / "description" / "docs.html").read_text(encoding="utf-8"))


def test_the_page_shows_every_operation_and_every_schema(page: Page) -> None:
    canonical = {each["operationId"] for _, _, each in operations() if "x-spelling-of" not in each}
    assert canonical <= set(page.ids)
    assert {f"schema-{name}" for name in document()["components"]["schemas"]} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_leads_nowhere_that_is_not(page: Page) -> None:
    anchors = {target[1:] for target in page.targets if target.startswith("#")}
    assert anchors <= set(page.ids)
    assert {target for target in page.targets if not target.startswith("#")} == {"openapi.json"}


def test_the_page_runs_nothing(page: Page) -> None:
    assert not page.tags & {"script", "iframe", "img", "link", "object", "form"}
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
