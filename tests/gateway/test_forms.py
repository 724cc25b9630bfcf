from uuid import uuid4

import pytest

from gateway.session.forms import Forms, acceptable_anonymous_key

SECRET = bytes(range(32))


def test_a_form_key_is_good_for_its_station_only() -> None:
    """128 random bits, signed for the station; neither changed nor taken elsewhere."""
    forms = Forms(SECRET)
    key = forms.issue_form_key("station-1")
    assert len(key) == 66
    assert key != forms.issue_form_key("station-1")
    assert forms.check_form_key(key, "station-1")
    assert not forms.check_form_key(key, "station-2")
    assert not Forms(bytes(32)).check_form_key(key, "station-1")
    assert not forms.check_form_key(forms.new_stranger(), "")
    assert not forms.is_stranger(forms.issue_form_key(""))
    for at in range(len(key)):
        other = "A" if key[at] != "A" else "B"
        assert not forms.check_form_key(key[:at] + other + key[at + 1 :], "station-1")
    with pytest.raises(ValueError, match="32"):
        Forms(b"short")


def test_without_account_a_key_is_a_random_uuid() -> None:
    """Versions 4 and 7 are taken; what can be guessed is refused."""
    good = [str(uuid4()), str(uuid4()).upper(), "01890a5d-ac96-774b-bcce-b302099a8057"]
    weak = ["", "1", uuid4().hex, f"{{{uuid4()}}}", f"{uuid4()}\n"]
    weak += ["a8098c1a-f86e-11da-bd1a-00112444be1e", "00000000-0000-0000-0000-000000000000"]
    assert all(map(acceptable_anonymous_key, good))
    assert not any(map(acceptable_anonymous_key, weak))
