"""What people tell the migration agent, as far as it understands: the name of a country, faster, slower."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

COUNTRIES: Final = {
    "AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark",
    "ES": "Spain", "FR": "France", "IE": "Ireland", "IT": "Italy", "NL": "Netherlands", "PL": "Poland",
    "PT": "Portugal", "SE": "Sweden",
}  # fmt: skip


@dataclass(slots=True)
class Guidance:
    """How the agent goes about its work. `pause` is in seconds."""

    pause: float = 0.8
    left_out: set[str] = field(default_factory=set)

    def follow(self, text: str) -> str:
        """Do as a message says; what was understood of it."""
        words = set(re.findall(r"\w+", text))
        lower = {word.lower() for word in words}
        named = [code for code, name in COUNTRIES.items() if code in words or name.lower() in lower]
        if named:
            self.left_out.update(named)
            return f"from now on leaves out {', '.join(COUNTRIES[code] for code in named)}"
        if "faster" in lower:
            self.pause /= 4
            return "goes on faster"
        if "slower" in lower:
            self.pause *= 2
            return "goes on slower"
        return "did not understand: it knows the name of a country to leave out, faster, and slower"
