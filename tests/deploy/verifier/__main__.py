"""Write the golden archive of the second format anew: only before it is released, never after."""

from tests.deploy.verifier.writer import GOLDEN, Congress, receipt, trust

if __name__ == "__main__":
    congress = Congress.golden()
    congress.write(GOLDEN / "archive-2.zip")
    trust(GOLDEN / "trust.toml", congress)
    ledger = congress.named("liaison")
    lines = congress.lines(ledger)
    (GOLDEN / "receipt.tlog-proof").write_bytes(receipt(lines, 5, congress.head(ledger)))
