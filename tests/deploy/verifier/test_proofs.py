"""Proofs of inclusion and consistency: those of RFC 6962 hold, none that was changed does."""

import base64
from hashlib import sha256
from random import Random

import pytest

from deploy.verifier import merkle, notes
from deploy.verifier.report import Unreadable
from tests.deploy.verifier import writer

PUBLISHED = [
    bytes.fromhex(each)
    for each in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
"""The leaves of the test vectors of Certificate Transparency."""
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
TRIES = 220_000


def leaves(count: int) -> list[bytes]:
    """Give so many leaf hashes."""
    return [merkle.leaf(str(each).encode()) for each in range(count)]


def test_the_published_vectors() -> None:
    """The roots that Certificate Transparency publishes for its eight leaves."""
    hashed = [merkle.leaf(each) for each in PUBLISHED]
    frontier = merkle.Frontier()
    assert frontier.root() == sha256(b"").digest()
    for size, each in enumerate(hashed, 1):
        frontier.add(each)
        assert frontier.root().hex() == ROOTS.get(size, frontier.root().hex())
        assert frontier.root() == writer.root(hashed[:size])


def test_every_true_proof_holds() -> None:
    """All indices and all pairs of sizes up to 40, against the recursions of the RFC."""
    hashed = leaves(40)
    for size in range(1, 41):
        root = writer.root(hashed[:size])
        for index in range(size):
            path = writer.inclusion(index, hashed[:size])
            assert merkle.included(hashed[index], index, size, root, path)
            assert merkle.path(hashed[:size], index) == path
        for old in range(1, size + 1):
            path = writer.consistency(old, hashed[:size])
            assert merkle.consistent(old, writer.root(hashed[:old]), size, root, path)
        assert merkle.consistent(0, merkle.EMPTY, size, root, [])


def mutated(chance: Random, path: list[bytes], *hashes: bytes) -> tuple[list[bytes], list[bytes]]:
    """Change a path, or one of the hashes that go with it, in one of six ways."""
    path, others, way = list(path), list(hashes), chance.randrange(6)
    if way == 0 and path:
        del path[chance.randrange(len(path))]
    elif way == 1 and path:
        path.insert(chance.randrange(len(path)), chance.choice(path))
    elif way == 2:
        path.append(chance.choice(others))
    elif way == 3 and len({*path}) > 1:
        first, second = chance.sample(range(len(path)), 2)
        path[first], path[second] = path[second], path[first]
    else:
        among = path if way == 4 and path else others
        at = chance.randrange(len(among))
        flipped = bytearray(among[at])
        flipped[chance.randrange(32)] ^= 1 << chance.randrange(8)
        among[at] = bytes(flipped)
    return path, others


def test_no_mutated_proof_is_accepted() -> None:
    """220,000 of both kinds; where a change leaves all as it was, another is made."""
    chance, tried, hashed = Random(6962), 0, leaves(70)
    roots = [writer.root(hashed[:size]) for size in range(71)]
    paths = {(i, n): writer.inclusion(i, hashed[:n]) for n in range(2, 71) for i in range(n)}
    grown = {(o, n): writer.consistency(o, hashed[:n]) for n in range(2, 71) for o in range(1, n)}
    places, pairs = list(paths), list(grown)
    while tried < TRIES:
        index, size = chance.choice(places)
        path, (leaf, root) = mutated(chance, paths[index, size], hashed[index], roots[size])
        if (path, leaf, root) != (paths[index, size], hashed[index], roots[size]):
            tried += 1
            assert not merkle.included(leaf, index, size, root, path)
        other = chance.choice([each for each in (index - 1, index + 1) if 0 <= each < size])
        tried += 1
        assert not merkle.included(hashed[index], other, size, roots[size], paths[index, size])
        old, new = chance.choice(pairs)
        path, (before, after) = mutated(chance, grown[old, new], roots[old], roots[new])
        if (path, before, after) != (grown[old, new], roots[old], roots[new]):
            tried += 1
            assert not merkle.consistent(old, before, new, after, path)
    assert tried >= TRIES


def test_the_published_note() -> None:
    """The key and the note that the specification of signed notes gives as its example."""
    key = notes.key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    signature = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    raw = f"This is an example message.\n\n— example.com/foo {signature}\n".encode()
    assert notes.verified(notes.note(raw), key) == [0]
    assert notes.verified(notes.note(raw.replace(b"an", b"no", 1)), key) == [None]


def test_a_vkey_whose_id_is_not_its_own_is_none() -> None:
    """An id is computed from name, kind and key: one that is told otherwise is refused."""
    sound = writer.Signer("log.example").vkey
    name, told, packed = sound.split("+", 2)
    other = base64.b64encode(b"\x06" + base64.b64decode(packed)[1:]).decode()
    for wrong in (f"{name}+00000000+{packed}", f"x{sound}", f"{name}+{told}+{other}", name, f"{sound}="):
        with pytest.raises(Unreadable):
            notes.key(wrong)
    assert notes.key(sound).name == name


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"a\n", b"a\n\n", b"a\n\nb c\n", "a\n\n— b c\n".encode(), "a\r\n\n— b AAAAAAAA\n".encode(),
        "a\n\n— b AAAAAAAA".encode(), b"\xff\n\n", "a\n\n— b+c AAAAAAAA\n".encode(),
        ("a\n\n" + "— b AAAAAAAA\n" * 65).encode(),
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    """Control characters, missing lines, other base64, more signatures than anybody needs."""
    with pytest.raises(Unreadable):
        notes.note(raw)


@pytest.mark.parametrize("text", ["o\n01\nA\n", "o\n1\n", "\n1\nA\n", "o\n-1\nA\n", "o\n1\nAAAA\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Origin, size without leading zeros, a root of 32 bytes."""
    note = notes.Note(text.encode(), (), b"")
    with pytest.raises(Unreadable):
        notes.checkpoint(note)
