"""Signed notes: the specification's own example, and whatever else calls itself a note."""

import base64
import random

import pytest

from events.proof import checkpoint, inclusion, note, tree
from events.proof.chain import leaf
from events.proof.checkpoint import Checkpoint
from events.proof.inclusion import Proof
from events.proof.note import COSIGNATURE, NoteFaulty, Signer

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Z"
    "tg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SIGNER = Signer("house/suggestions/630200", bytes(range(32)))
WITNESS = Signer("witness.example/w1", bytes(range(1, 33)), COSIGNATURE)


def test_the_example_of_the_specification() -> None:
    """Its key verifies its note; nothing else does."""
    key, read = note.key(VKEY), note.read(EXAMPLE)
    assert [each.name for each, _ in note.verified(read, [key])] == ["example.com/foo"]
    assert (key.vkey, read.whole) == (VKEY, EXAMPLE)
    with pytest.raises(NoteFaulty, match="hold"):
        note.verified(note.read(EXAMPLE.replace("example message", "examp1e message")), [key])
    assert note.verified(read, [SIGNER.key]) == []


def test_what_is_signed_verifies_and_nothing_else() -> None:
    """Every character of the text counts, whoever signs; both kinds of signature."""
    text = Checkpoint("house/suggestions/630200", 7, bytes(32)).text
    lines = [SIGNER.sign(text), WITNESS.cosign(text, 1_700_000_000)]
    keys = [SIGNER.key, WITNESS.key]
    assert len(note.verified(note.read(note.signed(text, lines)), keys)) == 2
    assert note.seen_at(lines[1]) == 1_700_000_000
    for place in range(len(text) - 1):
        other = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        for key, line in zip(keys, lines, strict=True):
            assert not key.holds(other, line)


def test_a_cosignature_is_bound_to_its_time() -> None:
    """A later time under an older signature does not hold."""
    text = Checkpoint("house/suggestions/630200", 7, bytes(32)).text
    made = WITNESS.cosign(text, 1_700_000_000)
    moved = made._replace(signature=(1_800_000_000).to_bytes(8, "big") + made.signature[8:])
    assert WITNESS.key.holds(text, made)
    assert not WITNESS.key.holds(text, moved)
    assert not Signer(WITNESS.name, WITNESS.seed).key.holds(text, made)


@pytest.mark.parametrize(
    "whole",
    [
        "", "text\n", "text\n\n", "\n— a AAAAAAAA\n", EXAMPLE[:-1], EXAMPLE + "\n",
        EXAMPLE.replace("— ", "- "), EXAMPLE.replace("Uw2Q", "Uw2Q "),
        EXAMPLE.replace("message", "mess\x07ge"), EXAMPLE.replace("=\n", "\n"),
        "text\n\n— a AAAA\n", "text\n\n" + "— a AAAAAAAA\n" * 65, EXAMPLE.replace("\n\n", "\r\n\r\n"),
    ],
)  # fmt: skip
def test_what_is_no_note(whole: str) -> None:
    """It is refused before anything in it is looked at."""
    with pytest.raises(NoteFaulty):
        note.read(whole)


@pytest.mark.parametrize(
    "vkey",
    ["", "a", VKEY + "=", VKEY.replace("530d903a", "530d903b"), VKEY.replace("foo", "fop"),
     VKEY.replace("+Aeky", "+Beky"), "a b" + VKEY, VKEY[:-4]],
)  # fmt: skip
def test_what_is_no_key(vkey: str) -> None:
    """The id must be that of name, type and key."""
    with pytest.raises(NoteFaulty):
        note.key(vkey)


@pytest.mark.parametrize(
    "text",
    ["", "o\n1\n", "o\n01\n{r}\n", "o\n-1\n{r}\n", "\n1\n{r}\n", "o\n1\nAAAA\n", "o\n1\n{r}", "o\n1\n{r}\n\n",
     "o\n1\n" + "A" * 42 + "B=\n"],
)  # fmt: skip
def test_what_is_no_checkpoint(text: str) -> None:
    """Three lines in their one form; a hash has one way to be written."""
    with pytest.raises(NoteFaulty):
        checkpoint.read(text.format(r=base64.b64encode(bytes(32)).decode()))


def proof(size: int, index: int) -> Proof:
    """Give the proof of an entry in a tree of so many."""
    entries = [f"entry {each}".encode() for each in range(size)]
    hashes = tree.over([leaf(each) for each in entries])
    point = Checkpoint(SIGNER.name, size, tree.root(size, hashes))
    whole = note.read(note.signed(point.text, [SIGNER.sign(point.text)]))
    path = tuple(tree.folded(span, hashes) for span in tree.inclusion(index, size))
    return Proof(entries[index], index, path, whole)


def test_a_proof_travels_as_text_and_holds() -> None:
    """Written, read and written again it is the same; it says whose entry it is."""
    made = proof(300, 41)
    assert inclusion.read(made.text) == made
    assert inclusion.verified(inclusion.read(made.text), [SIGNER.key]).size == 300
    stranger = Signer("house/suggestions/630222", SIGNER.seed)
    for keys in ([], [stranger.key], [WITNESS.key], [Signer(SIGNER.name, bytes(32)).key]):
        with pytest.raises(NoteFaulty, match="trusted"):
            inclusion.verified(made, keys)


def test_no_other_text_is_a_proof() -> None:
    """Of 3,000 files with one character changed: none but the same is believed."""
    text, chance = proof(300, 41).text, random.Random(1)
    for _ in range(3_000):
        place = chance.randrange(len(text))
        other = text[:place] + chance.choice("AZaz09+/=\n ") + text[place + 1 :]
        if other == text:
            continue
        with pytest.raises(NoteFaulty):
            inclusion.verified(inclusion.read(other), [SIGNER.key])
