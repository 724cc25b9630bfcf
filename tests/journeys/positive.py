"""Every operation once as it is meant: the journeys of `plans`, and what none of them does."""

import random
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from deploy import adoption
from tests.journeys import sound
from tests.journeys.plans import Planner, Step
from tests.journeys.visiting import CITY

ROLE_OF = {"deputy-ma": "deputy", "unit-housing": "unit", "staff-review": "staff", "staff-training": "staff"}
Journey = Sequence[Step]


class Positive:
    """Does everything that can be done, and notes which operations answered 2xx."""

    def __init__(
        self, client: httpx2.AsyncClient, document: Mapping[str, Any], tokens: Mapping[str, str],
        things: Mapping[str, str], mandates: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._client, self._tokens, self._things, self._mandates = client, tokens, dict(things), mandates
        self._operations = {each.id: each for each in sound.operations(document)}
        self._planner = Planner(1, mandates, things["stations"])
        self._chance, self.done, self._code = random.Random(2), set[str](), ""

    async def all(self) -> set[str]:
        """Read everything, then go every way once."""
        for each in self._operations.values():
            if each.method == "GET":
                await self.read(each)
        plan = self._planner
        for journey in (plan.taken_up(1), plan.transferred(), plan.answered(), plan.case(0), plan.course()):
            await self.go(list(journey))
        for more in (self.returned(), self.refused(), self.redone(), self.declined(), self.congress()):
            await self.go(more)
        await self.mandates()
        await self.go(self.station())
        for more in (self.opinion_ended(), self.person_ended()):
            await self.go(more)
        await self.go(await self.held())
        return self.done

    async def read(self, operation: sound.Operation) -> None:
        """Ask as everybody who may, until one is answered."""
        for role in sorted(operation.roles):
            headers = {"authorization": f"Bearer {self._tokens[role]}"} if role in self._tokens else {}
            answer = await self._client.get(operation.at(CITY, self._things), headers=headers)
            if answer.status_code == 200:
                self.done.add(operation.id)
                return

    async def go(self, journey: Journey, thing: str = "", version: int = 0) -> tuple[str, int]:
        """Take the steps of a journey one after the other with one thing."""
        for step in journey:
            path = self._operations[step["do"]].path.replace("{congress}", CITY)
            headers = {"idempotency-key": str(uuid.UUID(int=self._chance.getrandbits(128), version=4))}
            if version:
                headers["if-match"] = f'"{version}"'
            if who := step["who"]:
                headers["authorization"] = f"Bearer {self._tokens[str(ROLE_OF.get(who, who))]}"
            named = self._code if "/receipts/" in path else thing
            answer = await self._client.post(path.replace("{id}", named), json=step["body"], headers=headers)
            assert answer.status_code in {200, 201}, f"{step}: {answer.text}"
            self.done.add(step["do"])
            told = answer.json()
            thing, version = told["id"].partition("/")[2], told["version"]
            self._code = told.get("code", self._code).lower()
        return thing, version

    def until(self, last: str) -> list[Step]:
        """Give the life of a suggestion up to one step."""
        steps = list(self._planner.case(0))
        return steps[: [each["do"] for each in steps].index(last) + 1]

    def returned(self) -> Journey:
        """Give an assignment back, once refused, once approved."""
        step, reason = self._planner.step, "示例：不属本单位职责"
        return [
            *self.until("assignSuggestion"), step("unit", "requestReturn", reason=reason),
            step("staff", "refuseReturn", unit="housing", reason=reason),
            step("unit", "requestReturn", reason=reason),
            step("staff", "approveReturn", unit="housing", successor="health"),
        ]  # fmt: skip

    def refused(self) -> Journey:
        """Do not admit it."""
        ground = {"ground": "accusation", "explanation": "示例：属于控告"}
        return [*self.until("submitSuggestion"), self._planner.step("staff", "refuseAdmission", **ground)]

    def redone(self) -> Journey:
        """Have it handled again after an unsatisfied rating."""
        step = self._planner.step
        rated = {"attitude": "satisfied", "result": "unsatisfied", "comment": "示例：没有落实"}
        last = [step("deputy", "rateReply", **rated), step("staff", "orderRedo")]
        return [*self.until("replyToSuggestion"), *last]

    def declined(self) -> Journey:
        """Do not sign."""
        steps = self.until("cosign")
        return [*steps[:-1], {**steps[-1], "do": "declineCosign"}]

    def congress(self) -> Journey:
        """Found what a congress has, and let somebody in and out of a role."""
        step, role = self._planner.step, {"person": "somebody", "role": "auditor"}
        fresh = {"version": "another"}
        return [
            step("staff", "adoptRulebook", rulebook=adoption.rulebooks()[-1].model_dump(mode="json") | fresh),
            step("staff", "adoptCalendar", calendar=adoption.calendars()[0].model_dump(mode="json") | fresh),
            step("staff", "conveneSession", session=99, opens="2099-01-05", closes="2099-01-08"),
            step("staff", "listElectorate", electorate="new", kind="electing_unit", name="新单位", seats=9),
            step("staff", "formDelegation", delegation="d-new", name="新代表团"),
            step("staff", "listUnit", unit="new-unit", name="新单位", branch="government"),
            step("staff", "grantRole", **role, name="示例"), step("staff", "withdrawRole", **role),
        ]  # fmt: skip

    def opinion_ended(self) -> Journey:
        """Ask for the end of an opinion; keep it unread for a while, then delete it."""
        step, ground = self._planner.step, {"ground": "consent_withdrawn"}
        return [
            next(iter(self._planner.answered())), step("", "requestOpinionErasure", **ground),
            step("staff", "restrictOpinion", law="示例条例 第一条"), step("staff", "liftOpinionRestriction"),
            step("staff", "approveOpinionErasure"),
        ]  # fmt: skip

    def person_ended(self) -> Journey:
        """Ask for the end of a person's data: refused, then kept unread for a while, then deleted."""
        step, asked = self._planner.step, {"ground": "term_over", "reason": "示例：本人要求"}
        return [
            step("staff", "requestErasure", person="somebody", **asked),
            step("leader", "refuseErasure", reason="示例：尚需使用"),
            step("staff", "requestErasure", person="somebody", **asked),
            step("leader", "restrictPerson", law="示例条例 第一条"), step("leader", "liftPersonRestriction"),
            step("leader", "approveErasure"),
        ]  # fmt: skip

    async def mandates(self) -> None:
        """Lead one mandate to its end, another election to none."""
        step, body = self._planner.step, "示例常务委员会"
        about = {"term": 3, "name": "示例", "electorate": "new", "elected": "2025-05-06"}
        day = {"day": "2025-05-07"}
        begun = [step("staff", "electDeputy", **about), step("staff", "openCredentialsReview", **day)]
        ended = {"ground": "moved_away", "ground_day": "2025-05-08", "decision_day": "2025-05-08",
                 "decided_by": body, "announced": "2025-05-08", "announced_by": body}  # fmt: skip
        await self.go([
            *begun, step("staff", "confirmMandate", **day, body=body), step("staff", "takeUpMandate", **day),
            step("staff", "suspendMandate", ground="detained", **day, body=body),
            step("staff", "resumeMandate", **day, body=body), step("staff", "terminateMandate", **ended),
        ])  # fmt: skip
        await self.go([*begun, step("staff", "declareElectionInvalid", **day, body=body, ground="示例")])

    def station(self) -> Journey:
        """Open a station, let a deputy in and out, close it."""
        step, mandate = self._planner.step, {"mandate": next(iter(self._mandates.values()))}
        about = {"name": "新联络站", "place": "示例路", "kind": "station", "tier": "city"}
        return [
            step("staff", "openStation", **about), step("staff", "attachDeputy", **mandate),
            step("staff", "detachDeputy", **mandate), step("staff", "closeStation"),
        ]  # fmt: skip

    async def learner(self) -> str:
        """Find somebody who needs the course of the first term still."""
        headers = {"authorization": f"Bearer {self._tokens['staff']}"}
        path = f"/api/v1/{CITY}/learners?open=first_term"
        listed = (await self._client.get(path, headers=headers)).json()
        return str(listed["items"][0]["id"]).partition("/")[2]

    async def held(self) -> Journey:
        """Hold a course that has begun, and find a need met by it."""
        step, mandate = self._planner.step, self._mandates["deputy-ma"]
        plan = next(self._planner.course())
        plan["body"] |= {"starts": "2025-01-06T09:00:00+08:00"}
        attended = [{"mandate": mandate, "minutes": 60}]
        course, _ = await self.go([
            plan, step("staff", "enrol", mandate=mandate),
            step("staff", "recordAttendance", attended=attended), step("staff", "holdCourse"),
        ])  # fmt: skip
        met = step("staff", "meetNeed", topic="first_term", course=f"course/{course}")
        await self.go([met], await self.learner())
        return []
