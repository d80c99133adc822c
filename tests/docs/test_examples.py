"""What the pages show is what happens, and their links lead somewhere."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path

import pytest

import handrail
from tests.docs import pages

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
NAMES = [str(page.relative_to(pages.ROOT)) for page in pages.PAGES]


@pytest.mark.parametrize("page", pages.PAGES, ids=NAMES)
def test_every_example_of_the_page_does_what_the_page_says(page: Path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pages.reading(tmp_path) as reader:
        monkeypatch.setattr(handrail, "connect", reader.connect)
        reader.follow(page)


@pytest.mark.parametrize("page", pages.PAGES, ids=NAMES)
def test_every_link_of_the_page_leads_to_a_file_and_a_heading(page: Path):
    assert [link for link in LINK.findall(pages.prose(page)) if not _leads(page, link)] == []


@pytest.mark.parametrize("pattern", ["@rail.approval(", "@rail.confidence(", "@rail.exceptions(", "rail.ask("])
def test_the_front_page_shows_each_pattern_in_fewer_than_15_lines(pattern: str):
    shown = [block.text.splitlines() for block in pages.blocks(pages.ROOT / "README.md") if block.info == ("python",)]
    assert [len(lines) for lines in shown if pattern in "\n".join(lines)]
    assert all(len(lines) < 15 for lines in shown)


def _leads(page: Path, link: str) -> bool:
    if re.match(r"https?://", link):
        return True
    name, _, anchor = link.partition("#")
    target = Path(os.path.normpath(page.parent / name)) if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of headings: lower case, blanks as hyphens, no punctuation."""
    titles = HEADING.findall(re.sub(r"^(```+).*?^\1", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


SAMPLE = """\
<!-- test: x = [people] -->
```python
print("seen", len(x))
```

```text output
seen …
```

<!-- test:
assert x
y = 2
-->

```python alone
assert "x" not in globals()
```

```json file=a.json
{}
```

```console run
$ cat a.json
{}
$ echo one; \\
    echo two
one
two
$ export KEPT=$(echo "for later")
$ echo $KEPT
for later
```

```python
import os
assert os.environ["KEPT"] == "for later"
```
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A page with every mark on it."""
    page = tmp_path / "page.md"
    page.write_text(SAMPLE)
    return page


def test_every_mark_is_read(sample, tmp_path):
    with pages.reading(tmp_path) as reader:
        reader.follow(sample)


@pytest.mark.parametrize(
    ("right", "wrong", "place"), [("seen …", "seen 7", "page.md:7"), ("one\ntwo", "three", "page.md:26")]
)
def test_an_output_that_differs_is_told_with_its_place(sample, tmp_path, right, wrong, place):
    sample.write_text(SAMPLE.replace(right, wrong))
    with pages.reading(tmp_path) as reader, pytest.raises(AssertionError, match=f"{place}: the page shows"):
        reader.follow(sample)


def test_what_a_page_exports_ends_with_it(sample, tmp_path):
    with pages.reading(tmp_path) as reader:
        reader.follow(sample)
    assert "KEPT" not in os.environ


def test_a_page_that_needs_a_program_that_is_not_there_is_skipped(sample, tmp_path):
    sample.write_text("```console run needs=no-such-program\n$ no-such-program\n```\n")
    with pages.reading(tmp_path) as reader, pytest.raises(pytest.skip.Exception, match="no-such-program"):
        reader.follow(sample)


def test_a_server_of_a_page_is_stopped_with_it_and_what_it_says_is_compared(sample, tmp_path):
    shown = "Serving …shop.db at http://127.0.0.1:8321\n…"
    page = "```console serve\n$ handrail serve --db shop.db\n{}\n```\n```python\naddress = '127.0.0.1:8321'\n```\n"
    sample.write_text(page.format(shown))
    with pages.reading(tmp_path) as reader:
        reader.follow(sample)
        port = int(vars(sys.modules["agent"])["address"].rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    sample.write_text(page.format("Serving another.db"))
    with pages.reading(tmp_path) as reader, pytest.raises(AssertionError, match=r"page\.md:2: the page shows"):
        reader.follow(sample)


def test_a_script_that_no_example_used_fails_the_page(tmp_path):
    with pytest.raises(AssertionError, match="never asked: wire"), pages.reading(tmp_path) as reader:
        reader.people.approves("wire")


def test_a_link_to_nowhere_is_found(sample):
    sample.write_text("# A heading: with, marks\n[a](#a-heading-with-marks)\n[b](#nowhere) [c](gone.md)")
    assert [link for link in LINK.findall(pages.prose(sample)) if not _leads(sample, link)] == ["#nowhere", "gone.md"]
