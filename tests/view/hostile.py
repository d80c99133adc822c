"""The table of hostile and of harmless reviews, as plain data that tests of any surface can read.

`hostile.json` has one case a line: `args`, `context` and `story`; `flags` and `uninspected` as pairs of code and path;
`seen`, the drawn texts that a person must be able to read, and `unseen`, secrets that no surface may show.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

_TABLE: Final = json.loads(Path(__file__).with_name("hostile.json").read_text("utf-8"))
CASES: Final[list[dict[str, Any]]] = _TABLE["hostile"]
CONTROLS: Final[list[dict[str, Any]]] = _TABLE["harmless"]
