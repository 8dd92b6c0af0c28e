"""How services keep secrets: `store/secrets.py` does it with KMS, tests in their own way."""

from __future__ import annotations

from typing import Protocol


class Cipher(Protocol):
    """Encrypts for one context (an id) only: what was encrypted in one opens in no other."""

    def encrypt(self, text: str, context: str) -> str:
        """The text, encrypted."""
        ...

    def decrypt(self, sealed: str, context: str) -> str:
        """The text again."""
        ...


class NoCipher:
    """Where nothing may be encrypted: it refuses."""

    def encrypt(self, text: str, context: str) -> str:
        """Raise LookupError."""
        raise LookupError(f"there is no key to encrypt {len(text)} characters with for {context}")

    def decrypt(self, sealed: str, context: str) -> str:
        """Raise LookupError."""
        raise LookupError(f"there is no key to decrypt {len(sealed)} characters with for {context}")
