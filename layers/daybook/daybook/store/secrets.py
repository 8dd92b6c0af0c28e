"""Secrets on their way into the table and out of it: encrypted by KMS, each for one purpose only.

The context is authenticated with the text: what was encrypted for one connection or webhook opens for no
other (specification: sync, accounting platforms). Neither the text nor the key is ever logged.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from daybook import telemetry
from daybook.store import environment
from daybook.store.aws import client

# KMS encrypts no more at once.
LONGEST_SECRET = 4096
# A decrypted text is used again for so many seconds, and as many of them are held.
_HELD_SECONDS = 300
_MOST_HELD = 1000


@dataclass
class KmsCipher:
    """Encrypts with the stack's key. `now` gives seconds that only go on."""

    now: Callable[[], float] = time.monotonic
    _held: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict, repr=False)

    def encrypt(self, text: str, context: str) -> str:
        """The text encrypted for this context (an id), in base64. Raises ValueError beyond 4096 bytes."""
        raw = text.encode()
        if len(raw) > LONGEST_SECRET:
            raise ValueError(f"a secret has at most {LONGEST_SECRET} bytes")
        answer = client("kms").encrypt(
            KeyId=environment.kms_key_id(), Plaintext=raw, EncryptionContext=_bound(context)
        )
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def decrypt(self, sealed: str, context: str) -> str:
        """The text again. Raises botocore's ClientError when it was encrypted for another context."""
        held = self._held.get((sealed, context))
        if held is not None and self.now() - held[0] < _HELD_SECONDS:
            return held[1]
        try:
            answer = client("kms").decrypt(
                KeyId=environment.kms_key_id(),
                CiphertextBlob=base64.b64decode(sealed),
                EncryptionContext=_bound(context),
            )
        except ClientError:
            telemetry.tell("secret not opened", {"of": context}, {"SecretsUnreadable": 1}, level="ERROR")
            raise
        text = answer["Plaintext"].decode()
        while len(self._held) >= _MOST_HELD:
            del self._held[next(iter(self._held))]
        self._held[sealed, context] = (self.now(), text)
        return text


def _bound(context: str) -> dict[str, str]:
    return {"id": context}
