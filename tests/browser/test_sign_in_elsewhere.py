"""Where viewers have no accounts here: signing in at an issuer by authorization code and PKCE, and everything that can
come back from there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fake_api import FakeApi
from tests.browser.fake_issuer import CLIENT, FakeIssuer, running_issuer
from tests.browser.fake_server import served
from tests.browser.test_accessibility import violations
from tests.browser.viewer import PHONE, Cinema, Viewer, cinema_at, until


@pytest.fixture
def issuer(api: FakeApi) -> Iterator[FakeIssuer]:
    with running_issuer(FakeIssuer(api)) as running:
        yield running


@pytest.fixture
def cinema(browser: Browser, api: FakeApi, issuer: FakeIssuer) -> Iterator[Cinema]:
    with served(api, issuer=issuer.trusted()) as address, cinema_at(browser, address) as cinema:
        issuer.page = address
        yield cinema
    assert api.strays == [], "the real API says it otherwise"
    assert not [path for _, path in api.requests if path.startswith("v1/auth")], "there are no accounts here"


def presses(viewer: Viewer) -> None:
    viewer.page.locator(".sign-in .button-main").click()


def visits(viewer: Viewer, answer: str = "#yes", screen: str = "") -> None:
    """Leaves for the issuer, and comes back with its answer."""
    viewer.open(screen)
    presses(viewer)
    viewer.page.locator(answer).click()


def signed_in(viewer: Viewer, screen: str = "") -> Viewer:
    visits(viewer, screen=screen)
    viewer.sees_list()
    return viewer


def says(viewer: Viewer, text: str) -> None:
    expect(viewer.page.locator(".sign-in [role=alert]")).to_contain_text(text)
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()


def test_a_viewer_signs_in_at_the_issuer_and_comes_back_with_a_list(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = signed_in(cinema.viewer())
    (asked,) = issuer.asked
    assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", CLIENT, cinema.address)
    assert (asked["code_challenge_method"], asked["scope"], asked["ui_locales"]) == ("S256", "openid", "ru")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) == 43 for name in ("state", "nonce", "code_challenge")), "256 bits each"
    assert viewer.page.url == f"{cinema.address}#/", "the code is in no address and no history"
    viewer.rates(0, "like")
    until(lambda: len(issuer.api.users["olga"].feedback) == 1, 5, "the like was lost")


def test_no_token_and_no_code_lies_where_a_script_finds_it(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = signed_in(cinema.viewer())
    reach = viewer.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    )
    (asked,) = issuer.asked
    for secret in [*issuer.api.access, *issuer.refresh_tokens, asked["state"], asked["nonce"]]:
        assert secret not in reach


def test_the_screen_that_was_left_is_there_again(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    visits(viewer, screen="#/mine")
    expect(viewer.page.locator(".notice h2")).to_be_visible()
    assert viewer.page.url.endswith("#/mine")


def test_a_reload_signs_in_unseen_and_leaves_no_step_in_the_history(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = signed_in(cinema.viewer())
    steps = viewer.page.evaluate("history.length")
    viewer.page.reload()
    viewer.sees_list()
    assert issuer.asked[-1]["prompt"] == "none"
    assert viewer.page.evaluate("history.length") == steps


def test_whoever_is_no_longer_signed_in_there_is_not_here_after_a_reload(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = signed_in(cinema.viewer())
    issuer.sessions.clear()
    viewer.page.reload()
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()
    expect(viewer.page.locator("[role=alert].form-error")).to_have_count(0)
    viewer.page.reload()
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()
    assert len(issuer.asked) == 2, "asked once"


def test_tokens_are_renewed_by_a_refresh_token_where_there_is_one(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = signed_in(cinema.viewer())
    issuer.api.expire_access()
    viewer.rates(0, "like")
    until(lambda: len(issuer.api.users["olga"].feedback) == 1, 5, "the like was lost")
    assert issuer.granted == ["authorization_code", "refresh_token"]


def test_tokens_are_renewed_by_a_silent_visit_where_there_is_none(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.gives_refresh_tokens, issuer.seconds = False, 900
    viewer = cinema.viewer()
    viewer.page.clock.install()
    signed_in(viewer)
    viewer.page.clock.fast_forward("14:40")
    viewer.page.evaluate("location.hash = '#/mine'")
    expect(viewer.page.locator(".notice h2")).to_be_visible()
    assert issuer.asked[-1]["prompt"] == "none"
    assert viewer.page.url.endswith("#/mine")


def test_an_identity_token_is_sent_where_the_access_token_is_for_nobody(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.opaque_access = True
    signed_in(cinema.viewer())


def test_another_tab_is_signed_in_and_out_with_this_one(cinema: Cinema, issuer: FakeIssuer) -> None:
    viewer = cinema.viewer()
    viewer.open()
    other = viewer.context.new_page()
    viewer.watch(other)
    other.goto(viewer.address)
    expect(other.locator(".sign-in .button-main")).to_be_visible()
    presses(viewer)
    viewer.page.locator("#yes").click()
    expect(other.locator(".row .card").first).to_be_visible()
    viewer.open("#/account")
    viewer.page.locator("[aria-labelledby=settings-title] > .button").click()
    expect(other.locator(".sign-in .button-main")).to_be_visible()
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()
    assert not issuer.sessions, "a shared computer: signed out there too"


@pytest.mark.parametrize(
    "changed",
    [{"state": "another"}, {"iss": "https://evil.example"}, {"code": "nobody's"}],
    ids=lambda one: next(iter(one)),
)
def test_a_wrong_state_issuer_or_code_brings_nobody_in(
    cinema: Cinema, issuer: FakeIssuer, changed: dict[str, str]
) -> None:
    issuer.changed = changed
    viewer = cinema.viewer("en")
    visits(viewer)
    says(viewer, "didn't work out")
    assert not issuer.api.access
    assert "code=" not in viewer.page.url
    issuer.changed = {}
    presses(viewer)
    viewer.sees_list()


def test_an_identity_token_for_another_request_brings_nobody_in(cinema: Cinema, issuer: FakeIssuer) -> None:
    for wrong in ({"nonce": "another"}, {"iss": "https://evil.example"}):
        issuer.claims = wrong
        viewer = cinema.viewer("en")
        visits(viewer)
        says(viewer, "didn't work out")
        issuer.sessions.clear()


def test_a_strangers_link_brings_nobody_in_and_nobody_out(cinema: Cinema, issuer: FakeIssuer) -> None:
    link = f"{cinema.address}?state=theirs&code=theirs"
    viewer = cinema.viewer("en")
    viewer.page.goto(link)
    says(viewer, "didn't work out")
    assert issuer.granted == []
    signed_in(viewer)
    viewer.page.goto(link)
    viewer.sees_list()


def test_whoever_refuses_there_is_asked_again_here(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    visits(viewer, "#no")
    says(viewer, "didn't work out")


def test_tokens_that_the_api_does_not_believe_lead_in_no_circle(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.is_unknown = True
    viewer = cinema.viewer("en")
    visits(viewer)
    says(viewer, "could not be confirmed here")
    viewer.page.reload()
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()
    assert len(issuer.asked) == 1


def test_a_token_taken_back_at_once_leads_in_no_circle(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.gives_refresh_tokens = False
    viewer = signed_in(cinema.viewer())
    issuer.is_unknown = True
    issuer.api.expire_access()
    viewer.page.evaluate("location.hash = '#/mine'")
    says(viewer, "здесь это не подтвердилось")
    assert len(issuer.asked) == 1


def test_an_issuer_that_is_away_is_told_and_tried_again(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.is_away = True
    viewer = cinema.viewer("en")
    viewer.open()
    presses(viewer)
    says(viewer, "doesn't answer")
    issuer.is_away = False
    presses(viewer)
    viewer.page.locator("#yes").click()
    viewer.sees_list()
    issuer.is_away = True
    viewer.page.reload()
    expect(viewer.page.locator(".notice .button")).to_be_visible()
    issuer.is_away = False
    viewer.page.locator(".notice .button").click()
    viewer.sees_list()


def test_a_recent_sign_in_is_asked_for_there_and_then_everything_goes(cinema: Cinema, issuer: FakeIssuer) -> None:
    issuer.api.is_sign_in_old = True
    viewer = signed_in(cinema.viewer())
    issuer.api.is_sign_in_old = True

    def deletes() -> None:
        viewer.page.locator("section > .button-danger").click()
        expect(viewer.page.locator("dialog[open] .button-danger")).to_be_disabled()
        viewer.page.locator("#delete-email").fill("Удалить")
        viewer.page.locator("dialog[open] .button-danger").click()

    viewer.open("#/account")
    deletes()
    viewer.page.locator("dialog[open] .button-main").last.click()
    viewer.page.locator("#yes").click()
    assert issuer.asked[-1]["prompt"] == "login"
    expect(viewer.page.locator("#delete-title")).to_be_visible()
    deletes()
    expect(viewer.page.locator(".sign-in .button-main")).to_be_visible()
    assert "olga" not in issuer.api.users


def test_the_account_shows_nothing_that_is_the_issuers(cinema: Cinema) -> None:
    viewer = signed_in(cinema.viewer())
    viewer.open("#/account")
    expect(viewer.page.locator("#delete-title")).to_be_visible()
    expect(viewer.page.locator("#current, #sessions-title, #confirm-title")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_where_viewers_sign_in_elsewhere(cinema: Cinema, issuer: FakeIssuer, theme: str) -> None:
    viewer = cinema.viewer("ru", PHONE) if theme == "light" else cinema.viewer("en", theme="dark")
    viewer.open()
    expect(viewer.page.locator(".wall .poster").last).to_be_attached()
    found = violations(viewer.page)
    issuer.is_away = True
    presses(viewer)
    expect(viewer.page.locator(".sign-in [role=alert]")).to_be_visible()
    found += violations(viewer.page)
    issuer.is_away = False
    signed_in(viewer)
    issuer.api.is_sign_in_old = True
    viewer.open("#/account")
    viewer.page.locator("[aria-labelledby=export-title] .button").click()
    expect(viewer.page.locator("dialog[open]")).to_be_visible()
    assert found + violations(viewer.page) == []


def test_nobody_is_sent_anywhere_while_no_issuer_is_named(browser: Browser, api: FakeApi) -> None:
    with served(api, issuer=None, own_accounts=False) as address, cinema_at(browser, address) as cinema:
        viewer = cinema.viewer("en")
        viewer.open()
        expect(viewer.page.locator(".sign-in")).to_contain_text("has not said where")
        expect(viewer.page.locator(".sign-in .button-main")).to_have_count(0)
