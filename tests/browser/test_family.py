"""Family mode: one press, on every screen at once, for viewers and strangers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.fake_api import FakeApi
from tests.browser.fake_cards import is_for
from tests.browser.fake_films import FILMS
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, Viewer, until

ADULT = next(film for film in FILMS.values() if film["age_rating"] == 18)
UNRATED = next(film for film in FILMS.values() if film["age_rating"] is None)
CHILDRENS = next(film for film in FILMS.values() if film["age_rating"] == 0)


def switch(viewer: Viewer) -> Locator:
    return viewer.page.locator(".family-switch")


def press(viewer: Viewer, *, is_on: bool) -> None:
    """Presses the switch and waits until it shows what it is."""
    switch(viewer).click()
    expect(switch(viewer)).to_have_attribute("aria-pressed", "true" if is_on else "false")


def shown_ids(viewer: Viewer) -> set[str]:
    """The films whose links stand on the screen."""
    addresses = viewer.page.locator("main a[href^='#/film/']").evaluate_all("all => all.map((one) => one.hash)")
    return {address.rpartition("/")[2] for address in addresses}


def too_adult(film_ids: set[str]) -> list[str]:
    return [FILMS[film_id]["title_en"] for film_id in film_ids if not is_for(FILMS[film_id], 12)]


def sees_only_family_films(viewer: Viewer) -> None:
    """Waits for films, none of which is too adult."""
    expect(viewer.page.locator("main .card").first).to_be_visible()
    until(lambda: bool(shown_ids(viewer)) and not too_adult(shown_ids(viewer)), 5, str(too_adult(shown_ids(viewer))))


@pytest.fixture(params=["viewer", "stranger"])
def somebody(cinema: Cinema, request: pytest.FixtureRequest) -> Callable[[Language], Viewer]:
    def come(language: Language = "en") -> Viewer:
        viewer = cinema.viewer(language)
        if request.param == "viewer":
            viewer.register()
        else:
            viewer.open()
        return viewer

    return come


def test_search_film_and_similar_obey_at_once_when_the_switch_is_pressed(
    somebody: Callable[[Language], Viewer],
) -> None:
    viewer = somebody("en")
    viewer.open("#/search")
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    assert too_adult(shown_ids(viewer))
    press(viewer, is_on=True)
    sees_only_family_films(viewer)
    viewer.open(f"#/film/{CHILDRENS['film_id']}")
    expect(viewer.page.locator(".film h1")).to_have_text(CHILDRENS["title_en"])
    sees_only_family_films(viewer)
    press(viewer, is_on=False)
    until(lambda: bool(too_adult(shown_ids(viewer))), 5, "nothing else is like it again")
    viewer.open("#/search")
    until(lambda: bool(too_adult(shown_ids(viewer))), 5, "still narrowed")


@pytest.mark.parametrize("film", [ADULT, UNRATED], ids=["18", "unrated"])
def test_a_film_that_is_too_adult_is_said_to_be_hidden_kindly(
    somebody: Callable[[Language], Viewer], film: dict[str, str]
) -> None:
    viewer = somebody("en")
    viewer.open(f"#/film/{film['film_id']}")
    expect(viewer.page.locator(".film h1")).to_have_text(film["title_en"])
    press(viewer, is_on=True)
    expect(viewer.page.locator(".notice h2")).to_have_text("Not shown in family mode")
    expect(viewer.page.locator(".notice")).to_contain_text("up to 12+")
    expect(viewer.page.get_by_role("alert")).to_have_count(0)
    press(viewer, is_on=False)
    expect(viewer.page.locator(".film h1")).to_have_text(film["title_en"])


def test_it_is_still_on_when_the_page_is_loaded_again(somebody: Callable[[Language], Viewer]) -> None:
    viewer = somebody("ru")
    press(viewer, is_on=True)
    expect(viewer.page.locator(".message")).to_contain_text("Семейный режим: показываем фильмы до 12+")
    viewer.open("#/search")
    viewer.page.reload()
    expect(switch(viewer)).to_have_attribute("aria-pressed", "true")
    expect(switch(viewer)).to_have_accessible_name("Семья 12+: только фильмы до 12+")
    sees_only_family_films(viewer)


def test_home_and_profile_obey_when_a_viewer_presses_it(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.rates(0, "like")
    assert too_adult(shown_ids(viewer))
    press(viewer, is_on=True)
    assert api.users[viewer.email].age_limit == 12
    sees_only_family_films(viewer)
    press(viewer, is_on=False)
    assert api.users[viewer.email].age_limit is None
    until(lambda: bool(too_adult(shown_ids(viewer))), 5, "still narrowed")


def test_it_is_off_again_when_pressed_twice_in_a_row(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.delay_seconds = 0.2
    switch(viewer).dblclick()
    expect(viewer.page.locator(".message")).to_contain_text("Family mode is off")
    expect(switch(viewer)).to_have_attribute("aria-pressed", "false")
    assert api.users[viewer.email].age_limit is None


def test_it_stays_as_it_was_and_says_so_when_it_cannot_be_kept(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.fail("PATCH", "v1/me", 503)
    switch(viewer).click()
    expect(viewer.page.get_by_role("alert")).to_contain_text("busy")
    expect(switch(viewer)).to_have_attribute("aria-pressed", "false")


def test_a_strangers_choice_goes_with_them_when_they_register(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.open()
    press(viewer, is_on=True)
    viewer.register()
    assert api.users[viewer.email].age_limit == 12
    sees_only_family_films(viewer)
    viewer.signs_out()
    expect(switch(viewer)).to_have_attribute("aria-pressed", "true")


def test_the_profile_speaks_when_somebody_signs_in(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.signs_out()
    press(viewer, is_on=True)
    viewer.signs_in()
    expect(switch(viewer)).to_have_attribute("aria-pressed", "false")


def test_other_tabs_follow_when_it_is_pressed_in_this_one(somebody: Callable[[Language], Viewer]) -> None:
    viewer = somebody("en")
    other = viewer.context.new_page()
    viewer.watch(other)
    other.goto(f"{viewer.address}#/search")
    expect(other.locator(".grid .card").first).to_be_visible()
    press(viewer, is_on=True)
    expect(other.locator(".family-switch")).to_have_attribute("aria-pressed", "true")
    first = Viewer(other, viewer.address, "en")
    sees_only_family_films(first)


def test_a_search_without_results_names_the_mode_as_a_reason(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.open(f"#/search?query={ADULT['title_en'].split()[-1]}")
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    press(viewer, is_on=True)
    expect(viewer.page.locator(".notice")).to_contain_text("Family mode shows films rated up to 12+")


def test_an_empty_home_names_the_mode_as_a_reason(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    token = {"authorization": f"Bearer {next(iter(api.access))}"}
    for film_id in (film_id for film_id, film in FILMS.items() if is_for(film, 12)):
        api.handle("PUT", f"v1/feedback/{film_id}", token, {"rating": "seen"})
    viewer.page.reload()
    viewer.sees_list()
    press(viewer, is_on=True)
    expect(viewer.page.locator(".notice")).to_contain_text("Family mode shows films rated up to 12+")


def test_it_is_pressed_when_there_is_only_a_keyboard(cinema: Cinema) -> None:
    viewer = cinema.viewer("en", PHONE)
    viewer.open()
    switch(viewer).focus()
    viewer.page.keyboard.press("Space")
    expect(switch(viewer)).to_have_attribute("aria-pressed", "true")
    expect(switch(viewer)).to_be_focused()
    viewer.page.keyboard.press("Enter")
    expect(switch(viewer)).to_have_attribute("aria-pressed", "false")


OUTSIDE = """
[...document.querySelectorAll(".top *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_bar_fits_its_width_on_every_screen(cinema: Cinema, language: Language) -> None:
    for width in (320, PHONE["width"], 761, 861, DESKTOP["width"]):
        viewer = cinema.viewer(language, {"width": width, "height": 800})
        for screen in ("", "#/search", "#/register"):
            viewer.open(screen)
            expect(switch(viewer)).to_be_visible()
            assert viewer.page.evaluate(OUTSIDE) == [], (width, screen)
        viewer.register()
        assert viewer.page.evaluate(OUTSIDE) == [], width
        assert re.fullmatch(r"(Семья|Family)\s12\+|12\+", switch(viewer).inner_text())
