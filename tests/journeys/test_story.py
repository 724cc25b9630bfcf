"""The story of an opinion, walked with clicks by everybody whom it concerns, to a yes and to a no."""

import re
from dataclasses import dataclass

import pytest

from tests.journeys.browser import DESKTOP, PHONE, Door, Person, t
from tests.journeys.visiting import CITY

pytestmark = [pytest.mark.browser, pytest.mark.serial, pytest.mark.timeout(200)]
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
STATION, DEPUTY, COSIGNER = "平安街道人大代表联络站", "马兰芳", "李砚农（平安区代表团）"
UNIT, CATEGORY, RECESS = "海东市住房和城乡建设局", "城乡建设", "三届2025年闭会期间"
MOST_BYTES = 20 * 1024
CODE = re.compile(r"/receipts/([a-z0-9]{26})$")
Counted = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Plea:
    """What is said, and what it becomes; the words stand nowhere else in the house."""

    name: str

    @property
    def words(self) -> str:
        """Give the citizen's words."""
        return f"示例：{self.name}小区东门的路灯坏了两个月，晚上看不见路。"

    @property
    def title(self) -> str:
        """Give the title of the suggestion made of them."""
        return f"关于修好{self.name}小区东门路灯的建议"


async def light(citizen: Person) -> None:
    """A citizen's page is small, and has no script but the one that draws his own number."""
    assert await citizen.page.locator('script:not([src*="/nonce.js"])').count() == 0, citizen.page.url
    assert await citizen.weight() <= MOST_BYTES, citizen.page.url


async def speak(citizen: Person, plea: Plea, deputy: str) -> str:
    """Say something at the station's page; give the code of the receipt."""
    for step in (f"/{CITY}", f"/{CITY}/stations"):
        await citizen.open(step)
        await light(citizen)
    await citizen.follow(STATION, "main")
    await light(citizen)
    await citizen.follow(t("stations.speak"))
    await light(citizen)
    await citizen.fill(words=plea.words, anonymous="yes", addressed_to=deputy)
    await citizen.press(t("stations.send"))
    await light(citizen)
    await citizen.reads(plea.words, t("opinion_stages.waiting"), t("receipts.proof_shows"))
    found = CODE.search(citizen.page.url)
    assert found
    shown = await citizen.page.locator("strong.value").inner_text()
    assert re.sub(r"\W", "", shown).lower() == found[1]
    return shown


async def own(citizen: Person) -> None:
    """Read that the entry holds the number drawn in this very browser."""
    await citizen.reads(t("receipts.nonce_same"))
    assert not await citizen.page.get_by_text(t("receipts.nonce_other")).is_visible()


async def look_up(citizen: Person, code: str, *texts: str) -> None:
    """Come back another day with nothing but the code."""
    await citizen.page.context.clear_cookies()
    await citizen.open(f"/{CITY}/receipts")
    await light(citizen)
    await citizen.fill(code=code)
    await citizen.press(t("receipts.look"))
    await citizen.reads(*texts)
    await light(citizen)


async def write(deputy: Person, plea: Plea) -> None:
    """Find the draft that came of the opinion at home, and write it."""
    await deputy.follow(t("nav.home"), "nav.nav")
    await deputy.follow(t("suggestions.untitled"), "main")
    await deputy.fill(title=plea.title, text=f"{plea.words}\n建议维修并公布报修电话。")
    await deputy.press(t("suggestions.do_revise"))
    await deputy.reads(plea.title)


async def submit(deputy: Person, plea: Plea) -> None:
    """Hand the suggestion in."""
    await at_home(deputy, plea)
    await deputy.press(t("suggestions.do_submit"))
    await deputy.reads(t("stages.submitted"))


async def at_home(person: Person, plea: Plea) -> None:
    """Go home, where the case waits, and open it."""
    await person.follow(t("nav.home"), "nav.nav")
    await person.follow(plea.title, "main")


async def cosigned(deputy: Person, cosigner: Person, plea: Plea) -> None:
    """Ask another deputy to sign; he finds the request at home and signs."""
    await deputy.unfold(t("suggestions.head_inviteCosigner"))
    await deputy.fill(mandate=COSIGNER)
    await deputy.press(t("suggestions.do_invite"))
    await deputy.reads(t("suggestions.consent_invited"))
    await at_home(cosigner, plea)
    await cosigner.press(t("suggestions.do_cosign"))
    await cosigner.reads(t("suggestions.consent_signed"))


async def taken_on(staff: Person, plea: Plea) -> None:
    """Admit, number and assign it at a meeting."""
    await at_home(staff, plea)
    await staff.fill(category=CATEGORY)
    await staff.press(t("suggestions.do_admit"))
    await staff.press(t("suggestions.do_register"))
    await staff.reads(t("stages.registered"))
    await staff.fill(handlers__0__unit=UNIT, handlers__0__part=t("parts_of.sole"), manner="at_meeting")
    await staff.press(t("suggestions.do_assign"), "#assignSuggestion")
    await staff.reads(UNIT, t("stages.assigned"))


async def handled(unit: Person, deputy: Person, plea: Plea) -> None:
    """Sign for it, speak with the deputy, who says so too, and reply."""
    await unit.follow(t("nav.inbox"), "nav.nav")
    await unit.follow(plea.title, "main")
    await unit.press(t("suggestions.do_receive"))
    await unit.fill(kind="before", mode="face_to_face", summary=f"到{plea.name}小区看了现场")
    await unit.press(t("suggestions.do_contact"))
    await unit.reads(t("suggestions.unconfirmed"))
    await at_home(deputy, plea)
    await deputy.press(t("suggestions.do_confirm"))
    await deputy.reads(t("suggestions.confirmed"))
    await at_home_or_inbox(unit, plea)
    await unit.fill(reply_class="resolved_or_adopted", text=f"{plea.name}小区的路灯已经修好。")
    await unit.press(t("suggestions.do_reply"))
    await unit.reads(t("stages.replied"))


async def at_home_or_inbox(unit: Person, plea: Plea) -> None:
    """Open the case from the inbox again."""
    await unit.follow(t("nav.inbox"), "nav.nav")
    await unit.follow(plea.title, "main")
    await unit.reads(t("suggestions.head_replyToSuggestion"))


async def ended(deputy: Person, staff: Person, plea: Plea) -> None:
    """Rate attitude and result; then the office closes the case."""
    await at_home(deputy, plea)
    await deputy.fill(attitude="satisfied", result="satisfied", comment="说到做到")
    await deputy.press(t("suggestions.do_rate"))
    await deputy.reads(t("stages.rated"))
    await at_home(staff, plea)
    await staff.press(t("suggestions.do_close"))
    await staff.reads(t("stages.closed"))


async def on_the_board(leader: Person, plea: Plea, stage: str) -> None:
    """Find the case among those of its unit, in the stage it has reached."""
    await leader.follow(t("nav.board"), "nav.nav")
    await leader.fill(units=UNIT, stage=t(f"stages.{stage}"))
    await leader.page.wait_for_url(f"**stage={stage}**units=housing**")
    await leader.follow(plea.title, "main")


async def counted(somebody: Person) -> Counted:
    """Read the figures of the months between the sessions."""
    await somebody.open(f"/{CITY}/figures")
    await light(somebody)
    await somebody.follow(RECESS, "main")
    cards = somebody.page.locator(".cards section")
    heads = [await each.locator("h3").inner_text() for each in await cards.all()]
    parts = [re.search(r"(\d+)/(\d+)", await each.inner_text()) for each in await cards.all()]
    return {head: (int(part[1]), int(part[2])) for head, part in zip(heads, parts, strict=True) if part}


async def moved(somebody: Person, before: Counted) -> None:
    """The figures count the case everywhere: handled, face to face, and to satisfaction."""
    expected = {name: (part + 1, whole + 1) for name, (part, whole) in before.items()}
    after = await counted(somebody)
    thrice = [name for name in after if after[name] != expected[name]]
    assert len(before) == 8
    assert [(after[name][0] - before[name][0], after[name][1] - before[name][1]) for name in thrice] == [
        (0, 1)
    ]


@SIZES
async def test_the_story(door: Door, size: tuple[int, int]) -> None:
    """A citizen's words become a suggestion, which is handled, and he reads what came of it."""
    plea = Plea("安泰" if size == DESKTOP else "祥和")
    citizen = await door.citizen(size)
    deputy, cosigner, staff, unit, leader = [
        await door.enter(login, size)
        for login in ("deputy-ma", "deputy-li-yannong", "staff", "unit-housing", "leader")
    ]
    before = await counted(citizen)
    code = await speak(citizen, plea, DEPUTY)
    await own(citizen)
    await deputy.follow(plea.words, "main")
    await deputy.unfold(t("opinions.head_escalateOpinion"))
    await deputy.press(t("opinions.do_escalate"))
    await look_up(citizen, code, t("receipts.next_escalated"), t("opinions.a_deputy", name=DEPUTY))
    await write(deputy, plea)
    await cosigned(deputy, cosigner, plea)
    await submit(deputy, plea)
    await taken_on(staff, plea)
    await on_the_board(leader, plea, "assigned")
    await handled(unit, deputy, plea)
    await ended(deputy, staff, plea)
    await on_the_board(leader, plea, "closed")
    await look_up(citizen, code, t("receipts.outcome"), f"{plea.name}小区的路灯已经修好。")
    await moved(citizen, before)


@SIZES
async def test_a_no_reaches_the_citizen(door: Door, size: tuple[int, int]) -> None:
    """What is not admitted has a ground, and the citizen reads it; his browser runs no script."""
    plea = Plea("金河" if size == DESKTOP else "银川")
    citizen = await door.citizen(size, scripts=False)
    deputy, staff = await door.enter("deputy-ma", size), await door.enter("staff", size)
    code = await speak(citizen, plea, t("stations.to_anybody"))
    await deputy.follow(t("nav.opinions"), "nav.nav")
    await deputy.reads(plea.words)
    await deputy.press(t("opinions.do_escalate"), f'li:has-text("{plea.name}")')
    await write(deputy, plea)
    await submit(deputy, plea)
    await at_home(staff, plea)
    ground = t("grounds.no_content")
    await staff.fill(ground=ground, explanation=f"{plea.name}小区的路灯属于物业保修，请向物业报修。")
    await staff.press(t("suggestions.do_refuse"))
    await staff.reads(t("stages.not_admitted"), ground)
    await look_up(citizen, code, t("receipts.outcome_not_admitted", ground=ground), "请向物业报修。")
