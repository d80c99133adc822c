"""What a text would do when another program read it: a shell, a file system, a spreadsheet.

Each check takes the text and the name of its field, and returns the words of a flag or an empty string.
Every pattern is linear: repeats are bounded or cannot overlap.
"""

from __future__ import annotations

import re

_STRONG = (
    r"(?:sudo\s+)?(?:/(?:usr/)?(?:local/)?s?bin/)?(?:rm|curl|wget|(?:ba|z|da|k)?sh|nc|ncat|chmod|chown"
    r"|mkfs(?:\.\w+)?|dd|powershell|pwsh|cmd(?:\.exe)?|xargs|eval|nohup|ssh|scp|crontab|kubectl|docker|python3?"
    r"|perl|ruby|systemctl|iptables|useradd|base64|pkill|killall|whoami|uname|sudo)"
)
"""Command names that are no English words."""

_WEAK = (
    r"(?:cat|echo|find|kill|mv|cp|ln|ls|id|env|touch|tee|mount|shutdown|reboot|printf|tar|node|git|aws|sleep|awk|sed)"
)
"""Command names that also occur in prose: they count only before an option, a path or a quote."""

_SHELL = tuple(
    (re.compile(form), words)
    for form, words in (
        (
            rf"(?:;|&&|\|\||&(?!\w+;))\s*(?:{_STRONG}(?=\s|$|;)|{_WEAK}\s+[-/~.$'\"])",
            "starts a second command",
        ),
        (rf"\|&?\s*(?:{_STRONG}(?!\s*\|)(?=\s|$|;)|tee\s+[-/])", "pipes into another command"),
        (rf"\$\(\s*(?:{_STRONG}|{_WEAK}|<)", "puts the output of a command in its place: $( )"),
        (
            rf"`\s*(?:{_STRONG}|cat|id)(?:\s[^`]{{0,500}})?`",
            "puts the output of a command in its place: backticks",
        ),
        (r"\$\{IFS\}|\$IFS\b", "hides spaces from filters: $IFS"),
        (
            r"\brm\s+(?:-[\w-]+\s+)*-\w*[rf]|\bmkfs\.|\bdd\s+(?:if|of)=|:\(\)\s*\{",
            "is a command that destroys data",
        ),
        (r"/dev/(?:tcp|udp)/|>\s*/(?:etc|dev/sd|boot|root)", "writes to a device or a system file"),
        (
            r"(?i)\b(?:powershell|pwsh)(?:\.exe)?\b.{0,80}\s-e(?:nc|ncodedcommand)?\s",
            "runs an encoded command",
        ),
    )
)
_SHELL_GATE = re.compile(r"[;|&$`>]|rm\s|dd\s|/dev/|mkfs|[Pp]ower[Ss]hell|pwsh").search
_COMMAND_FIELD = re.compile(r"(?:^|[_-])(?:command|cmd|shell|bash|script|exec)$", re.IGNORECASE).search
_JOINED = re.compile(r"[;|`\n]|&&|\$\(|\$\{").search


def shell(text: str, field: str) -> str:
    """Tell shell syntax that runs more than it seems to; in a field for commands any joining counts."""
    if not _SHELL_GATE(text):
        return ""
    for form, words in _SHELL:
        if form.search(text):
            return f"Read by a shell, it {words}."
    if _COMMAND_FIELD(field) and _JOINED(text):
        return "Read by a shell, it runs more than one command or expands part of the text."
    return ""


_CLIMB = re.compile(
    r"(?:^|[/\\\"'=\s])\.\.[/\\]\.\.(?:[/\\]|$)|[/\\]\.\.(?:[/\\]|$)"
    r"|(?i:(?:%2e|\.)(?:%2e|\.)(?:%2f|%5c)|%2e%2e[/\\]|%252e%252e|%c0%ae)"
).search
_UP = re.compile(r"\.\.[/\\]\S*|\.\.").fullmatch
_SYSTEM = re.compile(
    r"(?:^|[\s\"'=:(,<>@;|}]|file://)(?:/(?:etc|root|proc|sys|boot|dev)/\S|/var/run/(?:docker\.sock|secrets)"
    r"|(?:~|/home/[^/\s]+|/Users/[^/\s]+)/\.(?:ssh|aws|gnupg|kube|docker|netrc|bash_history|config/gcloud)"
    r"|(?i:[A-Z]:\\(?:Windows|Users\\[^\\]+\\AppData))|\\\\[\w.-]+\\\w+\$)"
    r"|(?:^|/)(?:\.env(?:\.\w+)?|id_(?:rsa|ed25519)|\.git/config|\.git-credentials)$"
).search


def path(text: str, field: str) -> str:
    """Tell a path that climbs out of its folder, or one to where systems keep keys and settings."""
    if (".." in text or "%" in text) and (_CLIMB(text) or _UP(text)):
        return "A path that climbs to a parent folder (..)."
    if ("/" in text or "\\" in text or text.startswith((".env", "id_"))) and _SYSTEM(text):
        return "A path to system settings, devices or stored credentials."
    return ""


_CELL = r"\$?[A-Z]{1,3}\$?\d"
_FORMULA = re.compile(
    rf"[\t\r ]*(?:=(?:[A-Za-z][\w.]*[(!|]|[+-]?\d|{_CELL}|[\"'(+@-])"
    rf"|[+@-](?:[A-Z][A-Z.]+\(|=|{_CELL}+\s*[-+*/:!(])"
    r"|[+@=-](?i:cmd|msexcel|hyperlink|webservice|importxml|importdata|dde)\s*[|(]"
    r"|[+-][\d.]+\s*[-+*/].*[|(!])"
).match
_ROW = re.compile(r"[\n,;\t]\"?=(?:[A-Z][A-Z.]+\(|cmd\|)").search


def formula(text: str, field: str) -> str:
    """Tell a text that a spreadsheet would run; plain negative and phone numbers are no formulas."""
    first = text[:1] in "=+-@\t\r " and _FORMULA(text)
    if first or ("=" in text and _ROW(text)):
        return "A spreadsheet would run this text as a formula."
    return ""
