"""The cookie of the page's session."""

from chalicelib.web.cookie import ended_cookie, kept_cookie, refresh_token_in

DEPLOYED = {"host": "abc.execute-api.eu-central-1.amazonaws.com", "x-forwarded-proto": "https"}


def test_cookie_is_out_of_reach_of_scripts_and_other_sites_when_deployed() -> None:
    cookie = kept_cookie("token", 60, DEPLOYED)
    assert cookie == "kinosovet_refresh=token; Max-Age=60; HttpOnly; SameSite=Strict; Secure"


def test_cookie_is_kept_by_a_plain_http_page_when_it_is_on_this_machine() -> None:
    assert "Secure" not in kept_cookie("token", 60, {"host": "127.0.0.1:4566"})
    assert "Secure" in kept_cookie("token", 60, {"host": "kino.example.org"})


def test_token_is_read_back_when_other_cookies_stand_beside_it() -> None:
    assert refresh_token_in({"cookie": "theme=dark; kinosovet_refresh=a-b_c.d; x=1"}) == "a-b_c.d"


def test_there_is_no_token_when_the_cookie_is_absent_or_ended() -> None:
    assert refresh_token_in({}) is None
    assert refresh_token_in({"cookie": "kinosovet_refresh="}) is None
    assert ended_cookie(DEPLOYED).startswith("kinosovet_refresh=; Max-Age=0;")
