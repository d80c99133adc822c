"""The life of a directory row: present, then perhaps removed, then perhaps present again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from ..errors import NotAllowed, NotFound, NotReady, UnknownPerson
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, changed, step
from . import commands as c
from . import events as e
from .model import Agent, Group, Guest, Key, Member, Person

ACCEPTS: Final[Table] = {
    e.PersonAdded: {None: "present", "present": "present", "removed": "present"},
    e.PersonChanged: {"present": "present"},
    e.PersonRemoved: {"present": "removed"},
    e.PersonInvited: {"present": "present"},
    e.PersonPasswordSet: {"present": "present"},
    e.PersonPasskeyAdded: {"present": "present"},
    e.PersonPasskeyRemoved: {"present": "present"},
    e.PersonSignedOut: {"present": "present"},
    e.GroupAdded: {None: "present", "present": "present"},
    e.GroupChanged: {"present": "present"},
    e.AgentAdded: {None: "present", "present": "present", "removed": "present"},
    e.AgentChanged: {"present": "present"},
    e.AgentRemoved: {"present": "removed"},
    e.KeyAdded: {None: "present"},
    e.KeyChanged: {"present": "present"},
    e.KeyRemoved: {"present": "removed"},
    e.AccessDenied: {None: "present", "present": "present", "removed": "removed"},
}
OWN: Final = frozenset({"password_set", "passkey_added", "passkey_removed"})
"""What people do to their own account; all else an administrator does."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows at the moment of a directory command: `administrators` are those present, `keys` those of
    the agent that still are."""

    now: int
    actor: Principal
    administrators: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()


def decide(state: Member | None, command: c.Command, facts: Facts) -> list[Draft[e.Event]]:
    """The events that follow from a command; none where nothing would change.

    Raises `NotAllowed` for an agent that would change people, `UnknownPerson` for a removal of nobody, `NotReady` for
    an id that belongs to another kind of row. A guest may become anything.
    """
    match command:
        case c.Deny():
            return [Draft(e.AccessDenied(command.code, command.on, command.command, command.count))]
        case c.PutPerson():
            _people_only(facts)
            _still(state, Person)
            if "administrator" not in command.roles:
                _others_remain(state, facts)
            return _put_person(state, command)
        case c.RemovePerson():
            _people_only(facts)
            if not isinstance(state, Person) or state.status == "removed":
                raise UnknownPerson("there is no such person to remove")
            _others_remain(state, facts)
            return [Draft(e.PersonRemoved())]
        case c.NoteAccount():
            return _account(state, command, facts)
        case c.PutGroup():
            _still(state, Group)
            known = isinstance(state, Group)
            return [] if known else [Draft(e.GroupAdded(command.handle), {"profile": {"handle": command.handle_text}})]
        case c.PutRota():
            return _put_rota(state, command, facts)
        case c.PutAgent():
            _still(state, Agent)
            return _put_agent(state, command, facts)
        case c.RemoveAgent():
            _people_only(facts)
            return _remove_agent(state, facts)
        case c.PutKey():
            _people_only(facts)
            _still(state, Key)
            return _put_key(state, command)
        case c.RemoveKey():
            _people_only(facts)
            if not isinstance(state, Key):
                raise NotFound("there is no such key; list them with `handrail keys list`")
            return [Draft(e.KeyRemoved())] if state.status == "present" else []
    assert_never(command)


def _people_only(facts: Facts) -> None:
    if facts.actor.kind != "human":
        raise NotAllowed("an agent may not change the directory; a person does, with `handrail people apply`")


def _others_remain(state: Member | None, facts: Facts) -> None:
    if state is not None and facts.administrators == {state.id}:
        raise NotReady(
            "this is the last administrator, and nobody could change people, keys or the policy any more: "
            "make somebody else an administrator first"
        )


def _account(state: Member | None, command: c.NoteAccount, facts: Facts) -> list[Draft[e.Event]]:
    if not isinstance(state, Person) or state.status == "removed":
        raise UnknownPerson("there is no such person")
    _people_only(facts)
    own = command.what in OWN and facts.actor.id == state.id
    if not own and facts.administrators and facts.actor.id not in facts.administrators:
        raise NotAllowed("only an administrator does that to somebody's account")
    match command.what:
        case "invited":
            return [Draft(e.PersonInvited())]
        case "password_set":
            return [Draft(e.PersonPasswordSet())]
        case "passkey_added" | "passkey_removed":
            return [Draft(_passkey(command))]
        case "signed_out":
            return [Draft(e.PersonSignedOut())]
    assert_never(command.what)


def _put_rota(state: Member | None, command: c.PutRota, facts: Facts) -> list[Draft[e.Event]]:
    _people_only(facts)
    if not isinstance(state, Group):
        raise NotFound("there is no such group; a group is there once a person is in it")
    profile: dict[str, JSON] = {"handle": command.handle_text}
    return [Draft(e.GroupChanged(), {"profile": profile | ({"rota": command.rota} if command.rota else {})})]


def _passkey(command: c.NoteAccount) -> e.Event:
    assert command.passkey is not None
    return (e.PersonPasskeyAdded if command.what == "passkey_added" else e.PersonPasskeyRemoved)(command.passkey)


def _put_agent(state: Member | None, command: c.PutAgent, facts: Facts) -> list[Draft[e.Event]]:
    """An agent introduces itself once; who answers for it, and whether it comes back, people say alone."""
    profile: dict[str, JSON] = {"name": command.name, "owner": command.owner_text}
    if not isinstance(state, Agent):
        return [Draft(e.AgentAdded(command.owner), {"profile": profile})]
    if state.status == "removed":
        if facts.actor.kind != "human":
            raise NotAllowed("this agent was removed; a person makes it known again, with `handrail agents put`")
        return [Draft(e.AgentAdded(command.owner), {"profile": profile})]
    if facts.actor.kind != "human" or state.owner == command.owner:
        return []
    return [Draft(e.AgentChanged(command.owner), {"profile": profile})]


def _remove_agent(state: Member | None, facts: Facts) -> list[Draft[e.Event]]:
    if not isinstance(state, Agent):
        raise NotFound("there is no such agent; list them with `handrail agents list`")
    if facts.keys:
        raise NotReady("this agent has keys that still open: end them first, with `handrail keys remove`")
    return [Draft(e.AgentRemoved())] if state.status == "present" else []


def _put_key(state: Member | None, command: c.PutKey) -> list[Draft[e.Event]]:
    if not isinstance(state, Key):
        return [Draft(e.KeyAdded(command.agent, command.scopes, command.until), {"profile": {"name": command.label}})]
    if state.status == "removed" or (state.agent, state.scopes) != (command.agent, command.scopes):
        raise NotReady("a key keeps its agent and scopes, and one that ended stays ended: create another one")
    return [] if state.until == command.until else [Draft(e.KeyChanged(command.until))]


def _still(state: Member | None, kind: type[Member]) -> None:
    if state is not None and not isinstance(state, kind | Guest):
        raise NotReady("this id belongs to another kind of row")


def _put_person(state: Member | None, command: c.PutPerson) -> list[Draft[e.Event]]:
    texts: Mapping[str, JSON] = {
        "profile": {
            "handle": command.handle_text, "name": command.name, "os_user": command.os_user_text,
            **({"telling": command.telling} if command.telling else {}),
            **({"times": command.times} if command.times else {}),
        }
    }  # fmt: skip
    fields = (command.handle, command.os_user, command.groups, command.roles)
    if not isinstance(state, Person) or state.status == "removed":
        return [Draft(e.PersonAdded(*fields), texts)]
    return [Draft(e.PersonChanged(*fields), texts)]


def evolve(state: Member | None, sealed: Sealed[e.Event], *, subject: str) -> Member:
    """The row after one event; `subject` is its id."""
    event, profile = sealed.event, sealed.texts.get("profile")
    status = step(ACCEPTS, event, state.status if state else None)
    match event:
        case e.PersonAdded() | e.PersonChanged():
            return Person(
                subject, "present", sealed.rev, event.handle, event.os_user, event.groups, profile, event.roles
            )
        case e.PersonRemoved():
            assert isinstance(state, Person) and status == "removed"
            return Person(subject, "removed", sealed.rev, state.handle, state.os_user, (), state.profile, ())
        case (
            e.PersonInvited() | e.PersonPasswordSet() | e.PersonPasskeyAdded() | e.PersonPasskeyRemoved()
            | e.PersonSignedOut()
        ):  # fmt: skip
            assert isinstance(state, Person)
            return changed(state, rev=sealed.rev)
        case e.GroupAdded():
            return Group(subject, "present", sealed.rev, event.handle, profile)
        case e.GroupChanged():
            assert isinstance(state, Group)
            return changed(state, rev=sealed.rev, profile=profile)
        case e.AgentAdded():
            return Agent(subject, "present", sealed.rev, event.owner, profile)
        case e.AgentChanged():
            assert isinstance(state, Agent)
            return changed(state, rev=sealed.rev, owner=event.owner, profile=profile)
        case e.AgentRemoved() | e.KeyRemoved():
            assert isinstance(state, Agent | Key)
            return changed(state, rev=sealed.rev, status="removed")
        case e.KeyAdded():
            key = (event.agent, event.scopes, event.until, profile, sealed.by.id)
            return Key(subject, "present", sealed.rev, *key)
        case e.KeyChanged():
            assert isinstance(state, Key)
            return changed(state, rev=sealed.rev, until=event.until)
        case e.AccessDenied():
            return changed(state, rev=sealed.rev) if state else Guest(subject, "present", sealed.rev)
    assert_never(event)
