from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.pages.drafts import kept
from gateway.pages.framing import Page
from gateway.rendering import Rendering
from services.chassis import problems
from services.chassis.problems import Problem

ROOM = Rendering()
DRAFT = {"stage": "drafted", "title": {"text": "供热"}, "text": {"text": "旧管网"}, "etag": '"3"'}
WORDS = {"title": "供热", "text": "旧管网漏水"}
WRONG = Problem(
    422, "unreadable", "内容不符合要求。", "It does not fit.",
    errors=({"field": "title", "fault": "missing"}, {"field": "text", "fault": "string_too_long"}),
)  # fmt: skip


class Writing:
    """A deputy's page, as far as saving by itself needs one."""

    congress, key, house = "630200", "k" * 32, {"now": "2025-05-20T09:00:00+08:00"}

    def __init__(self, draft: Mapping[str, Any] = DRAFT, no: Problem | None = None) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.visitor = SimpleNamespace(language="zh")
        self.front = SimpleNamespace(rendering=ROOM)
        self._draft, self._no = draft, no

    async def get(self, _operation: str, _thing: str) -> Mapping[str, Any]:
        return self._draft

    async def act(self, *command: object) -> Mapping[str, Any]:
        self.sent.append(command)
        if self._no:
            raise self._no
        return {"receipt": {"recorded": "2025-05-20T06:30:00Z"}}


async def said(writing: Writing, body: Mapping[str, str] = WORDS) -> tuple[int, str]:
    """What the line under the form says, and its status."""
    answer = await kept(cast("Page", writing), "1", body)
    return answer.status_code, bytes(answer.body).decode()


async def test_words_are_saved_under_a_key_of_the_house() -> None:
    """草稿自动保存：按所见的版本保存，并说出保存的时间"""
    writing = Writing()
    assert await said(writing) == (200, "草稿已自动保存，2025年5月20日 14:30。")
    assert writing.sent == [("reviseDraft", "1", WORDS, "k" * 32, '"3"')]


async def test_words_already_saved_make_no_entry() -> None:
    """没有新的改动，不留记录"""
    writing = Writing()
    status, line = await said(writing, {"title": "供热", "text": "旧管网"})
    assert (status, writing.sent) == (200, [])
    assert "没有新的改动" in line


async def test_a_signature_is_never_undone_by_itself() -> None:
    """已有代表联名的，不自动保存"""
    writing = Writing({**DRAFT, "cosigners": {"mandate/3-li": "signed"}})
    status, line = await said(writing)
    assert (status, writing.sent) == (409, [])
    assert "重新确认" in line


@pytest.mark.parametrize(
    ("no", "why"),
    [(WRONG, "标题：请填写或选择；正文：文字太长，请精简"), (problems.STALE, problems.STALE.zh[:-1])],
)
async def test_what_is_missing_is_said(no: Problem, why: str) -> None:
    """没有保存的，说明缺什么；写的内容都还在"""
    assert await said(Writing(no=no)) == (no.status, f"还没有保存。{why}。您写的内容都还在。")
