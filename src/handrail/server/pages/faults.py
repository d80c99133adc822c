"""Errors as pages, for people, and as problem documents for everybody else."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from ...errors import HandrailError, TooMany
from ..edge import problem
from .form import own_path
from .paper import paper_of

API: Final = "/v1/"
HEADINGS: Final = {
    401: "Sign in again", 403: "Not allowed", 404: "Nothing here", 405: "Not possible here", 409: "Refused",
    413: "Too large", 415: "Not readable", 422: "That does not fit", 429: "Too many attempts",
    500: "The server failed", 503: "Not now",
}  # fmt: skip
NEXT: Final = {
    401: "Nothing of it was done. Sign in, and do it again.",
    403: "Somebody who administers Handrail can say who may, or give you the role.",
    404: "Check the address, or look for it in the list of reviews.",
    429: "Wait a little, then try again.",
    500: "Try again. If it fails again, give whoever runs this server the number below.",
    503: "Nothing was lost. Try again in a moment.",
}
ELSE: Final = "Go back, load the page again, and try once more."


def wants_page(request: Request) -> bool:
    """Whether a person looks: a browser asks for HTML, and not from the API."""
    return not request.url.path.startswith(API) and "text/html" in request.headers.get("accept", "")


def headers_of(error: HandrailError) -> dict[str, str]:
    """What an error says in headers, whatever its form."""
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        headers["Retry-After"] = "1"
    return headers


def sentence(error: HandrailError) -> str:
    """What an error says, as a sentence."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def told(request: Request, error: HandrailError, headers: dict[str, str] | None = None, *, kept: str = "") -> Response:
    """An error in the form that the request asks for; a page gives back what was written, `kept`."""
    said = {**headers_of(error), **(headers or {})}
    if not wants_page(request):
        return problem(error, said)
    return paper_of(request).page(
        "fault.html", error.status, said, heading=HEADINGS.get(error.status, "That did not work"),
        sentence=sentence(error), next_step=NEXT.get(error.status, ELSE), request_id=request.state.request_id,
        kept=kept, onward=own_path(request.url.path),
    )  # fmt: skip
