"""What an eye, a hand and a screen reader find wrong on a page that is open in a browser."""

from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page

from tests.rulebook import HOUSE

AXE = HOUSE / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDTHS = (360, 768, 1280, 1920)
FINGER = 44
TABS = 4

RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((each) => each.target).join(", ")}`);
}"""
WIDE = """() => {
  const room = document.documentElement.clientWidth, found = document.documentElement.scrollWidth;
  if (found <= room) return [];
  const wide = [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > room + 1).slice(-3);
  return [`${found} > ${room}: ${wide.map((each) => each.outerHTML.slice(0, 80)).join(" | ")}`];
}"""
SMALL = """(least) => [...document.querySelectorAll("button, .button, nav.nav a, summary, select, input")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each.closest(".pick label") ?? each, each.outerHTML.slice(0, 90)])
  .map(([each, said]) => [each.getBoundingClientRect(), said])
  .filter(([box]) => box.width > 0 && (Math.round(box.height) < least || Math.round(box.width) < least))
  .map(([box, said]) => `${Math.round(box.width)}×${Math.round(box.height)} ${said}`)"""
FOCUSED = """() => {
  const each = document.activeElement, style = getComputedStyle(each);
  if (each === document.body) return "";
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return seen ? "seen" : `unseen: ${each.outerHTML.slice(0, 90)}`;
}"""
HEADS = """() => {
  const count = (what) => document.querySelectorAll(what).length;
  return [document.title, count("h1"), count("main"), document.documentElement.lang];
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


async def axe(page: Page) -> Sequence[str]:
    """Give what breaks WCAG 2.2, level A or AA."""
    await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(RUN_AXE, STANDARD)
    return found


async def wide(page: Page) -> list[str]:
    """Give what sticks out to the right, at any width and in letters of twice the size."""
    height, found = (page.viewport_size or {"height": 900})["height"], list[str]()
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": height})
        found += [f"at {width}: {each}" for each in await page.evaluate(WIDE)]
    await page.set_viewport_size({"width": 1280, "height": height})
    await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    found += [f"at 200 %: {each}" for each in await page.evaluate(WIDE)]
    await page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    return found


async def small(page: Page) -> list[str]:
    """Give what a finger cannot hit well on a phone; links inside a text may be small."""
    await page.set_viewport_size({"width": 390, "height": 844})
    found: list[str] = await page.evaluate(SMALL, FINGER)
    return found


async def unseen(page: Page) -> list[str]:
    """Give what gets the focus without showing it, among the first things the Tab key reaches."""
    found = list[str]()
    await page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    for _ in range(TABS):
        await page.keyboard.press("Tab")
        found.append(await page.evaluate(FOCUSED))
    return [each for each in found if each not in {"", "seen"}] or ([] if "seen" in found else ["no focus"])


async def faults(page: Page) -> list[str]:
    """Give all that is wrong with the page at a desk, on a phone, on a wall and for a screen reader."""
    return [*await axe(page), *await unseen(page), *await wide(page), *await small(page)]


async def photographed(page: Page, to: Path) -> int:
    """Take a picture of the whole page; give its size in bytes."""
    return len(await page.screenshot(path=to, full_page=True))
