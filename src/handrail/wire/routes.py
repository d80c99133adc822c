"""Every route of the API in one table: client, server, rights and documentation are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ..action import commands as action
from ..action.work import Take
from ..directory.commands import Scope
from ..directory.roles import Permission
from ..engine.request import Renew, RenewAll
from ..policy import standing, stops
from ..review import commands as review
from ..run import commands as run

Method = Literal["GET", "POST", "PUT", "DELETE"]
Need = Scope | Literal["any"]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. Without a `scope` no agent may use it (`any` is any key), without a `permission` no person;
    `open` needs neither.

    `command` is what its body means, sent to the stream that `{id}` names. `answers` names the shape of its answer in
    the documentation. Agents see only what is theirs.
    """

    name: str
    method: Method
    path: str
    doc: str
    answers: str
    command: type | None = None
    scope: Need | None = None
    permission: Permission | None = None
    open: bool = False


def _command(
    noun: str, verb: str, kind: type, doc: str, *, scope: Need | None = None, permission: Permission | None = None,
    path: str | None = None, answers: str = "Answer",
) -> Route:  # fmt: skip
    where = f"/v1/{noun}s/{{id}}/{path or verb}"
    return Route(f"{verb}_{noun}".replace("-", "_"), "POST", where, doc, answers, kind, scope, permission)


ROUTES: Final[tuple[Route, ...]] = (
    Route("propose_action", "POST", "/v1/actions", "Propose an action.", "Answer", action.Propose, "propose"),
    Route("list_actions", "GET", "/v1/actions", "Actions, newest first.", "Page", None, "any", "read"),
    Route("get_action", "GET", "/v1/actions/{id}", "One action with its texts.", "Action", None, "any", "read"),
    Route(
        "wait_for_action", "GET", "/v1/actions/{id}/wait", "Wait until the action is beyond `rev`.", "Answer", None,
        "any", "read",
    ),
    Route(
        "get_grant", "GET", "/v1/actions/{id}/grant", "The stored arguments that may run now, and what binds them.",
        "Grant", None, "any",
    ),
    Route(
        "get_action_history", "GET", "/v1/actions/{id}/history", "What happened to the action.", "History", None,
        "any", "read",
    ),
    Route(
        "explain_action", "GET", "/v1/actions/{id}/explanation",
        "What happened to the action and its reviews, and who came, went and was refused meanwhile.", "Explanation",
        None, None, "read",
    ),
    _command("action", "claim", action.Claim, "Take the right to execute.", scope="any"),
    _command("action", "start", action.Start, "Say that the call leaves now.", scope="any"),
    _command("action", "release", action.Release, "Give a claim back before the start.", scope="any"),
    _command("action", "renew", Renew, "Keep the lease of a running action.", scope="any", answers="Renewed"),
    _command("action", "settle", action.Settle, "Report how the call ended.", scope="any"),
    _command("action", "reconcile", action.Reconcile, "Say what the probe found.", scope="any"),
    _command(
        "action", "withdraw", action.Withdraw, "Take the action back.", scope="propose", permission="read"
    ),
    Route(
        "report_outcome", "POST", "/v1/actions/{id}/outcome", "Say how the action turned out, after its end.",
        "Answer", action.ReportOutcome, "any", "read",
    ),
    Route(
        "take_work", "POST", "/v1/work", "Take cleared actions to execute; `Prefer: wait` waits for some.",
        "Work", Take, "execute",
    ),
    Route(
        "list_decisions", "GET", "/v1/decisions",
        "What was decided, in the order of the log; `Prefer: wait` waits for some.", "Decisions", None, "any", "read",
    ),
    Route(
        "lease_consumer", "POST", "/v1/decisions/lease",
        "Hold the name of a consumer for some seconds, or go on holding it; 0 lets it go.", "ConsumerLease", None,
        "any", "read",
    ),
    Route(
        "acknowledge_decisions", "POST", "/v1/decisions/acknowledged", "Note how far a consumer has come.", "Cursor",
        None, "any", "read",
    ),
    Route(
        "find_examples", "POST", "/v1/decisions/examples", "Past decisions, the most alike first.", "Examples", None,
        "any", "read",
    ),
    Route(
        "renew_leases", "POST", "/v1/leases", "Keep the leases of up to 500 running actions; answers whose were kept.",
        "Leases", RenewAll, "any",
    ),
    Route("ask_question", "POST", "/v1/ask", "Ask people a question.", "Answer", action.Propose, "propose"),
    Route("get_inbox", "GET", "/v1/inbox", "Reviews as rows of the inbox.", "Inbox", None, None, "read"),
    Route(
        "get_inbox_waits", "GET", "/v1/inbox/waits",
        "How long the open reviews will probably still wait, by id: the first ones, where there are many.",
        "ExpectedWaits", None, None, "read",
    ),
    Route("list_reviews", "GET", "/v1/reviews", "Open reviews, by risk and age.", "Reviews", None, None, "read"),
    Route("list_all_reviews", "GET", "/v1/reviews/all", "Reviews, newest first.", "Page", None, None, "read"),
    Route("get_review", "GET", "/v1/reviews/{id}", "One review with what is shown.", "Review", None, "any", "read"),
    Route(
        "get_review_page", "GET", "/v1/reviews/{id}/page", "One review as its page shows it to you.", "ReviewPage",
        None, None, "read",
    ),
    Route(
        "get_review_who", "GET", "/v1/reviews/{id}/who",
        "Who is asked now, since when, who is asked next, and what happens at the end.", "Escalation", None, None,
        "read",
    ),
    Route(
        "get_review_history", "GET", "/v1/reviews/{id}/history", "What happened to the review.", "History", None,
        "any", "read",
    ),
    Route(
        "get_review_wait", "GET", "/v1/reviews/{id}/wait", "How long the review will probably still wait.",
        "ExpectedWait", None, "any", "read",
    ),
    _command("review", "claim", review.Claim, "Say that you are at it.", permission="decide"),
    _command("review", "release", review.Release, "Give your claim back.", permission="decide"),
    _command("review", "delegate", review.Delegate, "Ask another person in addition.", permission="decide"),
    _command("review", "escalate", review.Escalate, "Move up the ladder now.", permission="decide"),
    _command("review", "comment", review.Comment, "Say something.", permission="decide", path="comments"),
    _command("review", "decide", review.Decide, "Vote or decide.", permission="decide", path="decisions"),
    _command("review", "revoke", review.Revoke, "Take your vote back while it can be undone.", permission="decide"),
    Route("get_waits", "GET", "/v1/waits", "How well waits were foretold lately.", "WaitScore", None, None, "read"),
    Route("list_runs", "GET", "/v1/runs", "Runs, newest first.", "Page", None, None, "read"),
    Route("find_run", "GET", "/v1/runs/by-name", "The id of the run with that name.", "Id", None, "any", "read"),
    Route("get_run", "GET", "/v1/runs/{id}", "One run and its title.", "Run", None, "any", "read"),
    Route(
        "get_run_history", "GET", "/v1/runs/{id}/history", "What happened to the run.", "History", None, "any",
        "read",
    ),
    _command("run", "open", run.Open, "Begin the run, or enter it again.", scope="propose"),
    _command("run", "note", run.Note, "Note an exception that left the run.", scope="propose"),
    _command("run", "finish", run.Finish, "Finish the run.", scope="propose"),
    _command("run", "fail", run.Fail, "Say that an exception ended the run for good.", scope="propose"),
    _command("run", "pause", run.Pause, "Let nothing more of the run start.", permission="read"),
    _command("run", "interrupt", run.Interrupt, "Pause the run, and cancel its step.", permission="read"),
    _command("run", "resume", run.Resume, "Let the run go on.", permission="read"),
    _command("run", "guide", run.Guide, "Tell the agent something.", permission="read"),
    Route(
        "get_observations", "GET", "/v1/runs/{id}/observations",
        "What the run has reported, behind the observation `after`, as far as it is kept.", "Observations", None, "any",
        "read",
    ),
    Route(
        "get_guidance", "GET", "/v1/runs/{id}/guidance", "What the agent was told, behind the message `after`.",
        "Guidance", None, "any", "read",
    ),
    Route(
        "wait_for_run", "GET", "/v1/runs/{id}/wait", "Wait until the run is beyond `rev`.", "Answer", None, "any",
        "read",
    ),
    _command("run", "confirm", run.Confirm, "Say that a control has taken hold.", scope="propose"),
    _command("run", "hear", run.Hear, "Say that guidance was read.", scope="propose", path="heard"),
    _command("run", "observe", run.Observe, "Report what the agent does.", scope="propose", path="observations"),
    Route(
        "prepare_cleanup", "POST", "/v1/runs/{id}/cleanups", "Say what is to be done if the run does not finish.",
        "Answer", run.Prepare, "propose",
    ),
    Route(
        "take_cleanup", "POST", "/v1/runs/{id}/cleanups/taken", "Begin a clean-up.", "Answer", run.TakeCleanup, "any"
    ),
    Route(
        "report_cleanup", "POST", "/v1/runs/{id}/cleanups/done", "Report how a clean-up ended.", "Answer", run.Clean,
        "any",
    ),
    _command("run", "stop", run.Stop, "Stop the run and every run inside it, for good.", permission="read"),
    Route("get_oversight", "GET", "/v1/oversight", "Watched runs as cards, those that need people first.",
          "Oversight", None, None, "read"),
    Route("get_run_page", "GET", "/v1/runs/{id}/page", "One run as its page shows it.", "RunPage", None, None, "read"),
    Route("get_me", "GET", "/v1/me", "Who you are, and what you may do.", "Me", None, "any", "read"),
    Route("get_name", "GET", "/v1/names/{id}", "What people call an id.", "Name", None, "any", "read"),
    Route("find_ids", "GET", "/v1/ids", "The ids that begin so.", "Ids", None, None, "read"),
    Route("get_log", "GET", "/v1/log", "How long the log is; waits until it is not `size`.", "Log", None, None, "read"),
    Route("get_stream", "GET", "/v1/stream", "What happens, as it happens.", "Stream", None, None, "read"),
    Route("get_directory", "GET", "/v1/directory", "People, groups and agents.", "Directory", None, None, "read"),
    Route("get_policy", "GET", "/v1/policy", "The active policy, and its text.", "Policy", None, None, "read"),
    Route("put_policy", "PUT", "/v1/policy", "Check a policy, and make it the active one.", "PolicyPut", None, None,
          "administer"),
    Route("list_limits", "GET", "/v1/limits", "The policy's limits, and what is used of them.", "Limits", None, None,
          "read"),
    Route("list_permissions", "GET", "/v1/permissions", "Standing permissions, newest first.", "Permissions", None,
          None, "read"),
    Route("revoke_permission", "DELETE", "/v1/permissions/{id}", "Take a standing permission back.", "Answer",
          standing.Revoke, None, "read"),
    Route("list_stops", "GET", "/v1/stops", "Stops, newest first, also those that were lifted.", "Stops", None, None,
          "read"),
    Route("create_stop", "POST", "/v1/stops", "Stop an agent, an action, a team, or all.", "Answer", stops.Halt, None,
          "read"),
    Route("get_stop", "GET", "/v1/stops/{id}", "One stop, with what had started before it.", "Stop", None, None,
          "read"),
    Route("lift_stop", "DELETE", "/v1/stops/{id}", "Lift a stop.", "Answer", stops.Lift, None, "read"),
    Route("list_keys", "GET", "/v1/keys", "Agents' keys.", "Keys", None, None, "administer"),
    Route("create_key", "POST", "/v1/keys", "Give an agent a key.", "NewKey", None, None, "administer"),
    Route("rotate_key", "POST", "/v1/keys/{id}/rotate", "A new key for an old one.", "NewKey", None, None,
          "administer"),
    Route("remove_key", "DELETE", "/v1/keys/{id}", "End a key now.", "Answer", None, None, "administer"),
    Route("invite_person", "POST", "/v1/people/{id}/invite", "Invite somebody to set a password.", "Secret", None,
          None, "administer"),
    Route("sign_out_person", "DELETE", "/v1/people/{id}/sessions", "End every session of somebody.", "Ended", None,
          None, "administer"),
    Route("put_agent", "PUT", "/v1/agents", "Make an agent known, or change who answers for it.", "Answer", None, None,
          "administer"),
    Route("remove_agent", "DELETE", "/v1/agents/{id}", "Take an agent out, and end its keys.", "Answer", None, None,
          "administer"),
    Route("put_people", "PUT", "/v1/people", "Bring the directory to what a people file says.", "Changes", None, None,
          "administer"),
    Route("get_trial", "GET", "/v1/trial", "Whether the demo agent is at work, and how to begin an agent of your own.",
          "Trial", None, None, "read"),
    Route("start_trial", "POST", "/v1/trial", "Set the demo agent to work for you.", "NewTrial", None, None, "decide"),
    Route("list_passkeys", "GET", "/v1/passkeys", "Your passkeys.", "Passkeys", None, None, "read"),
    Route("offer_passkey", "POST", "/v1/passkeys/challenge",
          "What a browser needs to make a passkey for you; your sign-in is recent.", "PasskeyOffer", None, None,
          "read"),
    Route("add_passkey", "POST", "/v1/passkeys", "Keep a passkey that your browser has made.", "NewPasskey", None, None,
          "read"),
    Route("remove_passkey", "DELETE", "/v1/passkeys/{id}", "Forget a passkey of yours, and end its sessions.",
          "Nothing", None, None, "read"),
    Route("list_push_browsers", "GET", "/v1/push", "Your browsers that show pushes, and the key to subscribe with.",
          "PushBrowsers", None, None, "read"),
    Route("subscribe_to_push", "POST", "/v1/push", "Show you pushes in this browser.", "NewPushBrowser", None, None,
          "read"),
    Route("unsubscribe_from_push", "DELETE", "/v1/push/{id}", "Show you no pushes in that browser any more.", "Nothing",
          None, None, "read"),
    Route("ask_for_passkey", "POST", "/v1/sessions/challenge", "What a browser needs to let you use a passkey.",
          "PasskeyAsked", open=True),
    Route("sign_in_with_passkey", "POST", "/v1/sessions/passkey", "Sign in with a passkey.", "SignedIn", open=True),
    Route("sign_in", "POST", "/v1/sessions", "Sign in with handle and password.", "SignedIn", open=True),
    Route("sign_out", "DELETE", "/v1/sessions/current", "End this session.", "Nothing", None, None, "read"),
    Route("accept_invitation", "POST", "/v1/invitations", "Set your password, and sign in.", "SignedIn", open=True),
)  # fmt: skip

MOST_SEEN: Final = 500
"""Observations in one answer."""
BY_COMMAND: Final[Mapping[type, Route]] = {
    route.command: route for route in ROUTES if route.command and route.name != "ask_question"
}
"""Where a command goes; what is not in here only the engine sends, or another route means it."""
PREFIX: Final[Mapping[str, str]] = {
    "actions": "act",
    "reviews": "rev",
    "runs": "run",
    "keys": "key",
    "people": "usr",
    "agents": "agt",
    "permissions": "std",
    "stops": "stp",
    "passkeys": "pky",
    "push": "psh",
}
"""How the ids of a collection begin."""
