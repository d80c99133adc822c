"""Whoever is killed, whenever: nothing that was acknowledged is lost, nothing runs twice or without consent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.crash import ledger
from tests.crash.places import STORES, place
from tests.crash.rage import Parent, check, check_results
from tests.night import by_night, longer_by_night

DAY = {"sqlite": 30, "postgres": 15}


@longer_by_night
@pytest.mark.parametrize("store", STORES)
def test_kills_lose_nothing_and_repeat_nothing(tmp_path: Path, store: str, seed: int):
    kills = by_night(1000, DAY[store])
    print(f"seed {seed}, {kills} kills")
    with place(store, tmp_path) as at:
        parent = Parent(tmp_path, at.url, seed)
        parent.rage(kills)
        check(at)
        parent.drain()
        books = check(at)
    check_results(tmp_path, books)
    kinds = Counter(entry.type for entry in books.entries)
    effects, erased = (len(ledger.read(tmp_path, kind)) for kind in ("effect", "erased"))
    print(f"{len(books.entries)} entries, {effects} effects, {kinds['action.lost']} lost, {erased} erased")
    executed = len({data["executor"] for data in books.data.values() if "executor" in data})
    print(f"{kinds['policy.applied']} policies, {kinds['action.refused']} refused, {executed} executors")
