"""The command `mandate`, begun: nobody looks for garbage among what is imported, for all of it stays."""

import gc


def main() -> None:
    """Import the house, then run the command."""
    gc.disable()
    from deploy import cli  # noqa: PLC0415 - this is what takes a second

    gc.freeze()
    gc.enable()
    cli.main()
