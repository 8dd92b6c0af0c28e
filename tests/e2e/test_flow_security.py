"""Who gets into the pages, and what their forms take: through API Gateway, as an attacker tries it."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local import admin, deploy
from local.api_client import ApiError, Client
from local.settings import LocalStack
from tests.e2e.tenants import new_client
from tests.e2e.web_calls import Answered, Caller

Aws = Callable[[str], Any]
COOKIE = "daybook-flow"
HOST = "till.example"
MOST_WRONG_TRIES = 5


def origin_of(client: Client) -> str:
    parts = urlsplit(client.url)
    return f"{parts.scheme}://{parts.netloc}"


def prefix_of(client: Client) -> str:
    return urlsplit(client.url).path


def link(client: Client, merchant: str = "", **asked: str) -> str:
    """A merchant's way in; without a name, a new merchant's."""
    name = merchant or f"Corner Cafe {uuid.uuid4().hex[:8]}"
    path = "/config/sync/commerce/lqai/mqjo/start"
    return str(client.get(path, merchantIdentifier=name, **asked)["url"])


def company_of(url: str) -> str:
    return url.partition("/flow/")[2].partition("/")[0]


def with_password(url: str, password: str) -> str:
    return f"{url.partition('?')[0]}?otp={password}"


def visitor(client: Client) -> Caller:
    return Caller(origin_of(client))


def entered(client: Client) -> tuple[Caller, str]:
    """Somebody in the flow of a new company, and the path of its pages."""
    caller, url = visitor(client), link(client)
    assert caller.get(url).status == 303
    return caller, f"{prefix_of(client)}/flow/{company_of(url)}"


def first_page(caller: Caller, path: str) -> Answered:
    """The page on which the merchant goes on, with a form."""
    onward = caller.get(path)
    assert onward.status == 303
    page = caller.get(onward.location)
    assert page.status == 200
    return page


def is_refused(answer: Answered) -> bool:
    """A 401 page that lets nobody in."""
    assert answer.status == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.html
    return not answer.cookies


def test_a_link_works_once(client: Client) -> None:
    url = link(client)
    answer = visitor(client).get(url)
    assert answer.status == 303
    assert answer.location.startswith(f"{prefix_of(client)}/flow/{company_of(url)}")
    assert is_refused(visitor(client).get(url))


def test_a_link_is_over_after_thirty_seconds(client: Client, aws: Aws, deployed: dict[str, Any]) -> None:
    url = link(client)
    (password,) = parse_qs(urlsplit(url).query)["otp"]
    digest = hashlib.sha256(password.encode()).hexdigest()
    key = {"PK": {"S": f"COMPANY#{company_of(url)}"}, "SK": {"S": f"FLOW#PASSWORD#{digest}"}}
    table = aws("dynamodb")
    held = table.get_item(TableName=deployed["tableName"], Key=key)["Item"]
    # Half a minute passes: what is kept says when it is over, so it is moved there.
    held["validUntil"] = {"N": str(int(held["validUntil"]["N"]) - 30_001)}
    table.put_item(TableName=deployed["tableName"], Item=held)
    assert is_refused(visitor(client).get(url))


@pytest.mark.parametrize("guess", ["", "0" * 40, "1", "%C3%A9%00", "0" * 5000])
def test_a_guess_opens_nothing(client: Client, guess: str) -> None:
    assert is_refused(visitor(client).get(with_password(link(client), guess)))


def test_guesses_are_counted_and_after_five_the_right_one_opens_nothing(client: Client) -> None:
    enough, too_many = link(client), link(client)
    for url, guesses in ((enough, MOST_WRONG_TRIES - 1), (too_many, MOST_WRONG_TRIES)):
        for _ in range(guesses):
            guess = "".join(secrets.choice("0123456789") for _ in range(40))
            assert is_refused(visitor(client).get(with_password(url, guess)))
    assert visitor(client).get(enough).status == 303
    assert is_refused(visitor(client).get(too_many))


def test_a_link_opens_no_other_company(client: Client, other_client: Client) -> None:
    url = link(client)
    password = urlsplit(url).query
    for others in (link(client), link(other_client)):
        assert is_refused(visitor(client).get(f"{others.partition('?')[0]}?{password}"))
    assert visitor(client).get(url).status == 303


def test_who_looks_at_a_link_uses_nothing_up(client: Client) -> None:
    url = link(client)
    looked = visitor(client).call("HEAD", url, b"", {})
    assert not looked.cookies
    ahead = visitor(client).get(url, {"Sec-Purpose": "prefetch;prerender"})
    assert not ahead.cookies
    assert ahead.status == 503
    assert visitor(client).get(url).status == 303


def test_the_cookie_is_this_browsers_alone_and_for_this_companys_pages(client: Client) -> None:
    url = link(client)
    (cookie,) = visitor(client).get(url).cookies
    name, *said = [part.strip() for part in cookie.split(";")]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}", name)
    assert {"HttpOnly", "SameSite=Lax", f"Path={prefix_of(client)}/flow/{company_of(url)}"} <= set(said)
    assert not any(part.startswith("Domain") for part in said)
    (age,) = [int(part.partition("=")[2]) for part in said if part.startswith("Max-Age")]
    assert 0 < age <= 2 * 3600
    (cookie,) = visitor(client).get(link(client), {"X-Forwarded-Proto": "https"}).cookies
    assert "Secure" in [part.strip() for part in cookie.split(";")]


def test_a_session_opens_no_other_company(client: Client, other_client: Client) -> None:
    caller, path = entered(client)
    for others in (entered(client)[1], entered(other_client)[1]):
        for page in ("", "/accounting", "/sales", "/settings", "/preview"):
            assert is_refused(caller.get(f"{others}{page}")), page
        answer = caller.post(f"{others}/language", {"locale": "fr-fr"})
        assert is_refused(answer)
    assert caller.get(path).status == 303


def test_nobody_gets_in_without_a_session(client: Client) -> None:
    _, path = entered(client)
    for kept in ({}, {COOKIE: ""}, {COOKIE: secrets.token_urlsafe(32)}, {COOKIE: "x" * 5000}):
        for page in ("", "/sales", "/settings"):
            assert is_refused(Caller(origin_of(client), dict(kept)).get(f"{path}{page}"))


def test_a_session_is_over_when_it_is_over(client: Client, aws: Aws, deployed: dict[str, Any]) -> None:
    caller, path = entered(client)
    digest = hashlib.sha256(caller.cookies[COOKIE].encode()).hexdigest()
    key = {"PK": {"S": f"SESSION#{digest}"}, "SK": {"S": "SESSION"}}
    table = aws("dynamodb")
    held = table.get_item(TableName=deployed["tableName"], Key=key)["Item"]
    held["expires"] = {"N": str(int(held["expires"]["N"]) - 2 * 3600)}
    table.put_item(TableName=deployed["tableName"], Item=held)
    assert is_refused(caller.get(path))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
    ],
    ids=str,
)
def test_another_sites_form_is_refused(client: Client, headers: dict[str, str]) -> None:
    caller, path = entered(client)
    fields = {"csrf": first_page(caller, path).csrf, "locale": "fr-fr"}
    assert caller.post(f"{path}/language", fields, headers).status == 403
    assert 'lang="en"' in first_page(caller, path).html
    assert caller.post(f"{path}/language", fields).status == 303
    assert 'lang="fr"' in first_page(caller, path).html


@pytest.mark.parametrize("token", ["", "0" * 64, "another session's"])
def test_a_form_without_this_sessions_token_is_refused(client: Client, token: str) -> None:
    caller, path = entered(client)
    others = first_page(*entered(client)).csrf
    fields = {"csrf": others if token.startswith("another") else token, "locale": "fr-fr"}
    assert caller.post(f"{path}/language", fields).status == 403
    assert 'lang="en"' in first_page(caller, path).html


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        f"https://{HOST}@evil.example/",
        f"https://{HOST}.evil.example/",
        f"https://evil.example/{HOST}",
        f"https://evil.example#{HOST}",
        f"https://evil.example\\.{HOST}",
        f"https://evil.example?.{HOST}/",
        f"ftp://{HOST}/",
        f"https://{HOST}\r\nSet-Cookie: a=b",
        "till.example/done",
    ],
)
def test_a_link_leads_back_to_allowed_hosts_only(allowing: Client, url: str) -> None:
    with pytest.raises(ApiError) as refused:
        link(allowing, redirectUrl=url)
    assert refused.value.status == 400


def test_an_allowed_host_is_led_back_to(allowing: Client) -> None:
    assert visitor(allowing).get(link(allowing, redirectUrl=f"https://{HOST}/done")).status == 303


@pytest.fixture(scope="module")
def other_client(stack: LocalStack, deployed: dict[str, Any]) -> Client:
    """Another partner of the same Daybook."""
    return new_client(stack, deployed, "Another partner")[0]


@pytest.fixture(scope="module")
def allowing(stack: LocalStack, deployed: dict[str, Any]) -> Client:
    """A client whose merchants may go back to one host."""
    target = admin.Target(deploy.session(), stack.endpoint, deployed["tableName"], deployed["usagePlanId"])
    made = admin.create_client(target, "Partner with a till", (HOST,))
    return Client(deployed["apiUrl"].rstrip("/"), made.api_key)


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/flow/../../../../evil",
        "@evil.example",
        "javascript:alert(1)",
        "x\r\nSet-Cookie: stolen=1",
    ],
)
def test_the_language_form_leads_nowhere_else(client: Client, back: str) -> None:
    caller, path = entered(client)
    company_id = path.rpartition("/")[2]
    csrf = first_page(caller, path).csrf
    for way in (back, f"/flow/{company_id}/{back}", f"/flow/{company_id}/..{back}"):
        answer = caller.post(f"{path}/language", {"csrf": csrf, "locale": "en-us", "back": way})
        assert answer.status == 303
        assert re.fullmatch(rf"{re.escape(path)}/[a-z/]*", answer.location), answer.location
        assert "stolen" not in str(answer.cookies)


def test_pages_tell_browsers_what_not_to_do(client: Client) -> None:
    caller, path = entered(client)
    for answer in (first_page(caller, path), visitor(client).get(path), caller.get(f"{path}/nowhere")):
        headers = answer.headers
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"].startswith("max-age=")
        parts = headers["content-security-policy"].split(";")
        policy = dict(part.strip().partition(" ")[::2] for part in parts)
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert "*" not in headers["content-security-policy"]
        nonce = re.search(r"'nonce-([^']+)'", policy["style-src"])
        assert nonce
        assert f'<style nonce="{nonce[1]}">' in answer.html
    nonces = {caller.get(f"{path}/nowhere").headers["content-security-policy"] for _ in range(3)}
    assert len(nonces) == 3


def agent(client: Client) -> Caller:
    """Somebody in a client's portal."""
    caller = visitor(client)
    assert caller.get(client.post("/portal/links", {"locale": "en-us"})["url"]).status == 303
    return caller


def test_a_portal_link_works_once_and_for_its_client_alone(client: Client, other_client: Client) -> None:
    url = client.post("/portal/links", {"locale": "en-us"})["url"]
    others = other_client.post("/portal/links", {"locale": "en-us"})["url"]
    assert is_refused(visitor(client).get(f"{others.partition('?')[0]}?{urlsplit(url).query}"))
    (cookie,) = visitor(client).get(url).cookies
    said = [part.strip() for part in cookie.split(";")]
    assert {"HttpOnly", "SameSite=Lax", f"Path={prefix_of(client)}/portal"} <= set(said)
    assert is_refused(visitor(client).get(url))


def test_an_agent_sees_no_other_clients_companies(client: Client, other_client: Client) -> None:
    mine, theirs = (company_of(link(each)) for each in (client, other_client))
    caller = agent(client)
    assert caller.get(f"{client.url}/portal/companies/{mine}").status == 200
    unknown = "00000000-0000-4000-8000-000000000000"
    for page in ("", "/books", "/books/journal", "/books/export/books.beancount", f"/syncs/{unknown}"):
        answer = caller.get(f"{client.url}/portal/companies/{theirs}{page}")
        nobodys = caller.get(f"{client.url}/portal/companies/{unknown}{page}")
        assert (answer.status, nobodys.status) == (404, 404), page
        assert theirs not in answer.html.replace(f"{page}", "")
    found = caller.get(f"{client.url}/portal/find?q={theirs}")
    assert f"/portal/companies/{theirs}" not in found.location
    assert "Corner Cafe" not in caller.get(f"{origin_of(client)}{found.location}").html.partition("<main")[2]


def test_a_session_of_the_flow_is_none_of_the_portal_and_the_other_way_round(client: Client) -> None:
    caller, path = entered(client)
    caller.cookies["daybook-portal"] = caller.cookies[COOKIE]
    assert is_refused(caller.get(f"{client.url}/portal/dashboard"))
    there = agent(client)
    there.cookies[COOKIE] = there.cookies["daybook-portal"]
    assert is_refused(there.get(path))


def test_a_portal_form_of_another_site_is_refused(client: Client) -> None:
    caller = agent(client)
    csrf = caller.get(f"{client.url}/portal/dashboard").csrf
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert caller.post(f"{client.url}/portal/sign-out", {"csrf": csrf}, headers).status == 403
    assert caller.post(f"{client.url}/portal/sign-out", {"csrf": "0" * 64}).status == 403
    back = {"csrf": csrf, "locale": "fr-fr", "back": "//evil.example/portal/"}
    assert caller.post(f"{client.url}/portal/language", back).location.startswith(
        f"{prefix_of(client)}/portal/"
    )
    assert caller.post(f"{client.url}/portal/sign-out", {"csrf": csrf}).status == 303
    assert is_refused(caller.get(f"{client.url}/portal/dashboard"))
