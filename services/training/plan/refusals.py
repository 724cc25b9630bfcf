"""How we say no to what is asked of a deputy's needs."""

from services.chassis.shapes import Refusal

NO_OPEN_NEED = Refusal(
    "no-open-need",
    "该代表没有这方面的待满足培训需求。",
    "The deputy has no open need of this field.",
)
