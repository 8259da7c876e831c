"""The cookie of the page's session."""

import pytest

from chalicelib.web.cookie import ended_cookie, is_own_page, kept_cookie, refresh_token_in

DEPLOYED = {"host": "abc.execute-api.eu-central-1.amazonaws.com", "x-forwarded-proto": "https"}
OWN = {"host": "kino.example.org"}


def test_cookie_is_out_of_reach_of_scripts_and_other_sites_when_deployed() -> None:
    cookie = kept_cookie("token", 60, DEPLOYED, "/api/v1/auth/session/login")
    assert cookie == "__Secure-kinosovet_refresh=token; Max-Age=60; HttpOnly; SameSite=Strict; Secure"


def test_cookie_is_the_hosts_own_when_the_api_stands_at_its_root() -> None:
    cookie = kept_cookie("token", 60, OWN, "/v1/auth/session/login")
    assert cookie == "__Host-kinosovet_refresh=token; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert ended_cookie(OWN, "/v1/auth/session/logout").startswith("__Host-kinosovet_refresh=; Max-Age=0; Path=/;")


def test_cookie_is_kept_by_a_plain_http_page_when_it_is_on_this_machine() -> None:
    local = kept_cookie("token", 60, {"host": "127.0.0.1:4566"}, "/v1/auth/session/login")
    assert local == "kinosovet_refresh=token; Max-Age=60; HttpOnly; SameSite=Strict"
    assert "Secure" in kept_cookie("token", 60, OWN)


@pytest.mark.parametrize("name", ["__Host-kinosovet_refresh", "__Secure-kinosovet_refresh", "kinosovet_refresh"])
def test_token_is_read_back_when_other_cookies_stand_beside_it(name: str) -> None:
    assert refresh_token_in({"cookie": f"theme=dark; {name}=a-b_c.d; x=1"}) == "a-b_c.d"


def test_there_is_no_token_when_the_cookie_is_absent_or_ended() -> None:
    assert refresh_token_in({}) is None
    assert refresh_token_in({"cookie": "kinosovet_refresh="}) is None
    assert refresh_token_in({"cookie": "another_kinosovet_refresh=a; ;=; kinosovet_refresh"}) is None
    assert ended_cookie(DEPLOYED).startswith("__Secure-kinosovet_refresh=; Max-Age=0;")


def test_a_cookie_that_comes_twice_is_nobodys() -> None:
    assert refresh_token_in({"cookie": "kinosovet_refresh=mine; kinosovet_refresh=theirs"}) is None
    assert refresh_token_in({"cookie": "__Host-kinosovet_refresh=a; x=1; __Host-kinosovet_refresh=a"}) is None


def test_the_name_that_only_this_host_can_set_counts_when_a_weaker_one_came_too() -> None:
    both = "kinosovet_refresh=planted; __Host-kinosovet_refresh=mine; __Secure-kinosovet_refresh=old"
    assert refresh_token_in({"cookie": both}) == "mine"
    twice = "kinosovet_refresh=a; kinosovet_refresh=b; __Secure-kinosovet_refresh=mine"
    assert refresh_token_in({"cookie": twice}) == "mine"


@pytest.mark.parametrize(
    ("origin", "site", "is_own"),
    [
        ("https://kino.example.org", "same-origin", True),
        ("https://kino.example.org", None, True),
        (None, None, True),  # no browser
        ("https://films.example.org", "same-origin", True),  # the API hears its own host behind a proxy
        ("https://evil.example", None, False),
        ("https://evil.example", "cross-site", False),
        ("https://kino.example.org.evil.example", None, False),
        ("https://other.example.org", "same-site", False),
        ("null", None, False),
        ("null", "same-origin", False),
        ("", None, False),
        (None, "cross-site", False),
        (None, "same-site", False),
    ],
)
def test_another_sites_page_is_told_by_what_its_browser_says(
    origin: str | None, site: str | None, is_own: bool
) -> None:
    said = {"origin": origin, "sec-fetch-site": site}
    assert is_own_page(OWN | {name: value for name, value in said.items() if value is not None}) is is_own
