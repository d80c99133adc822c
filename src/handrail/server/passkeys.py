"""The routes of passkeys: one's own, and signing in with one."""

from __future__ import annotations

import asyncio
import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

from ..errors import InvalidValue
from .auth.passkeys import CREDENTIAL_LENGTH, NAME_LENGTH, PART_LENGTH, Assertion, Made, described
from .exchange import Exchange, answer, nothing
from .lives import Handler
from .people import admitted
from .rights import require_same_site

_TEXT: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


async def list_passkeys(exchange: Exchange) -> Response:
    """The caller's own, and whether browsers make any for this address."""
    passkeys = exchange.service.passkeys
    found = await asyncio.to_thread(passkeys.of, exchange.who)
    return answer({"items": [described(one) for one in found], "possible": passkeys.possible})


async def offer(exchange: Exchange) -> Response:
    """What a browser needs to make one."""
    return answer(await asyncio.to_thread(exchange.service.passkeys.offer, exchange.who))


async def add(exchange: Exchange) -> Response:
    """Keep one that was made."""
    given = await exchange.members(name=str, credential=str, client_data=str, attestation=str)
    name = (given["name"] or "").strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidValue(f"a passkey has a name of 1 to {NAME_LENGTH} characters, by which you know it")
    made = Made(**_parts(given, "credential", "client_data", "attestation"))
    found = await asyncio.to_thread(exchange.service.passkeys.add, exchange.who, exchange.backend, made, name)
    return answer(described(found), 201)


async def remove(exchange: Exchange) -> Response:
    """Forget one, and end its sessions."""
    await asyncio.to_thread(exchange.service.passkeys.remove, exchange.who, exchange.backend, exchange.id)
    return nothing()


async def ask(exchange: Exchange) -> Response:
    """What a browser needs to let somebody use theirs."""
    require_same_site(exchange.service, exchange.request)
    return answer(exchange.service.passkeys.ask())


async def sign_in(exchange: Exchange) -> Response:
    """A session, as a cookie."""
    require_same_site(exchange.service, exchange.request)
    names = ("credential", "client_data", "authenticator_data", "signature", "user_handle")
    given = await exchange.members(**dict.fromkeys(names, str))
    signed = await asyncio.to_thread(exchange.service.passkeys.sign_in, Assertion(**_parts(given, *names)))
    return await admitted(exchange, signed, "browser")


def _parts(given: Mapping[str, Any], *names: str) -> dict[str, bytes]:
    longest = {"credential": CREDENTIAL_LENGTH}
    return {name: binary(name, given[name] or "", longest.get(name, PART_LENGTH)) for name in names}


def binary(name: str, text: str, most: int) -> bytes:
    """The bytes of a member. Raises `InvalidValue`."""
    try:
        if len(text) <= most and _TEXT.fullmatch(text):
            return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        pass
    raise InvalidValue(f"{name} is 1 to {most:,} characters of base64url, without padding")


HANDLERS: Final[Mapping[str, Handler]] = {
    "list_passkeys": list_passkeys,
    "offer_passkey": offer,
    "add_passkey": add,
    "remove_passkey": remove,
    "ask_for_passkey": ask,
    "sign_in_with_passkey": sign_in,
}
