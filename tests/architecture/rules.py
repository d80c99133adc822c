"""The house rules as functions from files to complaints, one line each, none when the rule is kept."""

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DIRECTIVES = ("type:", "noqa", "pragma:", "mypy:", "fmt:", "ruff:", "!")


def python_files(*folders: str, root: Path = ROOT) -> list[Path]:
    """Every Python file with code in it below `folders` of `root`; missing folders are passed."""
    found = (path for folder in folders for path in sorted((root / folder).rglob("*.py")))
    return [path for path in found if path.read_text("utf-8").strip()]


def line_count(path: Path) -> int:
    """How many lines the file has."""
    return len(path.read_text("utf-8").splitlines())


def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def long_files(files: list[Path], limit: int) -> list[str]:
    """Files of more than `limit` lines."""
    return [f"{path}: {line_count(path)} lines, at most {limit}" for path in files if line_count(path) > limit]


def functions_of(path: Path) -> Iterator[tuple[FUNCTION, int]]:
    """Each function and how many lines it takes from `def` to its end, without its docstring."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, FUNCTION):
            yield node, _length(node)


def _length(node: FUNCTION) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return whole
    docstring = node.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def long_functions(files: list[Path], limit: int) -> list[str]:
    """Functions of more than `limit` lines."""
    return [
        f"{path}:{node.lineno}: {node.name} has {length} lines, at most {limit}"
        for path in files
        for node, length in functions_of(path)
        if length > limit
    ]


def median_file(files: list[Path]) -> float:
    """The median file length in lines; 0 for no files."""
    return median([line_count(path) for path in files] or [0])


def median_function(files: list[Path]) -> float:
    """The median function length in lines; 0 for no functions."""
    return median([length for path in files for _, length in functions_of(path)] or [0])


def comment_share(files: list[Path]) -> float:
    """Inline comments per line of code, directives to tools left out; docstrings are neither."""
    comments, code = (sum(column) for column in zip((0, 0), *map(_comments_and_code, files), strict=True))
    return comments / code if code else 0.0


def _comments_and_code(path: Path) -> tuple[int, int]:
    comments, code = 0, set[int]()
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT:
            comments += not token.string.lstrip("# ").startswith(DIRECTIVES)
        elif token.string.strip():
            code.update(range(token.start[0], token.end[0] + 1))
    return comments, len(code - _docstring_lines(path))


def _docstring_lines(path: Path) -> set[int]:
    owners = (node for node in ast.walk(tree_of(path)) if isinstance(node, FUNCTION | ast.ClassDef | ast.Module))
    texts = (owner.body[0] for owner in owners if ast.get_docstring(owner) is not None)
    return {line for text in texts for line in range(text.lineno, (text.end_lineno or text.lineno) + 1)}


def sleeps(files: list[Path]) -> list[str]:
    """Calls of anything named `sleep`."""
    calls = ((path, node) for path in files for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    return [f"{path}:{call.lineno}: sleeps" for path, call in calls if _called_name(call) == "sleep"]


def _called_name(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def local_imports(files: list[Path], allowed: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Imports inside functions whose place is not in `allowed`, and allowances that nothing uses.

    A place is written `src/handrail/package/module.py:function`; its value is the reason.
    """
    found = {place: line for path in files for place, line in _local_imports(path, root)}
    unlisted = [
        f"{place} (line {line}): import inside a function" for place, line in found.items() if place not in allowed
    ]
    return unlisted + [f"{place}: allowed, but imports nothing" for place in allowed if place not in found]


def _local_imports(path: Path, root: Path) -> Iterator[tuple[str, int]]:
    for function in ast.walk(tree_of(path)):
        if not isinstance(function, FUNCTION):
            continue
        imports = (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))
        for node in imports:
            yield f"{path.relative_to(root).as_posix()}:{function.name}", node.lineno
