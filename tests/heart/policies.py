"""The policies that random worlds are under, one after another; all are about the one action that they know."""

from typing import Any, Final

from handrail.codec.policies import compiled_text, read_policy, text_digest
from handrail.codec.policy_file import read_policy_file
from handrail.policy.register import PutPolicy

PATHS: Final = """\
default_path: money
paths:
  money: {levels: [{ask: group:legal, for: 1h, remind: 10m}, {ask: group:finance, for: 30m}]}
  both: {levels: [{ask: [group:legal, group:finance], for: 1h}], at_end: approve}
rules:
"""
RUNS: Final = "- {name: runs, action: mail.send, verdict: run}"
RULES: Final = (
    RUNS,
    "- {name: free, action: 'mail.*', verdict: run, replaces: code, grant: 1m}",
    "- {name: one, action: mail.send, pattern: approval, path: money}",
    "- {name: two, action: mail.send, pattern: approval, path: both, quorum: 2, undo: 5m}",
    "- {name: roles, action: '*', pattern: approval, quorum: {group:legal: 1, group:finance: 1}}",
    "- {name: less, action: mail.send, pattern: approval, path: both, quorum: 1, replaces: code}",
    "- {name: no, action: 'mail.*', verdict: deny}",
    "- {name: others, action: 'post.*', verdict: run}",
    "- {name: surely, action: mail.send, pattern: approval, auth: [webauthn]}",
)


def put(text: str) -> PutPolicy:
    """The command that makes a policy the active one."""
    compiled = compiled_text(read_policy_file(text).policy)
    return PutPolicy(text, compiled, text_digest(text), text_digest(compiled))


def policy(command: PutPolicy) -> Any:
    """The policy that a command makes the active one."""
    return read_policy(command.compiled, command.compiled_digest)


POLICIES: Final = (*(put(PATHS + rule) for rule in RULES), put("default: deny"))
"""The first lets run what no code declares."""
