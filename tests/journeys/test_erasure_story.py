"""The end of words and of names, walked with clicks: asked for, decided by another, seen by who asked."""

import re

import pytest

from tests.journeys.browser import DESKTOP, PHONE, Door, Person, t
from tests.journeys.visiting import CITY

pytestmark = [pytest.mark.browser, pytest.mark.serial, pytest.mark.timeout(200)]
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
SAID = "示例：这条意见请删除，{}。"


async def given(citizen: Person, station: str, said: str) -> None:
    """Say something at a station, without a name, and stand at the receipt."""
    await citizen.open(f"/{CITY}/stations/{station}/opinion")
    await citizen.fill(words=said, anonymous="yes")
    await citizen.press(t("stations.send"))
    await citizen.reads(said)


@SIZES
async def test_a_citizen_has_his_words_deleted(door: Door, size: tuple[int, int]) -> None:
    """L9, L10: Without name and scripts, by the receipt code alone; staff decide, and it is gone."""
    said = SAID.format(size[0])
    citizen = await door.citizen(size, scripts=False)
    await given(citizen, door.house.things["stations"], said)
    receipt = citizen.page.url
    await citizen.follow(t("erasures.ask"))
    await citizen.press(t("erasures.do_ask"))
    await citizen.reads(t("forms.fault_missing"))
    await citizen.fill(ground=t("erasures.ground_consent_withdrawn"))
    await citizen.press(t("erasures.do_ask"))
    assert citizen.page.url == receipt
    await citizen.reads(t("erasures.receipt_requested"), said)

    staff = await door.enter("staff", size)
    await staff.follow(t("home.beside_erasures"))
    await staff.follow(said[:60])
    await staff.reads(t("erasures.opinion_requested"), t("erasures.ground_consent_withdrawn"))
    await staff.press(t("erasures.do_approve"))
    await staff.reads(t("erasures.opinion_erased"), t("suggestions.erased"))
    await citizen.reads(t("erasures.receipt_erased"), t("suggestions.erased"))
    assert said not in await citizen.page.content()
    door.faults[:] = [each for each in door.faults if not re.search(r": 422: |status of 422", each)]
    assert door.faults == []


async def test_a_name_is_kept_unread_and_then_deleted(door: Door) -> None:
    """L10: Staff ask for somebody out of office; a leader keeps the name closed, later deletes it."""
    staff, leader = await door.enter("staff", DESKTOP), await door.enter("leader", PHONE)
    await staff.open(f"/{CITY}/erasures")
    name = await staff.page.locator("#person option").nth(1).inner_text()
    await staff.fill(person=name, ground=t("erasures.ground_term_over"), reason="示例：本人书面要求")
    await staff.press(t("erasures.do_request"))
    await staff.reads(name, t("erasures.state_requested"))

    await leader.open(f"/{CITY}/erasures")
    await leader.reads(name)
    await leader.follow(t("erasures.decide"))
    await leader.unfold(t("erasures.head_restrictPerson"))
    await leader.fill(law="中华人民共和国档案法 第十三条")
    await leader.press(t("erasures.do_restrict"))
    await leader.reads(t("erasures.state_restricted"), t("erasures.unread"))
    await leader.unfold(t("erasures.head_liftPersonRestriction"))
    await leader.press(t("erasures.do_lift"))
    await leader.reads(name, t("erasures.state_requested"))
    await leader.unfold(t("erasures.head_approveErasure"))
    await leader.press(t("erasures.do_approve"))
    await leader.reads(t("erasures.state_erased"), t("suggestions.erased"))
    assert door.faults == []
