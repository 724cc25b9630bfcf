"""What may differ from one house to the next, read once from the environment.

Names begin with `MANDATE_`: `MANDATE_MASTER_KEY_FILE=/run/secrets/master mandate up`.
"""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one process. A setting with only one real value is a constant instead.

    The master key is 32 bytes in base64, given itself or by a file. `https` says that
    browsers come over https although this process sees http: cookies are `Secure` then.
    `test_seed` and `test_clock` exist in tests only: chance is drawn from the seed, and the
    time is what stands in a file, so that two houses asked for the same write the same bytes.
    """

    model_config = SettingsConfigDict(env_prefix="MANDATE_", frozen=True, extra="ignore")

    master_key: SecretStr | None = None
    master_key_file: Path | None = None
    https: bool = False
    test_seed: SecretStr | None = None
    test_clock: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
