"""The command line: what is asked, the answer in both languages or as JSON, the exit code."""

import argparse
import base64
import binascii
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from . import erasures, exports, forks, receipts
from .proofs import content
from .report import UNREADABLE, Found, Report, Unreadable
from .telling import LANGUAGES, sentence, told, words
from .trust import Policy, policy

Asked = argparse.Namespace
Adds = Callable[..., argparse.ArgumentParser]
"""Adds a command to the parser."""
KEY = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer; give the exit code: 0 sound, 1 unsound, 2 cannot be read, 3 fork."""
    asked = parser().parse_args(arguments)
    languages = (asked.lang,) if asked.lang else LANGUAGES
    try:
        report = COMMANDS[asked.command](asked)
    except Unreadable as error:
        found = Found(error.code, error.details)
        _say(_unreadable(asked, found, languages), sys.stdout if asked.json else sys.stderr)
        return UNREADABLE
    sentences = {each: sentence(each) for each in LANGUAGES}
    _say(report.json(sentences) if asked.json else told(report, languages), sys.stdout)
    return report.exit


def _say(text: str, stream: TextIO) -> None:
    shown = text.encode("utf-8", "backslashreplace").decode()  # what was read may be no text at all
    stream.write(shown + "\n")
    stream.flush()


def _unreadable(asked: Asked, found: Found, languages: tuple[str, ...]) -> str:
    if asked.json:
        report = Report(asked.command, "", [("read", found)], unreadable=True)
        return report.json({each: sentence(each) for each in LANGUAGES})
    said = [words()["verdict.unreadable"][each] + " " + sentence(each)(found) for each in languages]
    return "\n".join(said)


def _policy(asked: Asked) -> Policy | None:
    if asked.trust is None and not getattr(asked, "unsigned", False):
        raise Unreadable("read.trust-needed")
    return policy(asked.trust) if asked.trust else None


def _trusted(asked: Asked) -> Policy:
    found = _policy(asked)
    if found is None:
        raise Unreadable("read.trust-needed")
    return found


def _receipt(asked: Asked) -> Report:
    brought = receipts.holder(asked.nonce, asked.words, asked.key)
    return receipts.receipt(asked.file, _trusted(asked), brought=brought, field=asked.field)[0]


def _consistency(asked: Asked) -> Report:
    return receipts.consistency((asked.first, asked.second), _trusted(asked), asked.proof, asked.export)


def _export(asked: Asked) -> Report:
    return exports.export(asked.file, _policy(asked))


def _figure(asked: Asked) -> Report:
    return exports.figure(asked.file, asked.published, _policy(asked), asked.occasion)


def _erasure(asked: Asked) -> Report:
    return erasures.erasure(asked.file, _policy(asked), _secret(asked))


def _secret(asked: Asked) -> bytes | None:
    if asked.key_file:
        try:
            return base64.b64decode(content(asked.key_file).strip(), validate=True)
        except binascii.Error as error:
            raise Unreadable("read.file", name=asked.key_file) from error
    return content(asked.passphrase_file).rstrip(b"\r\n") if asked.passphrase_file else None


def _fork(asked: Asked) -> Report:
    return forks.fork((asked.first, asked.second), _policy(asked), asked.to)


COMMANDS: dict[str, Callable[[Asked], Report]] = {
    "receipt": _receipt, "consistency": _consistency, "export": _export, "figure": _figure,
    "erasure": _erasure, "fork": _fork,
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Give the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="mandate-verify",
        description="履职核验工具：退出码 0 成立，1 不成立，2 无法读取，3 分叉。"
        " The auditor's tool: exit code 0 sound, 1 unsound, 2 cannot be read, 3 fork.",
    )
    each = top.add_subparsers(dest="command", required=True).add_parser
    _single(each)
    _archived(each)
    return top


def _single(each: Adds) -> None:
    receipt = _command(each, "receipt", "核验回执的证明 / verify a receipt's proof", "file")
    receipt.add_argument("--nonce", help="回执上的随机数 / the nonce on the receipt")
    receipt.add_argument("--words", type=Path, help="原文文件 / a file with the words")
    receipt.add_argument("--key", help="原文的密钥（十六进制）/ the words' key, hexadecimal")
    receipt.add_argument("--field", default="words", help="条目中的字段 / the entry's field")
    grown = _command(each, "consistency", "比较两个检查点 / compare two heads", "first", "second")
    grown.add_argument("--proof", type=Path, help="一致性证明 / a proof of consistency")
    grown.add_argument("--export", type=Path, help="档案 / an archive")


def _archived(each: Adds) -> None:
    export = _command(each, "export", "核验整个档案 / verify a whole archive", "file")
    figure = _command(each, "figure", "重算公布的数据 / count figures again", "file", "published")
    figure.add_argument("--occasion", choices=("session", "recess"), help="会议或闭会期间 / when submitted")
    erasure = _command(each, "erasure", "核验删除 / verify erasures", "file")
    erasure.add_argument("--key-file", type=Path, help="档案密钥（base64）/ the archive's key, base64")
    erasure.add_argument("--passphrase-file", type=Path, help="档案口令 / the archive's passphrase")
    fork = _command(each, "fork", "比较两个档案或证明 / compare two archives or proofs", "first", "second")
    fork.add_argument(
        "--to", type=Path, default=Path("fork-evidence"), help="证据文件夹 / evidence goes here"
    )
    for command in (export, figure, erasure, fork):
        command.add_argument("--unsigned", action="store_true", help="不核验签名 / verify no signature")


def _command(add: Adds, name: str, about: str, *files: str) -> argparse.ArgumentParser:
    made = add(name, help=about, description=about)
    for each in files:
        made.add_argument(each, type=Path)
    made.add_argument("--trust", type=Path, help="信任文件（TOML）/ the trust file")
    made.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    made.add_argument("--lang", choices=LANGUAGES, help="只用一种语言 / one language only")
    return made
