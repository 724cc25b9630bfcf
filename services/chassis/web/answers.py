"""Answers in JSON, written by the library that reads entries: in a fraction of the standard one's time."""

from typing import Any

from pydantic_core import to_json
from starlette.responses import JSONResponse


class Json(JSONResponse):
    """A document or a page of them."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - any document
        """Give its bytes: UTF-8 with no white space, as the standard one's."""
        return to_json(content)
