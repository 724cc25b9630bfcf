"""The Merkle tree against the vectors of RFC 6962's own test suite, and against whoever forges proofs."""

import random
from hashlib import sha256

import pytest

from events.proof import tiles, tree
from events.proof.chain import leaf

INPUTS = [
    bytes.fromhex(each)
    for each in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
LEAVES = [leaf(each) for each in INPUTS]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSIONS = {
    (0, 1): (), (0, 8): (A, B, C), (5, 8): (D, E, ROOTS[3]), (2, 3): (ROOTS[1],), (1, 5): (ROOTS[0], B, D),
}  # fmt: skip
CONSISTENCIES = {(1, 1): (), (1, 8): (A, B, C), (6, 8): (F, E, ROOTS[3]), (2, 5): (B, D)}


def at(size: int) -> tree.Hashes:
    """Give the hashes of the tree over the first inputs."""
    return tree.over(LEAVES[:size])


def path(spans: list[tree.Span], size: int) -> list[bytes]:
    """Give the hashes of a proof."""
    return [tree.folded(span, at(size)) for span in spans]


def test_roots() -> None:
    """The roots over the eight inputs of the reference, and that of nothing."""
    assert tree.root(0, at(0)) == sha256(b"").digest()
    assert [tree.root(size, at(size)).hex() for size in range(1, 9)] == list(ROOTS)


@pytest.mark.parametrize(("case", "expected"), INCLUSIONS.items())
def test_inclusion(case: tuple[int, int], expected: tuple[str, ...]) -> None:
    """Audit paths of the reference."""
    assert tuple(each.hex() for each in path(tree.inclusion(*case), case[1])) == expected


@pytest.mark.parametrize(("case", "expected"), CONSISTENCIES.items())
def test_consistency(case: tuple[int, int], expected: tuple[str, ...]) -> None:
    """Consistency proofs of the reference."""
    assert tuple(each.hex() for each in path(tree.consistency(*case), case[1])) == expected


def test_what_cannot_be_proven() -> None:
    """A leaf that is not there, a tree that grew out of a larger one."""
    for case in ((1, 1), (-1, 4)):
        with pytest.raises(ValueError, match="no leaf"):
            tree.inclusion(*case)
    with pytest.raises(ValueError, match="grow"):
        tree.consistency(5, 4)


def test_every_proof_of_every_size_holds() -> None:
    """All leaves and all pairs of sizes up to 70; the numbers of leaves are what goes wrong."""
    leaves = [leaf(bytes([each])) for each in range(70)]
    roots = [tree.root(size, tree.over(leaves)) for size in range(71)]
    for size in range(1, 71):
        hashes = tree.over(leaves[:size])
        for index in range(size):
            found = [tree.folded(span, hashes) for span in tree.inclusion(index, size)]
            assert tree.included(leaves[index], index, size, found, roots[size])
        for old in range(size + 1):
            found = [tree.folded(span, hashes) for span in tree.consistency(old, size)]
            assert tree.consistent(old, roots[old], size, roots[size], found)


def mutated(chance: random.Random, found: list[bytes]) -> list[bytes]:
    """Change a path in one of the ways in which paths are forged; never into itself."""
    changed = list(found)
    match chance.randrange(5):
        case 0 if changed:
            place = chance.randrange(len(changed))
            bit = 1 << chance.randrange(256)
            changed[place] = (int.from_bytes(changed[place], "big") ^ bit).to_bytes(32, "big")
        case 1 if changed:
            del changed[chance.randrange(len(changed))]
        case 2 if len(changed) > 1:
            one, two = chance.sample(range(len(changed)), 2)
            changed[one], changed[two] = changed[two], changed[one]
        case 3 if changed:
            changed[0] = changed[0][:31]
        case _:
            changed.insert(chance.randrange(len(changed) + 1), chance.randbytes(32))
    return changed


def test_no_mutated_proof_is_accepted() -> None:
    """Of 200,000 forged proofs of inclusion and consistency: none."""
    chance, accepted, tried = random.Random(6962), 0, 0
    leaves = [leaf(chance.randbytes(9)) for _ in range(600)]
    sizes = [2, 3, 7, 8, 64, 65, 255, 256, 257, 511, 600]
    roots = {size: tree.root(size, tree.over(leaves)) for size in range(601)}
    while tried < 200_000:
        size = chance.choice(sizes)
        index, old = chance.randrange(size), chance.randrange(1, size)
        hashes = tree.over(leaves[:size])
        one = [tree.folded(span, hashes) for span in tree.inclusion(index, size)]
        two = [tree.folded(span, hashes) for span in tree.consistency(old, size)]
        for _ in range(40):
            accepted += tree.included(leaves[index], index, size, mutated(chance, one), roots[size])
            accepted += tree.consistent(old, roots[old], size, roots[size], mutated(chance, two))
            other = chance.randrange(size)
            if leaves[other] != leaves[index]:
                accepted += tree.included(leaves[other], index, size, one, roots[size])
            accepted += tree.consistent(old, roots[other], size, roots[size], two) and other != old
            tried += 4
    assert (accepted, tried >= 200_000) == (0, True)


def test_tiles_and_edge_give_the_hashes_of_the_tree() -> None:
    """A tree grown in uneven steps: its edge gives the root, its full tiles the proofs."""
    leaves = [sha256(each.to_bytes(4, "big")).digest() for each in range(70_000)]
    edge: tiles.Edge = ()
    full, size, whole = dict[tiles.Address, bytes](), 0, tree.over(leaves)
    for step in (1, 5, 250, 256, 300, 4_000, 60_000, 5_188):
        edge, filled = tiles.grown(edge, size, leaves[size : size + step])
        full |= filled
        size += step
        assert tree.root(size, tiles.at({}, edge)) == tree.root(size, whole)
        spans = [*tree.inclusion(size // 3, size), *tree.consistency(size // 2 + 1, size)]
        hashes = tiles.at({each: full[each] for each in tiles.needed(spans, size)}, edge)
        assert [tree.folded(each, hashes) for each in spans] == [tree.folded(each, whole) for each in spans]
    assert [len(each) // 32 for each in edge] == [112, 17, 1]
    assert sorted({level for level, _ in full}) == [0, 1]
    assert len(full) == 273 + 1


@pytest.mark.parametrize(
    ("index", "width", "written"),
    [
        (0, 256, "000"), (273, 112, "273.p/112"), (1_000, 256, "x001/000"), (999, 1, "999.p/1"),
        (1_234_067, 256, "x001/x234/067"), (1_234_067, 3, "x001/x234/067.p/3"),
    ],
)  # fmt: skip
def test_a_tile_is_numbered_as_the_specification_says(index: int, width: int, written: str) -> None:
    """Three digits a part, all but the last after an x."""
    assert tiles.numbered(index, width) == written
    assert tiles.read(written) == (index, width)


@pytest.mark.parametrize(
    "written",
    ["", "0", "00", "x000/001", "1000", "273.p/0", "273.p/256", "273.p/01", "x001", "001/x002", "-01",
     "\u0660\u0660\u0660", "000.p/", "x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_any_other_number_of_a_tile_is_none(written: str) -> None:
    """One tile has one address."""
    assert tiles.read(written) is None
