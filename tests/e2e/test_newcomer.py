"""From an empty folder to a served, administered database with one agent's key, typed as a newcomer would."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APP = [sys.executable, "-c", "from handrail.cli.main import app; app()"]
PASSWORD = "four words that hold"
OTHERS = "    - handle: bob\n    - {handle: cid, groups: [support]}\n"
AGENT = """
import handrail, sys
rail = handrail.connect(sys.argv[1], reviewers="group:support")
print(rail.approval(name="payments.refund")(lambda order: f"refunded {order}")("O-1001"))
"""


class Newcomer:
    """Types commands in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
        self.environment = {**found, "LOGNAME": "ann", "XDG_CONFIG_HOME": str(folder / "config"), "COLUMNS": "200"}

    def __call__(self, *words: str, stdin: str = "") -> str:
        ended = subprocess.run(
            [*APP, *words], cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def reaches(self, url: str) -> bool:
        """Whether the server answers before many questions are over."""
        doctor = [*APP, "doctor", "--db", url]
        asked = (subprocess.run(doctor, env=self.environment, capture_output=True, check=False) for _ in range(50))
        return any(one.returncode < 2 for one in asked)

    @contextmanager
    def starts(self, *command: str, **env: str) -> Iterator[subprocess.Popen[str]]:
        child = subprocess.Popen(
            command, cwd=self.folder, env={**self.environment, **env}, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            yield child
        finally:
            child.terminate()
            child.communicate(timeout=30)


def test_a_newcomer_gets_to_an_administered_server_with_one_agents_key(tmp_path: Path):
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{ear.getsockname()[1]}"
    types, url = Newcomer(tmp_path), f"http://{listen}"
    with types.starts(*APP, "serve", "--listen", listen) as serving:
        assert serving.stdout
        advice = [serving.stdout.readline() for _ in range(9)]
        commands = [line.split()[1:] for line in advice if line.startswith("  handrail ")]
        people = "".join(line for line in advice[2:4])
        (tmp_path / "people.yaml").write_text(people.replace("roles:", "groups: [support], roles:") + OTHERS)
        apply, invite, login, create = commands
        assert types(*apply).endswith("3 added.\n")
        secret = types(*invite).strip()
        assert types.reaches(url), "the server never answered"
        assert f"You are user:ann at {url}" in types(*login, stdin=f"{secret}\n{PASSWORD}\n{PASSWORD}\n")
        key = types(*[word.replace("AGENT", "support") for word in create], "--owner", "bob").strip()
        types.environment["HANDRAIL_DB"] = url
        with types.starts(sys.executable, "-c", AGENT, url, HANDRAIL_KEY=key) as agent:
            assert agent.stderr
            assert "held until" in agent.stderr.readline()
            review = agent.stderr.readline().split()[-3]
            secret = types("people", "invite", "cid").strip()
            types.environment["XDG_CONFIG_HOME"] = str(tmp_path / "config of cid")
            types("login", url, "--invitation", stdin=f"{secret}\n{PASSWORD}\n{PASSWORD}\n")
            assert types("reviews", "approve", review, "-qy").startswith('Ran: "refunded O-1001"')
            assert agent.wait(30) == 0
