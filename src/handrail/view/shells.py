"""What a text would do when a shell read it.

Every pattern is linear: repeats are bounded or cannot overlap. Each is tried only where a sign or the name of a command
that it needs stands in the text, so that ordinary texts cost little.
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

_NEXT = r"(?:;|&&|\|\||&(?!\w+;))\s*"
"""What ends one command and begins another."""

_SIGNED = tuple(
    (tuple(signs.split(" ")), re.compile(form), words)
    for signs, form, words in (
        ("; && || &", rf"{_NEXT}(?:{_STRONG}(?=\s|$|;)|{_WEAK}\s+[-/~.$'\"])", "starts a second command"),
        (
            "; && || &",
            (
                rf"{_NEXT}(?:id|ls|env|cat|reboot|shutdown|calc(?:\.exe)?|dir|\$[({{]\S*)\s*(?:$|[;&|\n])"
                r"|;\s*\$[({]|^\s*(?:&&|\|\|)\s*[a-z]"
            ),
            "starts a second command",
        ),
        (
            "\n \r",
            rf"[\r\n][ \t]{{0,40}};?[ \t]{{0,40}}(?:sudo\s+)?(?:{_STRONG}|{_WEAK})[ \t]+[-/~$'\"]",
            "starts a second command on a line of its own",
        ),
        ("|", rf"\|&?\s*(?:{_STRONG}(?!\s*\|)(?=\s|$|;)|tee\s+[-/])", "pipes into another command"),
        (
            "$( <(",
            rf"\$\(\s*(?:{_STRONG}|{_WEAK}|<|[a-z]\w*\s+-)|<\(\s*(?:{_STRONG}|{_WEAK})\s",
            "puts the output of a command in its place: $( )",
        ),
        (
            "`",
            (
                r"(?<!`)`\s*(?:sudo\s+)?(?:rm|curl|wget|(?:ba|z|da)?sh|nc|ncat|cat|chmod|chown|base64|eval|dd)"
                r"\s[^`\n]{1,500}`(?!`)"
                r"|(?:^|[^\s`(\[*_>,.:;])`\s*(?:id|whoami|uname(?:\s-a)?|ls|hostname)\s*`(?!`)"
            ),
            "puts the output of a command in its place: backticks",
        ),
        (
            "IFS {cat, {rm, {ls, {curl, {wget, {nc, {bash, {sh, {echo,",
            r"\$\{IFS\b|\$IFS\b|\{(?:cat|rm|ls|curl|wget|nc|bash|sh|echo),[^{}\s]{1,200}\}",
            "hides spaces from filters: $IFS or braces",
        ),
        (
            "$' \\ \"\" '' ${",
            r"\$'(?:\\x[0-9a-fA-F]{2}|\\[0-7]{3})|\b[a-z](?:\\[a-z]|\"\"|'')[a-z]{0,20}\s+-|\$\{[#!]?\w{1,40}[:@/%#^,]",
            "hides the name of a command",
        ),
        (
            "/dev/ >",
            r"/dev/(?:tcp|udp)/|>{1,2}\s*(?:/(?:etc|dev/sd|boot|root|dev/mem)|~/\.|/home/\S{1,60}/\.|/var/spool)",
            "writes to a device or a system file",
        ),
        (":", r":\(\)\s*\{", "is a command that starts itself without end"),
    )
)
"""Signs of which a form needs one, the form, and what a shell makes of it."""

_SIGNS = tuple(dict.fromkeys(sign for signs, _, _ in _SIGNED for sign in signs))

_NAMED = tuple(
    (frozenset(names.split()), re.compile(form), words)
    for names, form, words in (
        (
            "rm mkfs dd",
            r"\brm\s+(?:-[\w-]+\s+){0,9}-\w*[rf]|\bmkfs\.|\bdd\s+(?:if|of)=",
            "is a command that destroys data",
        ),
        (
            "find xargs truncate shred mv crontab iptables history",
            (
                r"\bfind\s.{0,200}\s-(?:delete\b|exec\s)|\bxargs\s+(?:-\S+\s+){0,6}(?:rm|sh|bash)\b|\btruncate\s+-s"
                r"|\bshred\s+[-/~.]|\bmv\s+\S+\s+/dev/null|\bcrontab\s+-r|\biptables\s+-F|\bhistory\s+-c\b"
            ),
            "is a command that destroys data",
        ),
        (
            "git kubectl terraform docker",
            (
                r"\bgit\s+(?:push\s.{0,80}(?:--force|-f\b)|reset\s+--hard|clean\s+-\w*f)|\bterraform\s+(?:destroy|apply\s.{0,80}"
                r"-auto-approve)|\bkubectl\s+(?:-\S+\s+\S+\s+){0,6}delete\s"
                r"|\bdocker\s+(?:system\s+prune|rm\s+-\w*f|volume\s+rm)"
            ),
            "is a command that destroys data",
        ),
        (
            "kill killall shutdown halt poweroff reboot init",
            r"\bkill(?:all)?\s+-(?:9|KILL)\b|\b(?:shutdown|halt|poweroff|reboot|init)\s+(?:-\w|now\b|0\b|6\b)",
            "is a command that stops programs or the system",
        ),
        (
            "remove-item del rd rmdir format reg vssadmin bcdedit",
            (
                r"(?i)\bremove-item\b.{0,120}-recurse|\bdel\s+/[fsq]\b|\b(?:rd|rmdir)\s+/s|\bformat\s+[a-z]:"
                r"|\breg\s+(?:delete|add)\s+\"?hk|\bvssadmin\s+delete|\bbcdedit\s+/"
            ),
            "is a command that destroys data",
        ),
        (
            "sudo su chmod chown docker usermod visudo setenforce",
            (
                r"\bsudo\s+\S|\bsu\s+-|\bchmod\s+(?:-\w+\s+){0,6}(?:[0-7]{3,4}\b|[ugoa]*\+[rwxst])"
                r"|\bchown\s+(?:-\w+\s+){0,6}\w+(?::\w*)?\s+\S|\bdocker\s+run\s.{0,200}(?:-v\s*/:|--privileged|--pid=host)"
                r"|\b(?:usermod|visudo|setenforce)\s+[-0]"
            ),
            "takes or gives rights on the system",
        ),
        (
            "bash zsh dash ksh sh cmd python python3 perl ruby node php",
            r"\b(?:(?:ba|z|da|k)?sh|cmd(?:\.exe)?|python3?|perl|ruby|node|php)\s+(?:-[ce]|/c|-r)\s",
            "runs a program that stands in the text",
        ),
        (
            "curl wget certutil nc ncat netcat telnet socat",
            (
                r"\b(?:curl|wget)\s(?:.{0,200}\s)?(?:-\w{0,20}[dFTo]\b|-O|--data|--upload|--output|https?://)"
                r"|\bcertutil\b.{0,80}-urlcache|\b(?:nc|ncat|netcat)\s+(?:-\w+\s+){0,6}\S+\s+\d|\b(?:telnet|socat)\s+\S+[\s:]"
            ),
            "fetches from or sends to another machine",
        ),
        (
            "scp rsync sftp ssh invoke-expression invoke-webrequest invoke-restmethod iex webclient",
            (
                r"(?i)\b(?:scp|rsync|sftp)\s.{0,200}\w[@:]|\bssh\s+(?:\S+\s+){0,6}[\w.-]+@"
                r"|\binvoke-(?:expression|webrequest|restmethod)\s+\S|\biex\s*\(|\bnet\.webclient"
            ),
            "fetches from or sends to another machine",
        ),
        (
            "powershell pwsh",
            r"(?i)\b(?:powershell|pwsh)(?:\.exe)?\b.{0,80}\s-e(?:nc|ncodedcommand)?\s",
            "runs an encoded command",
        ),
    )
)
"""Names of which a form needs one, the form, and what a shell makes of it."""

_NAMES = frozenset[str]().union(*(names for names, _, _ in _NAMED))
FIRST_WORDS = _NAMES | {"cmd.exe"}
"""Names of commands with which a command line may begin."""

_COMMAND_FIELD = re.compile(r"(?:^|[_-])(?:command|cmd|shell|bash|script|exec)$", re.IGNORECASE).search
_JOINED = re.compile(r"[;|`\n]|&&|\$\(|\$\{").search
_WORDS = re.compile(r"[a-z][a-z0-9_-]*").findall


def shell(text: str, field: str) -> str:
    """Tell shell syntax that runs more than it seems to; in a field for commands any joining counts."""
    told = _signed(text) or _named(text)
    if told:
        return f"Read by a shell, it {told}."
    if _COMMAND_FIELD(field) and _JOINED(text):
        return "Read by a shell, it runs more than one command or expands part of the text."
    return ""


def _signed(text: str) -> str:
    holds = text.__contains__
    if any(map(holds, _SIGNS)):
        for signs, form, words in _SIGNED:
            if any(map(holds, signs)) and form.search(text):
                return words
    return ""


def _named(text: str) -> str:
    told = words_of(text)
    if not _NAMES.isdisjoint(told):
        for names, form, words in _NAMED:
            if not names.isdisjoint(told) and form.search(text):
                return words
    return ""


def words_of(text: str) -> set[str]:
    """Return the words of a text in lower case: what a form that needs one of them is looked up by."""
    return set(_WORDS(text.lower()))
