"""Confidence: a classifier sorts the mail; where it is unsure, people say whose it is. `python -m examples.confidence`.

The classifier learns from 320 messages when the program starts, and its probabilities are honest: see
`python -m examples.shop.classifier`. With the URL of a server behind it, and a key in HANDRAIL_KEY, it asks there.
"""

from __future__ import annotations

import sys

import handrail
from examples.shop import tickets
from examples.shop.classifier import Classifier, Label, shipped

rail = handrail.connect(sys.argv[1] if sys.argv[1:] else "sqlite:///handrail.db")
model = Classifier(shipped())


@rail.confidence(name="tickets.triage", of=lambda label: label.score, threshold=0.8, within="1h")
def triage(text: str) -> Label:
    return model.label(text)


def main() -> None:
    """Propose a team for each mail; those that are sure are there at once, the others once somebody has decided."""
    mail = tickets.load()
    proposed = [triage.having(key=ticket.id).propose(ticket.text) for ticket in mail]
    held = sum(one.status == "held" for one in proposed)
    print(f"{len(mail)} mails: {len(mail) - held} are sorted, and about {held} you are asked")
    for ticket, label in zip(mail, proposed, strict=True):
        try:
            print(f"{ticket.id}  {label.wait().team:<9} {ticket.subject[:60]!a}")
        except handrail.Denied as denied:
            print(f"{ticket.id}  nobody    {denied.note or denied.reason}")


if __name__ == "__main__":
    main()
