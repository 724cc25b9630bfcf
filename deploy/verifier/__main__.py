"""`python -m deploy.verifier`, or `python -m verifier` where the folder was copied to."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
