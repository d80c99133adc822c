"""Several decorators on one function make one action: asked first, then run and tried again, then asked again."""

from __future__ import annotations

from dataclasses import fields, replace

from ..errors import UsageError
from ..gate.call import Gated, Texts


def merged(outer: Gated, inner: Gated, *, named: bool) -> Gated:
    """One action of two decorators around one function, whichever is outside; what both say, the outer one says.

    `named` tells that the outer one names the action. Raises `UsageError` where both declare the same.
    """
    if (outer.retry is None) == (inner.retry is None):
        pattern = "exceptions" if outer.retry else "approval"
        raise UsageError(f"{inner.name} is decorated with {pattern} twice: leave one of them out")
    approves, handles = (outer, inner) if inner.retry else (inner, outer)
    declared = replace(approves.declared, sample=max(outer.declared.sample, inner.declared.sample))
    reviewers = handles.declared.reviewers or approves.declared.reviewers
    return replace(
        outer, function=inner.function, name=outer.name if named else inner.name, declared=declared,
        texts=_texts(outer.texts, inner.texts), reversible=outer.reversible or inner.reversible,
        idempotent=outer.idempotent or inner.idempotent, probe=outer.probe or inner.probe,
        precondition=outer.precondition or inner.precondition, intent=outer.intent or inner.intent,
        wait=outer.wait if outer.wait != "block" else inner.wait, retry=handles.retry,
        failing=replace(handles.declared, reviewers=reviewers),
    )  # fmt: skip


def _texts(outer: Texts, inner: Texts) -> Texts:
    unsaid = Texts()
    said = {one.name: getattr(outer, one.name) for one in fields(Texts)}
    return replace(inner, **{name: value for name, value in said.items() if value != getattr(unsaid, name)})
