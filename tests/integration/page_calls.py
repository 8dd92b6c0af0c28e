"""A browser without a screen: pages, forms, cookies, redirects; handlers called as API Gateway does."""

from __future__ import annotations

import base64
import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from daybook.services.runtime import Runtime
from tests.integration.api_calls import CONTEXT

ORIGIN, PREFIX = "https://api.example", "/v1"


@dataclass
class Form:
    """A form as a browser would send it: each field with the value it holds."""

    method: str
    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What a field holds."""
        return dict(self.values)[name]


class _Reader(HTMLParser):
    """Forms and texts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._option: list[str] = []
        self._silent = 0
        self._area: str | None = None
        self._href: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a":
            self._href = given.get("href")
        elif tag == "form":
            self._form = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in given:
            self._begin_control(self._form, tag, given)

    def _begin_control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                form.values.append((name, value or ("on" if kind == "checkbox" else "")))
        elif tag == "button" and name:
            form.buttons.append((name, value))
        elif tag == "textarea":
            self._area = name
            form.values.append((name, ""))
        elif tag == "select":
            self._select, self._option = name, []
        elif tag == "option" and self._select is not None and ("selected" in given or not self._option):
            self._option = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        elif tag == "a":
            self._href = None
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None and self._form is not None:
            self._form.values += [(self._select, value) for value in self._option]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._form is not None:
            self._form.values[-1] = (self._area, self._form.values[-1][1] + data)
        if self._href is not None:
            self.links.append((data.strip(), self._href))
        if not self._silent:
            self.texts.append(data)


@dataclass
class Page:
    """What came back."""

    path: str
    status: int
    headers: dict[str, str]
    html: str
    forms: list[Form]
    links: list[tuple[str, str]]
    text: str

    def form(self, action: str) -> Form:
        """The form whose action ends like this."""
        (found,) = [form for form in self.forms if form.action.endswith(action)]
        return found


@dataclass
class Browser:
    """Keeps cookies by path and sends what browsers send. `handler_of` finds a path's function."""

    handler_of: Callable[[str], Callable[[dict[str, Any], object], dict[str, Any]]]
    language: str = "en"
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Page:
        """Go to a path of ours, such as `/flow/...?otp=...`; redirects within us are followed."""
        return self._follow(self.call("GET", path, headers=headers))

    def submit(self, page: Page, form: Form, changes: Mapping[str, object] | None = None) -> Page:
        """Send a form, with other values in some fields; None leaves a field out, a list sends several."""
        changed = dict(changes or {})
        fields = [(name, value) for name, value in form.values if name not in changed]
        for name, value in changed.items():
            values = value if isinstance(value, list) else [] if value is None else [value]
            fields += [(name, str(each)) for each in values]
        action = form.action.removeprefix(PREFIX) or page.path
        if form.method == "get":
            return self.get(f"{action.partition('?')[0]}?{urlencode(fields)}")
        return self._follow(self.post(action, fields))

    def post(
        self, path: str, fields: list[tuple[str, str]], headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send fields without looking where it leads."""
        body = urlencode(fields).encode()
        own = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **(headers or {})}
        return self.call("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **own})

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Page:
        """One request."""
        split = urlsplit(path)
        below = f"{PREFIX}{split.path}"
        sent = {
            name: value
            for (name, scope), value in self.cookies.items()
            if below == scope or below.startswith(scope.rstrip("/") + "/")
        }
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in sent.items())} if sent else {}
        answer = self.handler_of(split.path)(
            {
                "httpMethod": method,
                "path": split.path,
                "resource": "/{proxy+}",
                "headers": {
                    "Host": "api.example",
                    "Accept-Language": self.language,
                    **cookie,
                    **(headers or {}),
                },
                "queryStringParameters": dict(parse_qsl(split.query, keep_blank_values=True)) or None,
                "pathParameters": None,
                "requestContext": {"requestId": "req-1", "stage": "v1", "path": below, "authorizer": None},
                "body": base64.b64encode(body).decode() if body else None,
                "isBase64Encoded": bool(body),
            },
            CONTEXT,
        )
        headers_of = {name: values[-1] for name, values in answer["multiValueHeaders"].items()}
        for cookie_text in answer["multiValueHeaders"].get("Set-Cookie", []):
            self._keep(cookie_text)
        reader = _Reader()
        reader.feed(answer["body"] or "")
        text = " ".join("".join(reader.texts).split())
        return Page(path, answer["statusCode"], headers_of, answer["body"], reader.forms, reader.links, text)

    def _keep(self, text: str) -> None:
        pair, *attributes = [part.strip() for part in text.split(";")]
        name, _, value = pair.partition("=")
        settings = dict(part.lower().split("=", 1) for part in attributes if "=" in part)
        scope = next(part[5:] for part in attributes if part.lower().startswith("path="))
        if settings.get("max-age") == "0":
            self.cookies.pop((name, scope), None)
        else:
            self.cookies[name, scope] = value

    def _follow(self, page: Page) -> Page:
        for _ in range(10):
            location = page.headers.get("Location", "")
            if not location.startswith((f"{PREFIX}/", f"{ORIGIN}{PREFIX}/")):
                return page
            page = self.call("GET", location.removeprefix(ORIGIN).removeprefix(PREFIX))
        raise AssertionError(f"sent around in circles: {page.headers}")


def browser_over(monkeypatch: Any, runtime: Runtime, **functions: str) -> Browser:
    """A browser of these functions: `browser_over(monkeypatch, runtime, flow="/flow/", linking="/link/")`.

    Every module of a function that took `runtime` by name gets the one given.
    """
    handlers = {}
    for name, start in functions.items():
        handlers[start] = importlib.import_module(f"{name}.app").handler
    _replace_runtime(monkeypatch, runtime, ("pages", "rest", *functions))
    ordered = sorted(handlers, key=len, reverse=True)
    return Browser(lambda path: handlers[next(start for start in ordered if path.startswith(start))])


def _replace_runtime(monkeypatch: Any, runtime: Runtime, packages: tuple[str, ...]) -> None:

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages and hasattr(module, "runtime"):
            monkeypatch.setattr(module, "runtime", lambda: runtime)
