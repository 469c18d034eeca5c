import pytest

from verify.notions.sessions import IDENTITY, is_secret, says


@pytest.mark.parametrize("name", ["uid", "user_id", "userId", "is-admin", "account", "USER"])
def test_names_that_say_who(name: str) -> None:
    assert says(name, IDENTITY)


@pytest.mark.parametrize("name", ["theme", "user_theme", "user_agent", "cart", "lang", "", "used", "next_user_url"])
def test_names_that_do_not(name: str) -> None:
    assert not says(name, IDENTITY)


@pytest.mark.parametrize("name", ["password", "userPassword", "new_pwd", "card_number", "pin"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["password_changed_at", "pinned", "card_count", "", "passenger", "token"])
def test_names_of_no_secrets(name: str) -> None:
    assert not is_secret(name)
