"""What a worker asks for: actions to execute that anybody may who has the function."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """What a worker can execute: an action's name, and the digest of the schema of its arguments."""

    name: str
    schema: str


@dataclass(frozen=True, slots=True)
class Take:
    """Claim up to `most` cleared actions of these functions that anybody may execute, except those in `beside`; also
    name runs whose process is gone, and which these `cleanups` can clean up after."""

    executor: str
    functions: tuple[Function, ...]
    most: int = 1
    beside: tuple[str, ...] = ()
    cleanups: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The functions as names with schemas."""
        return [(one.name, one.schema) for one in self.functions]
