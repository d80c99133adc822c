"""The guards of failures that people are asked about."""

from typing import Final

from .model import Edit, Guard

PAGE: Final = "tests/server/test_failures.py"
TRACE: Final = "tests/gate/test_trace.py"

OF_FAILURES: Final = (
    Guard(
        "supplied results", "What people supply as a result fits the return type.",
        (Edit("engine/checks.py", "schema = sources.schema(held.returns) if held.returns else None", "schema = None"),),
        (f"{PAGE}::test_a_result_that_does_not_fit_is_refused_by_field_over_http_and_nothing_is_lost",),
    ),
    Guard(
        "types of errors", "No free text is kept for ever as the type of an error.",
        (Edit("action/likeness.py", "return named if is_error_type(named) else None", "return named"),),
        ("tests/action/test_likeness.py::test_the_type_of_an_error_is_an_identifier_or_nothing",),
    ),
    Guard(
        "secrets in errors", "No secret of a message or of a line of code is kept with an error.",
        (
            Edit(
                "gate/trace.py", 'return conceal(f"{type(error).__qualname__}: {message}").text[:MESSAGE]',
                'return f"{type(error).__qualname__}: {message}"[:MESSAGE]',
            ),
        ),
        (f"{TRACE}::test_secrets_in_messages_and_in_lines_of_code_are_covered_also_where_the_text_is_cut",),
    ),
    Guard(
        "traces of others", "A trace that another program sends is drawn bounded and without secrets.",
        (Edit("engine/past.py", "clip(drawn(conceal(str(one)[:WIDEST_PLACE])), WIDEST_PLACE)", "str(one)"),),
        (f"{PAGE}::test_a_hostile_error_is_drawn_bounded_and_without_its_secret",),
    ),
)  # fmt: skip
