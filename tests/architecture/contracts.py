"""Two contracts that import-linter does not ship; names that are not in the graph are passed."""

import sys
from collections.abc import Iterable

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class _ExternalImports(Contract):
    """A contract on direct imports of packages from outside."""

    def breaches(self, graph: ImportGraph) -> Iterable[tuple[str, str]]:
        """Each (importer, imported) that the contract forbids."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Kept when there is no breach."""
        rows = sorted(self.breaches(graph))
        output.verbose_print(verbose, f"{len(rows)} imports break the contract.")
        return ContractCheck(kept=not rows, metadata={"rows": [(*row, line_of(graph, *row)) for row in rows]})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each breach."""
        for importer, imported, line in check.metadata["rows"]:
            output.print_error(f"{importer} imports {imported} (line {line})", bold=False)


class StandardLibrary(_ExternalImports):
    """`modules` and what lies below them import nothing from outside but the standard library."""

    modules: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]

    def breaches(self, graph: ImportGraph) -> Iterable[tuple[str, str]]:
        """Imports by `modules` of what is neither the project's nor the standard library's."""
        for importer in within(graph, self.modules):
            foreign = outside(graph, graph.find_modules_directly_imported_by(importer))
            yield from ((importer, imported) for imported in foreign - sys.stdlib_module_names)


class Confined(_ExternalImports):
    """Only `importers` and what lies below them import `packages`."""

    packages: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]
    importers: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]

    def breaches(self, graph: ImportGraph) -> Iterable[tuple[str, str]]:
        """Imports of `packages` by anyone else."""
        allowed = within(graph, self.importers)
        for imported in graph.modules & set(self.packages):
            importers = graph.find_modules_that_directly_import(imported)
            yield from ((importer, imported) for importer in importers - allowed)


def within(graph: ImportGraph, names: Iterable[str]) -> set[str]:
    """The modules of the graph that bear one of `names` or lie below it."""
    return {module for module in graph.modules for name in names if f"{module}.".startswith(f"{name}.")}


def outside(graph: ImportGraph, modules: Iterable[str]) -> set[str]:
    """Those of `modules` that are not part of the analysed package."""
    return {module for module in modules if graph.is_module_squashed(module)}


def line_of(graph: ImportGraph, importer: str, imported: str) -> int:
    """The line of the first such import."""
    details = graph.get_import_details(importer=importer, imported=imported)
    return details[0]["line_number"]
