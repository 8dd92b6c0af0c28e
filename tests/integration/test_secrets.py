"""Secrets encrypted by KMS, each for one context."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from daybook.store import aws, secrets
from daybook.store.secrets import LONGEST_SECRET, KmsCipher

A, B = "0b8f8b1a-3c05-7d14-a8b7-6f7081920314", "0b8f8b1a-4d16-7e25-b9c8-708192031425"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws.client.cache_clear()
    aws._session.cache_clear()
    with mock_aws():
        key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        monkeypatch.setenv("KMS_KEY_ID", key)
        yield
    aws.client.cache_clear()
    aws._session.cache_clear()


def test_a_secret_opens_in_its_own_context_only() -> None:
    cipher = KmsCipher()
    sealed = cipher.encrypt("whsec_é", A)
    assert "whsec" not in sealed
    assert cipher.decrypt(sealed, A) == "whsec_é"
    with pytest.raises(ClientError):
        cipher.decrypt(sealed, B)
    with pytest.raises(ClientError):
        KmsCipher().decrypt(sealed, B)


def test_a_secret_is_decrypted_anew_after_some_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = secrets.client
    monkeypatch.setattr(secrets, "client", lambda name: asked.append(name) or real(name))
    seconds = [0.0]
    cipher = KmsCipher(now=lambda: seconds[0])
    sealed = cipher.encrypt("text", A)
    asked.clear()
    for moment in (0.0, 299.0, 301.0):
        seconds[0] = moment
        assert cipher.decrypt(sealed, A) == "text"
    assert len(asked) == 2


def test_what_is_held_says_nothing_when_printed() -> None:
    cipher = KmsCipher()
    cipher.decrypt(cipher.encrypt("very secret", A), A)
    assert "very secret" not in repr(cipher)


def test_more_than_kms_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="4096"):
        KmsCipher().encrypt("x" * (LONGEST_SECRET + 1), A)
