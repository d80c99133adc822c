"""A browser as far as HTTP goes: cookies, what it says of where a request comes from, and the forms of a page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import httpx2

from .company import PASSWORD
from .house import House


class Page(HTMLParser):
    """The elements of a page, its text, and the fields of its forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.forms: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        given = dict(attrs)
        self.found.append((tag, given))
        if tag == "form":
            self.forms.append({"action": given.get("action"), "fields": {}})
        elif tag in ("input", "button", "textarea") and given.get("name") and self.forms:
            self.forms[-1]["fields"].setdefault(given["name"], []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        """What is read."""
        self.text += data

    def links(self) -> list[str]:
        """Where it leads."""
        return [str(given["href"]) for tag, given in self.found if tag == "a"]


class Visitor:
    """Somebody with a browser of their own at the server."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = httpx2.Client(base_url=house.url, timeout=30, headers={"Accept": "text/html,*/*;q=0.8"})
        house.clients.append(self.client)
        self.own = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open an address, as if it were typed."""
        return self.client.get(path, headers={"Sec-Fetch-Site": "none", **headers})

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send a form."""
        return self.client.post(path, data=fields, headers={**self.own, **headers})

    def sign_in(self, handle: str = "ann", password: str = PASSWORD, onward: str = "/d") -> httpx2.Response:
        """Fill in the form."""
        return self.post("/login", {"handle": handle, "password": password, "next": onward})

    def come_in(self, handle: str) -> Visitor:
        """Have a session, without a password that has to be hashed."""
        self.client.cookies.set("handrail", self.house.session(handle), domain="127.0.0.1", path="/")
        return self
