"""How JSON lies in the columns of the embedded shelf.

Numbers, texts and None lie there as they are; booleans as blobs, so that true is not 1; a
list as a blob of its own values, which stand in a table of elements too. SQLite sorts
numbers below texts below blobs.
"""

from collections.abc import Iterator, Sequence

from pydantic_core import to_json

Column = str | int | bytes | None

TRUTH = {False: b"\x00", True: b"\x01"}
NAMES = {b"\x00": "false", b"\x01": "true"}
LIST = b"\x02"  # a list's blob begins with it
PLAIN = {str, int, type(None)}


def stored(value: object) -> Column:
    """Give the column of a scalar, None or a list.

    Raises:
        TypeError: when it is neither.

    """
    match value:
        case bool():
            return TRUTH[value]
        case str() | int() | None:
            return value
        case list():
            return LIST + to_json(value)
    raise TypeError(f"a field cannot hold {type(value).__name__}")


def elements(values: Sequence[object]) -> Iterator[Column]:
    """Give the columns of the scalars in a list, each once; None is left out.

    Raises:
        TypeError: when the list holds something else.

    """
    for column in {stored(value) for value in values} - {None}:
        if is_list(column):
            raise TypeError("a field cannot hold a list in a list")
        yield column


def scalar(column: Column) -> str | int | bool | None:
    """Give back the scalar of a column.

    Raises:
        TypeError: when it is a list.

    """
    if not isinstance(column, bytes):
        return column
    if column.startswith(LIST):
        raise TypeError("a list cannot be sorted by")
    return column == TRUTH[True]


def label(column: Column) -> str | None:
    """Give the text under which a tally counts the column of a scalar."""
    if isinstance(column, bytes):
        return NAMES[column]
    return column if column is None else str(column)


def is_list(column: Column) -> bool:
    """Tell whether the column holds a list."""
    return isinstance(column, bytes) and column.startswith(LIST)
