"""The `handrail` command: every subcommand and where it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from .. import __version__
from . import (
    actions,
    agents,
    decide,
    doctor,
    edit,
    explain,
    export,
    handle,
    keys,
    login,
    migrate,
    notify,
    people,
    permissions,
    policy,
    policy_trial,
    prune,
    reviews,
    runs,
    serve,
    stops,
    watch,
    watch_runs,
    who,
    work,
)
from .refusal import EXIT_CODES

SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
REVIEWS: Final[Mapping[str, Callable[..., None]]] = {
    "list": reviews.list_reviews,
    "show": reviews.show_review,
    "watch": watch.watch,
    "waits": reviews.waits,
    "approve": decide.approve,
    "reject": decide.reject,
    "edit": edit.edit,
    "send-back": decide.send_back,
    "answer": decide.answer,
    "retry": decide.retry,
    "supply": decide.supply,
    "skip": decide.skip,
    "abort": decide.abort,
    "happened": decide.happened,
    "not-happened": decide.not_happened,
    "right": decide.right,
    "wrong": decide.wrong,
    "claim": handle.claim,
    "release": handle.release,
    "delegate": handle.delegate,
    "escalate": handle.escalate,
    "comment": handle.comment,
    "revoke": handle.revoke,
    "withdraw": handle.withdraw,
}
ACTIONS: Final[Mapping[str, Callable[..., None]]] = {
    "list": actions.list_actions,
    "show": actions.show_action,
    "outcome": actions.outcome,
}
RUNS: Final[Mapping[str, Callable[..., None]]] = {
    "list": runs.list_runs,
    "show": runs.show_run,
    "watch": watch_runs.watch_runs,
    "pause": runs.pause_run,
    "guide": runs.guide_run,
    "interrupt": runs.interrupt_run,
    "resume": runs.resume_run,
    "stop": runs.stop_run,
    "prune": prune.prune,
}
PEOPLE: Final[Mapping[str, Callable[..., None]]] = {
    "list": people.list_people, "apply": people.apply, "invite": people.invite, "sign-out": people.sign_out,
}  # fmt: skip
AGENTS: Final[Mapping[str, Callable[..., None]]] = {
    "list": agents.list_agents, "put": agents.put, "remove": agents.remove,
}  # fmt: skip
KEYS: Final[Mapping[str, Callable[..., None]]] = {
    "list": keys.list_keys, "create": keys.create, "rotate": keys.rotate, "remove": keys.remove,
}  # fmt: skip
NOTIFY: Final[Mapping[str, Callable[..., None]]] = {
    "status": notify.status, "redrive": notify.redrive, "test": notify.test,
}  # fmt: skip
EXPORT: Final[Mapping[str, Callable[..., None]]] = {"decisions": export.decisions}
POLICY: Final[Mapping[str, Callable[..., None]]] = {
    "check": policy.check, "apply": policy.apply, "show": policy.show_policy, "diff": policy.diff,
    "try": policy_trial.try_policy, "backtest": policy_trial.backtest_policy,
    "limits": permissions.list_limits,
}  # fmt: skip


PERMISSIONS: Final[Mapping[str, Callable[..., None]]] = {
    "list": permissions.list_permissions, "revoke": permissions.revoke,
}  # fmt: skip


STOPS: Final[Mapping[str, Callable[..., None]]] = {
    "list": stops.list_stops, "show": stops.show_stop, "lift": stops.lift,
}  # fmt: skip


def _group(name: str, about: str, commands: Mapping[str, Callable[..., None]], parent: typer.Typer) -> None:
    group = typer.Typer(help=about, no_args_is_help=True, context_settings=dict(SETTINGS))
    for word, function in commands.items():
        group.command(word)(function)
    parent.add_typer(group, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"handrail {__version__}")
        raise typer.Exit


def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _build() -> typer.Typer:
    built = typer.Typer(
        name="handrail", help="Human oversight of AI agents: look, decide, watch, check.", epilog=EXIT_CODES,
        no_args_is_help=True, context_settings=dict(SETTINGS), pretty_exceptions_enable=False, callback=_root,
    )  # fmt: skip
    _group("reviews", "Questions that wait for people: look at them and decide.", REVIEWS, built)
    _group("actions", "What agents wanted to do, and what became of it.", ACTIONS, built)
    _group("runs", "Agents' work of many steps.", RUNS, built)
    _group("people", "Who may be asked, and how they come in.", PEOPLE, built)
    _group("agents", "Programs that ask, and who answers for them.", AGENTS, built)
    _group("keys", "What lets agents in at a server.", KEYS, built)
    _group("policy", "Which actions run, which are denied, and who decides on the others.", POLICY, built)
    _group("permissions", "What people let run without asking, for a while.", PERMISSIONS, built)
    _group("notify", "Whether people are told what waits for them.", NOTIFY, built)
    _group("stops", "What is stopped, and lifting it.", STOPS, built)
    _group("export", "What people decided, for training and evaluation.", EXPORT, built)
    built.command("stop")(stops.stop)
    built.command("init")(people.init)
    built.command("migrate")(migrate.migrate)
    built.command("doctor")(doctor.doctor)
    built.command("serve")(serve.serve)
    built.command("work")(work.work)
    built.command("login")(login.login)
    built.command("logout")(login.logout)
    built.command("explain")(explain.explain)
    built.command("who")(who.who)
    return built


app: Final = _build()

if __name__ == "__main__":
    app()
