"""Draws the first review of the example shop as docs/images/review.svg: `python -m tools.picture`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

import handrail
from examples.shop import database, tickets
from examples.shop.actions import gated
from examples.shop.desk import Desk
from examples.shop.narration import Narrator
from examples.shop.shop import Shop
from handrail.gate.asking import drawn
from handrail.gate.paint import painted
from handrail.view.lines import Line

TARGET: Final = Path(__file__).parents[1] / "docs" / "images" / "review.svg"
WIDTH: Final = 92
THEME: Final = TerminalTheme(
    (22, 27, 34), (208, 215, 222),
    [(22, 27, 34), (255, 123, 114), (63, 185, 80), (210, 153, 34), (121, 192, 255), (188, 140, 255), (86, 212, 221),
     (208, 215, 222)],
)  # fmt: skip
FRAME: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
"""Rich's own frame without its web fonts: the picture loads nothing."""


class Colours(io.StringIO):
    """A stream that says that it is a terminal, so that lines keep their colours."""

    def isatty(self) -> bool:
        """Always."""
        return True


def first_review(folder: Path) -> tuple[Any, Any]:
    """The review of the first action that the shop's agent proposes, and the backend that holds it."""
    database.create(folder / "shop.db")
    shop = Shop(folder / "shop.db")
    rail = handrail.connect("sqlite:///:memory:", agent="support-agent", owner="user:dana")
    tools = gated(rail, shop)
    desk = Desk(shop, tools, rail.context, Narrator(Console(file=io.StringIO())))
    found = desk.first_proposal(desk.waiting(tickets.load()))
    assert found is not None
    ticket, proposal = found
    with desk.about(ticket):
        tools[proposal.action].propose(**proposal.arguments)
    backend = rail.core.backend
    return backend.waiting()[0], backend


def svg(lines: str) -> str:
    """The coloured lines as a picture that needs no font from anywhere."""
    console = Console(record=True, width=WIDTH + 2, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(lines))
    return console.export_svg(title="handrail reviews show", theme=THEME, code_format=FRAME, unique_id="review")


def draw() -> list[Line]:
    """The lines of the review."""
    with tempfile.TemporaryDirectory() as folder:
        record, backend = first_review(Path(folder))
        return drawn(record, backend, width=WIDTH)


if __name__ == "__main__":
    TARGET.write_text(svg(painted(draw(), Colours())), "utf-8")
