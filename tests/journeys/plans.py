"""Two thousand commands of many kinds, as journeys: what one does after the other with one thing."""

import itertools
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Step = dict[str, Any]
OPINIONS_UP, TRANSFERRED, ANSWERED, CASES, COURSES = 170, 60, 40, 80, 40
CANCELLED = 2
DEPUTIES = (
    "deputy-ma", "deputy-li-yannong", "deputy-zhang-guizhi", "deputy-qi-shengcai",
)  # fmt: skip


class Planner:
    """Writes journeys, the same from the same seed."""

    def __init__(self, seed: int, mandates: Mapping[str, str], station: str) -> None:
        self._chance, self._mandates, self._station = random.Random(seed), mandates, station
        self._numbers = itertools.count(1)

    def journeys(self) -> Sequence[Sequence[Step]]:
        """Give all journeys, shuffled."""
        found = [
            *(list(self.taken_up(n)) for n in range(OPINIONS_UP)),
            *(list(self.transferred()) for _ in range(TRANSFERRED)),
            *(list(self.answered()) for _ in range(ANSWERED)),
            *(list(self.case(n)) for n in range(CASES)),
            *(list(self.course()) for _ in range(COURSES)),
        ]
        self._chance.shuffle(found)
        return found

    def step(self, who: str, do: str, **body: Any) -> Step:  # noqa: ANN401 - JSON
        """Give one command with a key of its own."""
        key = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        return {"who": who, "do": do, "body": body, "key": key}

    def words(self, text: str) -> str:
        """Give a text that stands nowhere else."""
        return f"示例{text}第{next(self._numbers)}号"

    def given(self, n: int = 1) -> Step:
        """Give an opinion, every second one as a citizen without account."""
        words = self.words("意见")
        who = "" if n % 2 else "deputy-chao-yueying"
        return self.step(who, "giveOpinion", station=self._station, words=words, anonymous=True)

    def taken_up(self, n: int) -> Iterator[Step]:
        """Let a deputy of the station take an opinion up: a reaction makes a draft of it."""
        yield self.given(n)
        yield self.step("deputy-ma", "escalateOpinion")

    def transferred(self) -> Iterator[Step]:
        """Let a unit answer an opinion that was passed to it."""
        yield self.given(0)
        yield self.step("staff", "transferOpinion", unit="housing", note=self.words("转办"))
        yield self.step("unit-housing", "answerOpinion", text=self.words("答复"))

    def answered(self) -> Iterator[Step]:
        """Let the station answer."""
        yield self.given(0)
        yield self.step("station", "answerOpinion", text=self.words("答复"))

    def case(self, n: int) -> Iterator[Step]:
        """Lead a suggestion from its first word to its end."""
        lead, second = DEPUTIES[n % len(DEPUTIES)], DEPUTIES[(n + 1) % len(DEPUTIES)]
        yield self.step(lead, "draftSuggestion", title=self.words("标题"), text=self.words("正文"))
        yield self.step(lead, "reviseDraft", title=self.words("标题"), text=self.words("正文"))
        yield self.step(lead, "inviteCosigner", mandate=self._mandates[second])
        yield self.step(second, "cosign")
        yield self.step(lead, "submitSuggestion")
        yield self.step("staff-review", "admitSuggestion", category="城乡建设")
        yield self.step("staff", "registerSuggestion")
        handlers = [{"unit": "housing", "part": "sole"}]
        yield self.step("staff", "assignSuggestion", handlers=handlers, manner="by_letter")
        yield self.step("unit-housing", "receiveAssignment")
        met = {"kind": "before", "mode": "telephone", "summary": self.words("沟通")}
        yield self.step("unit-housing", "recordContact", **met)
        yield self.step(lead, "confirmContact", contact=1)
        reply = {"reply_class": "in_progress", "text": self.words("答复")}
        yield self.step("unit-housing", "replyToSuggestion", **reply)
        rated = {"attitude": "satisfied", "result": "satisfied", "comment": self.words("评价")}
        yield self.step(lead, "rateReply", **rated)
        yield self.step("staff", "closeSuggestion")

    def course(self) -> Iterator[Step]:
        """Plan a course, take places and give some back."""
        about = {"title": self.words("培训"), "mode": "online", "topic": "budget", "minutes": 90,
                 "starts": "2025-09-01T09:00:00+08:00", "place": "线上", "capacity": 100}  # fmt: skip
        yield self.step("staff-training", "planCourse", **about)
        for mandate in self._mandates.values():
            yield self.step("staff-training", "enrol", mandate=mandate)
        for mandate in list(self._mandates.values())[:CANCELLED]:
            yield self.step("staff-training", "cancelEnrolment", mandate=mandate)
