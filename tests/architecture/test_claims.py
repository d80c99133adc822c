"""Every promise in docs/claims.md names a test that exists, and a promise without one is found."""

from pathlib import Path

import pytest

from tests.architecture.claims import BadTable, Claim, check, collected, complaints, measures, read

HEAD = "Some words.\n\n| Promise | Proof | Figure |\n| --- | --- | --- |\n"
TEST = "tests/test_x.py::test_it"


def found(rows: str) -> list[str]:
    """The complaints about a table with these rows, where one test and one measure exist."""
    return list(complaints(read(HEAD + rows), {TEST}, {"decide"}))


def test_every_claim_names_an_existing_test():
    assert check() == []


def test_a_row_is_read_with_its_line():
    assert read(HEAD + f"| It holds. | `{TEST}` | 5 ms |\n") == [Claim(5, "It holds.", TEST, "5 ms")]


@pytest.mark.parametrize("proof", [TEST, "bench:decide"])
def test_a_claim_with_a_test_or_a_measure_stands(proof: str):
    assert found(f"| It holds. | `{proof}` | |\n") == []


@pytest.mark.parametrize("proof", ["", "tests/test_x.py", "tests/test_x.py::test_gone", "bench:gone", "decide"])
def test_a_claim_without_a_test_fails(proof: str):
    named = proof or "test named"
    assert found(f"| It holds. | {proof} | |\n") == [f"line 5: nothing proves 'It holds.': no {named}"]


def test_a_promise_is_made_once_and_in_words():
    assert found(f"| A. | {TEST} | |\n| A. | {TEST} | |\n| | {TEST} | |\n") == [
        "line 6: the promise is there twice",
        "line 7: the promise is empty",
    ]


def test_a_row_of_another_shape_is_refused():
    with pytest.raises(BadTable, match="line 5: 2 cells"):
        read(HEAD + "| It holds. | nothing more |\n")


def test_tests_are_those_that_pytest_collects(tmp_path: Path):
    lines = [
        "import pytest",
        "class TestA:",
        "    @pytest.mark.parametrize('n', [1, 2])",
        "    def test_b(self, n): ...",
        "def test_c(): ...",
        "def helper(): ...",
    ]
    (tmp_path / "test_x.py").write_text("\n".join(lines))
    assert collected(["test_x.py", "test_gone.py"], tmp_path) == {
        "test_x.py::TestA::test_b",
        "test_x.py::test_c",
    }
    assert collected(["test_gone.py"], tmp_path) == set()


def test_measures_are_the_tables_of_the_goals(tmp_path: Path):
    goals = tmp_path / "goals.toml"
    assert measures(goals) == set()
    goals.write_text("[decide]\ngoal = 0.45\n")
    assert measures(goals) == {"decide"}
