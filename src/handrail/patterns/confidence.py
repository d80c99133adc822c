"""Confidence: where the agent is sure enough it goes on by itself; else people accept, correct or reject."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ..errors import UsageError
from ..gate.call import Gated
from ..gate.predicting import Predictor


def predictor(gated: Gated, of: Callable[..., Any]) -> Predictor:
    """The gated function as a predictor. Raises `UsageError` for what only a function with effects can have."""
    for name in ("probe", "precondition"):
        if getattr(gated, name) is not None:
            raise UsageError("a predictor has no effects: leave out reconcile= and precondition=, or leave out of=")
    own = {one.name: getattr(gated, one.name) for one in fields(Gated)}
    return Predictor(**own | {"kind": "output", "of": of})
