"""What a platform gave the partner: kept encrypted by an admin's command, read by the functions."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from daybook.store import aws, platform_credentials
from local import admin

PATH = "/books/platforms"
SECRET = "s3cret"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[admin.Target]:
    """An AWS account, and the stack that a command is about."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("PLATFORM_CREDENTIALS_PATH", PATH)
    for held in (aws.client, aws._session, platform_credentials._provider):
        held.cache_clear()
    with mock_aws():
        target = admin.Target(boto3.Session(), None, "table", "plan", "books")
        monkeypatch.setattr(admin, "target_of", lambda _stack, _endpoint: target)
        yield target
    for held in (aws.client, aws._session, platform_credentials._provider):
        held.cache_clear()


def set_platform(monkeypatch: pytest.MonkeyPatch, *arguments: str, secret: str = SECRET) -> None:
    monkeypatch.setenv("DAYBOOK_CLIENT_ID", "ours")
    monkeypatch.setenv("DAYBOOK_CLIENT_SECRET", secret)
    monkeypatch.setattr(sys, "argv", ["admin", "set-platform", *arguments])
    admin.main()


@pytest.mark.usefixtures("account")
def test_a_platform_nobody_set_up_is_not_there() -> None:
    assert platform_credentials.all_credentials() == {}


def test_what_the_command_keeps_the_functions_read(
    monkeypatch: pytest.MonkeyPatch, account: admin.Target, capsys: pytest.CaptureFixture[str]
) -> None:
    set_platform(monkeypatch, "xero")
    set_platform(monkeypatch, "quickbooks", "--url", "api=https://sandbox.example")
    assert platform_credentials.all_credentials() == {
        "gbol": {"clientId": "ours", "clientSecret": SECRET, "urls": {}},
        "qhyg": {"clientId": "ours", "clientSecret": SECRET, "urls": {"api": "https://sandbox.example"}},
    }
    kept = account.client("ssm").get_parameter(Name=f"{PATH}/gbol")["Parameter"]
    assert kept["Type"] == "SecureString"
    assert SECRET not in capsys.readouterr().out


@pytest.mark.usefixtures("account")
def test_setting_a_platform_again_replaces_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    set_platform(monkeypatch, "xero")
    set_platform(monkeypatch, "xero", secret="another")
    assert platform_credentials.all_credentials()["gbol"]["clientSecret"] == "another"


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("url", ["api=http://books.example", "nothing=https://books.example", "api"])
def test_an_address_is_one_of_the_platforms_and_private(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SystemExit):
        set_platform(monkeypatch, "xero", "--url", url)
    assert platform_credentials.all_credentials() == {}
