"""Asks a server, without a credential, what it is and whether it is ready."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2
import orjson

from ..clock import SECOND
from .transport import require_safe, trusted, unanswered

PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Probe:
    """`status` as the server says it; `version` only where it is Handrail; `at` its clock, to the second; µs."""

    status: str
    version: str | None
    at: int | None
    took: int


def probe(url: str) -> Probe:
    """What a server says of itself. Raises `UsageError` for an address that is not safe, `Unavailable` for silence."""
    base = require_safe(url)
    try:
        with httpx2.Client(base_url=base, timeout=PATIENCE, trust_env=False, verify=trusted()) as client:
            ready = client.get("/readyz")
            described = client.get("/v1/openapi.json")
    except httpx2.TransportError as error:
        raise unanswered(base, error) from None
    info = _json(described).get("info")
    handrail = isinstance(info, dict) and info.get("title") == "Handrail"
    status = str(_json(ready).get("status", f"status {ready.status_code}"))[:40]
    took = round(ready.elapsed.total_seconds() * SECOND)
    return Probe(status, str(info["version"])[:40] if handrail and info else None, _date(ready), took)


def _json(response: httpx2.Response) -> dict[str, Any]:
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _date(response: httpx2.Response) -> int | None:
    try:
        return round(parsedate_to_datetime(response.headers["date"]).timestamp() * SECOND)
    except (KeyError, ValueError):
        return None
