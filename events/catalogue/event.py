"""The ground of every event: a frozen value with a literal wire name."""

from typing import Any, ClassVar

from events.catalogue.vocabulary import Value


class Event(Value):
    """Something that happened, in the past tense, with what a reader needs to know of it."""

    wire: ClassVar[str]

    def __init_subclass__(cls, wire: str = "", **options: Any) -> None:  # noqa: ANN401 - pydantic's
        """Give the class its literal wire name."""
        super().__init_subclass__(**options)
        cls.wire = wire

    def data(self) -> bytes:
        """Serialize once, absent fields left out; these bytes are stored, hashed and sent."""
        return self.model_dump_json(exclude_none=True).encode()
