"""What a text would do when another program read it: a file system, a spreadsheet.

Each check takes the text and the name of its field, and returns the words of a flag or an empty string.
Every pattern is linear: repeats are bounded or cannot overlap.
"""

from __future__ import annotations

import re

_CLIMB = re.compile(
    r"(?<!\.)\.{4,}[/\\]|\.\.;/|"
    r"(?:^|[/\\\"'=\s])\.\.[/\\]\.\.(?:[/\\]|$)|[/\\]\.\.(?:[/\\]|$)"
    r"|(?i:(?:%2e|\.)(?:%2e|\.)(?:%2f|%5c)|%2e%2e[/\\]|%252e%252e|%c0%ae)"
).search
_UP = re.compile(r"\.\.[/\\]\S*|\.\.").fullmatch
_SYSTEM = re.compile(
    r"(?:^|[\s\"'=:(,<>@;|}]|file:/{1,3})(?:/(?:etc|root|proc|sys|boot|dev)(?:/\S|$)|/(?:var/)?run/(?:docker\.sock|secrets)"
    r"|/private/(?:etc|var)/|/var/spool/cron|/var/log/(?:auth|secure)|/(?:lib|etc|usr/lib)/systemd/"
    r"|(?i:/Library/Launch(?:Agents|Daemons)/)|(?:~\w*|\$\{?HOME\}?|/home/[^/\s]+|/Users/[^/\s]+)/\."
    r"(?:ssh|aws|azure|gnupg|kube|docker|netrc|npmrc|pypirc|git-credentials|pgpass|my\.cnf|bash\w*|zsh\w*|profile"
    r"|config/(?:gcloud|autostart)|vault-token)"
    r"|(?i:[A-Z]:[\\/](?:Windows|Users[\\/][^\\/]+[\\/](?:AppData|\.ssh|\.aws))|%(?:USERPROFILE|APPDATA|SYSTEMROOT|WINDIR)%)"
    r"|\\\\[\w.?-]+\\\S)"
    r"|(?:^|/)(?:\.env(?:\.\w+)?|id_(?:rsa|ed25519)|\.git/config|\.git-credentials)$"
).search


def path(text: str, field: str) -> str:
    """Tell a path that climbs out of its folder, or one to where systems keep keys and settings."""
    if (".." in text or "%" in text) and (_CLIMB(text) or _UP(text)):
        return "A path that climbs to a parent folder (..)."
    if "%00" in text or ("\0" in text and ("/" in text or "\\" in text or "." in text)):
        return "A path or name with a null byte, at which other programs may stop reading."
    if text.startswith("file://") and _ELSEWHERE(text):
        return "A file address that names another machine."
    if ("/" in text or "\\" in text or "%" in text or text.startswith((".env", "id_"))) and _SYSTEM(text):
        return "A path to system settings, devices or stored credentials."
    return ""


_ELSEWHERE = re.compile(r"file://(?!localhost/)[^/\s]").match

_CELL = r"\$?[A-Z]{1,3}\$?\d"
_FORMULA = re.compile(
    rf"[\t\r\n \"{{]*(?:=(?:[A-Za-z_][\w.]*[(!|]|[+-]?\d|{_CELL}|[\"'(+@-])"
    rf"|[+@-](?:[A-Z][A-Z.]+\(|=|{_CELL}+\s*[-+*/:!(])"
    r"|[+@=-](?i:cmd|msexcel|hyperlink|webservice|importxml|importdata|dde|rundll32|sum|average|count|indirect)\s*[|(]"
    rf"|[+@-]{_CELL}+\s*$"
    r"|[+-][\d.]+\s*[-+*/].*[|(!])"
).match
_ROW = re.compile(r"[\n,;\t]\"?(?:=(?:[A-Z][A-Z.]+\(|cmd\|)|[+@-](?:SUM|HYPERLINK|WEBSERVICE)\(|[+@-]cmd\|)").search


def formula(text: str, field: str) -> str:
    """Tell a text that a spreadsheet would run; plain negative and phone numbers are no formulas."""
    first = text[:1] in '=+-@\t\r\n "{' and _FORMULA(text)
    if first or (("=" in text or "|" in text or "(" in text) and _ROW(text)):
        return "A spreadsheet would run this text as a formula."
    return ""
