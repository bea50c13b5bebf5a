"""Traders' own keys for the language model, sealed with AI_KEYS_SECRET before they reach the database.

AES-256-GCM with the trader's user id as associated data: a row that is copied to another trader does not open.
"""

import os
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statemachine.errors import OperatorError

NONCE_BYTES = 12


class Sealed(NamedTuple):
    """A key as it is stored."""

    nonce: bytes
    ciphertext: bytes


def seal_key(key: str, user_id: UUID, secret: bytes) -> Sealed:
    """Encrypt a trader's key; `secret` is the 32 bytes of AI_KEYS_SECRET."""
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(nonce, AESGCM(secret).encrypt(nonce, key.encode(), user_id.bytes))


def open_key(sealed: Sealed, user_id: UUID, secret: bytes) -> str:
    """The key in clear. Raises OperatorError where it was sealed with another secret or for another trader."""
    try:
        return AESGCM(secret).decrypt(sealed.nonce, sealed.ciphertext, user_id.bytes).decode()
    except InvalidTag as error:
        raise OperatorError("AI_KEYS_SECRET does not open a stored key: set the secret it was sealed with") from error
