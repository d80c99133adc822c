"""What a text would do as a command to a database, or as part of a web page or template."""

from __future__ import annotations

import re

from .shells import words_of

_SQL = tuple(
    (re.compile(form, re.IGNORECASE).search, words)
    for form, words in (
        (
            r"\b(?:drop\s+(?:table|database|schema|view|index|user|column)|truncate\s+(?:table\s+)?[a-z_]\w*\s*(?:;|$))",
            "destroys stored data",
        ),
        (r"\bdelete\s+from\s+[\w.\"`\[\]]+\s*(?:;|$|--)", "deletes every row of a table"),
        (
            r"\bupdate\s+[\w.\"`\[\]]+\s+set\s(?:(?!\bwhere\b)[^;]){0,500}(?:;|$)",
            "changes every row of a table",
        ),
        (r"\bunion\s+(?:all\s+)?select\b", "adds the rows of another query"),
        (
            r"['\"]\s{0,20}(?:or|and)\s{1,20}['\"]?(\w{1,40})['\"]?\s{0,20}(?:=|like)\s{0,20}['\"]?\1(?!\w)",
            "makes a condition always true or false",
        ),
        (r"\bor\s{1,20}(?:1\s{0,20}=\s{0,20}1|true\s{0,20}(?:--|;|$))", "makes a condition always true"),
        (
            (
                r"['\"]\s{0,20}\)?\s{0,20};\s{0,20}"
                r"(?:drop|delete|insert|update|alter|create|exec|select|shutdown)\b"
            ),
            "starts a second command",
        ),
        (r"['\"]\s{0,20}\)?\s{0,20}(?:--|/\*|#)\s{0,20}$", "cuts off the rest of a command"),
        (
            (
                r"\b(?:xp_cmdshell|pg_sleep\s?\(|load_file\s?\(|into\s{1,20}(?:out|dump)file|waitfor\s{1,20}delay"
                r"|copy\s+\w+\s+(?:to|from)\s+program)"
            ),
            "reaches beyond the database",
        ),
        (
            r"\bgrant\s+\w+(?:,\s?\w+){0,9}\s+(?:privileges\s+)?on\s+\S+\s+to\b",
            "gives rights away",
        ),
    )
)
_QUOTES = _SQL[4:5] + _SQL[6:8]
_TRIGGERS = frozenset({
    "drop", "truncate", "delete", "update", "union", "xp_cmdshell", "pg_sleep", "load_file", "outfile",
    "dumpfile", "waitfor", "copy", "grant",
})  # fmt: skip
"""Words of which a form without quotes needs one."""


def sql(text: str, field: str) -> str:
    """Tell a database command that destroys, or that was brought in from outside; a plain query is none."""
    if len(text) < 6:
        return ""
    told = words_of(text)
    quoted = ("'" in text or '"' in text) and any(sign in text for sign in ("=", ";", "--", "#", "/*", "like", "LIKE"))
    forms = _SQL if not _TRIGGERS.isdisjoint(told) or ("or" in told and "1" in text) else _QUOTES if quoted else ()
    return next((f"Read by a database, it {words}." for form, words in forms if form(text)), "")


_MARKUP = re.compile(
    r"<\s{0,5}/?\s{0,5}(?:script|iframe|object|embed|svg|meta|base|link|form|style)\b[^<>]{0,200}/?>?"
    r"|<[a-z][^<>]{0,300}\son[a-z]{3,20}\s*=|\bon(?:error|load|click|mouseover|focus)\s*=\s*['\"\w]",
    re.IGNORECASE,
).search
_HEADERS = re.compile(r"[\r\n](?:set-cookie|bcc|transfer-encoding|content-length):\s?\S", re.IGNORECASE).search
_TEMPLATE = re.compile(
    r"\$\{\s*jndi:|\{\{[^{}]{0,80}(?:__\w+__|\d\s*[*+]\s*\d|constructor|config\b|self\.)|<%[=@]?[^%]{0,200}(?:%>|$)"
    r"|\{%-?\s*(?:import|include)\b|#\{[^{}]{1,80}\(|<\?php\b|<!(?:ENTITY|DOCTYPE)\s[^<>]{0,200}(?:SYSTEM|ENTITY)"
    r"|__import__\s*\(|\b(?:os\.(?:system|popen|execute)|subprocess\.\w+|child_process|Runtime\.getRuntime|exec|eval)\s*\("
).search


def markup(text: str, field: str) -> str:
    """Tell text that a browser, a template engine or an interpreter would run instead of showing it."""
    if ("<" in text or ("on" in text and "=" in text)) and _MARKUP(text):
        return "Put into a web page, it is code and not text."
    if ("{" in text or "<" in text or "(" in text) and _TEMPLATE(text):
        return "Read by a template engine or an interpreter, it is code and not text."
    if ("\n" in text or "\r" in text) and _HEADERS(text):
        return "It brings header lines of its own into a message or an answer."
    return ""
