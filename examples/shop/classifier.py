"""A small classifier for the shop's mail: multinomial naive Bayes, learnt from `messages.csv` when it is made.

Bare naive Bayes is too sure of itself, because it takes each word for new evidence. Its scores are therefore divided by
the temperature at which messages that it has not learnt from surprise it least (Guo et al. 2017, "On Calibration of
Modern Neural Networks"). `python -m examples.shop.classifier` shows how sure it says it is, and how often it is right.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

FOLDS: Final = 5
TEMPERATURES: Final = [1 + step / 10 for step in range(60)]
SMOOTHING: Final = 0.3
"""Added to each count of a word, so that one which a team has never seen rules nothing out."""
BANDS: Final = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\?")


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and the team that it was given to."""

    team: str
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """The team that a message is probably for, and how probably."""

    team: str
    score: float


class Classifier:
    """Learns from messages."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages: Final = messages
        self._known: Final = frozenset(word for one in messages for word in words(one.text))
        self._teams: Final = {team: self._learn(team) for team in sorted({one.team for one in messages})}

    def label(self, text: str) -> Label:
        """The most probable team of a message."""
        found = softmax(self.scores(text), self.temperature)
        team = max(found, key=found.__getitem__)
        return Label(team, round(found[team], 4))

    def scores(self, text: str) -> dict[str, float]:
        """The logarithm of each team's likelihood, but for what all have in common."""
        seen = words(text) & self._known
        return {team: prior + sum(weights[word] for word in seen) for team, (prior, weights) in self._teams.items()}

    @cached_property
    def temperature(self) -> float:
        """By how much the scores are flattened: what fits when each fifth of the messages in turn is left out."""
        left_out = [(one.team, other.scores(one.text)) for other, rest in folds(self._messages) for one in rest]

        def surprise(temperature: float) -> float:
            return -sum(math.log(softmax(scores, temperature)[team]) for team, scores in left_out)

        return min(TEMPERATURES, key=surprise)

    def _learn(self, team: str) -> tuple[float, dict[str, float]]:
        own = [one for one in self._messages if one.team == team]
        counts = Counter(word for one in own for word in words(one.text))
        total = math.log(counts.total() + SMOOTHING * len(self._known))
        weights = {word: math.log(counts[word] + SMOOTHING) - total for word in self._known}
        return math.log(len(own) / len(self._messages)), weights


def words(text: str) -> set[str]:
    """The different words of a text; a question mark is one."""
    return set(_WORD.findall(text.lower().replace("’", "'")))


def softmax(scores: dict[str, float], temperature: float) -> dict[str, float]:
    """Probabilities in proportion to the exponential of each score by the temperature."""
    most = max(scores.values())
    found = {name: math.exp((score - most) / temperature) for name, score in scores.items()}
    return {name: value / sum(found.values()) for name, value in found.items()}


def folds(messages: Sequence[Message]) -> Iterator[tuple[Classifier, Sequence[Message]]]:
    """Five times a classifier that learnt from all but a fifth, and that fifth."""
    for n in range(FOLDS):
        yield Classifier([one for i, one in enumerate(messages) if i % FOLDS != n]), messages[n::FOLDS]


def shipped() -> list[Message]:
    """The labelled messages that come with the shop."""
    with Path(__file__).with_name("messages.csv").open(encoding="utf-8", newline="") as file:
        return [Message(**row) for row in csv.DictReader(file)]


def reliability(messages: Sequence[Message]) -> Iterator[tuple[float, int, float, float]]:
    """For each band of how sure it is of messages that it has not seen: from where on, how many they are, how sure it
    is on average, and the share in which it is right."""
    told = [(model.label(one.text), one.team) for model, rest in folds(messages) for one in rest]
    for low, high in zip(BANDS, (*BANDS[1:-1], math.inf), strict=False):
        band = [(label.score, label.team == team) for label, team in told if low <= label.score < high]
        if band:
            yield low, len(band), sum(sure for sure, _ in band) / len(band), sum(right for _, right in band) / len(band)


if __name__ == "__main__":
    print("On messages that it has not learnt from:")
    for low, count, sure, right in reliability(shipped()):
        print(f"from {low:.0%} on: {count:>3} messages, {sure:.0%} sure on average, right in {right:.0%}")
