"""An evening for two in two browsers: opened, joined, answered, decided; by touch, by keys, without a connection."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.fake_api import FakeApi
from tests.browser.test_accessibility import violations
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, Viewer, until


def opened(viewer: Viewer) -> str:
    """Registers, opens an evening; its code."""
    viewer.register()
    viewer.page.locator('.moods a[href="#/evening"]').click()
    viewer.page.locator(".evening-open").click()
    expect(viewer.page.locator(".evening-qr")).to_be_visible()
    return viewer.page.locator(".evening-code").inner_text().replace("-", "")


def joins_as_guest(viewer: Viewer, code: str) -> None:
    viewer.open(f"#/evening/{code}")
    for place in range(5):
        viewer.page.locator(".first-film").first.click()
        expect(viewer.page.locator(".first-place button")).to_have_count(place + 1)
    viewer.page.locator(".first-done").click()
    expect(viewer.page.locator(".evening-card")).to_be_visible()


def title(page: Page) -> str:
    return page.locator(".evening-card h2").inner_text()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_two_find_a_film_when_one_of_them_has_no_account(
    cinema: Cinema, api: FakeApi, language: Language, size: ViewportSize
) -> None:
    host, guest = cinema.viewer(language, size), cinema.viewer(language, size)
    code = opened(host)
    assert violations(host.page) == []
    joins_as_guest(guest, code)
    assert len(api.evenings.picks) == 5
    expect(host.page.locator(".evening-card")).to_be_visible()
    assert title(host.page) == title(guest.page), "both have the same list"
    assert violations(guest.page) == []
    first = title(host.page)
    host.page.locator(".evening-no").click()
    expect(host.page.locator(".evening-card h2")).not_to_have_text(first)
    wanted = title(host.page)
    host.page.locator(".evening-yes").click()
    guest.page.locator(".evening-veto").click()
    expect(guest.page.locator(".evening-card h2")).to_have_text(wanted)
    guest.page.locator(".evening-yes").click()
    for viewer in (guest, host):
        expect(viewer.page.locator(".evening-chosen h1")).to_have_text(wanted)
        assert violations(viewer.page) == []
    host.page.locator(".link-button").click()
    expect(host.page.locator(".notice")).to_be_visible()
    guest.page.reload()
    expect(guest.page.locator(".notice")).to_be_visible()


def test_another_viewer_joins_by_typing_the_code_and_answers_by_keys(cinema: Cinema) -> None:
    host, other = cinema.viewer("en"), cinema.viewer("en")
    code = opened(host)
    other.register()
    other.open("#/evening")
    other.page.locator("#evening-code").fill(f"{code[:5]}-{code[5:]}".lower())
    other.page.locator("#evening-code").press("Enter")
    expect(other.page.locator(".evening-card")).to_be_visible()
    expect(host.page.locator(".evening-card")).to_be_visible()
    for viewer, keys in (
        (host, ["ArrowLeft", "Delete", *["ArrowLeft"] * 7, "ArrowRight"]),
        (other, ["ArrowLeft"] * 10),
    ):
        for place, key in enumerate(keys):
            expect(viewer.page.locator(".evening-places .is-done")).to_have_count(place)
            viewer.page.keyboard.press(key)
    last = other.page.locator(".evening-chosen")
    expect(last).to_contain_text("Nearest to both of you")
    expect(host.page.locator(".evening-chosen h1")).to_have_text(last.locator("h1").inner_text())


def test_a_card_is_swiped_and_a_finger_that_rests_says_nothing(cinema: Cinema, api: FakeApi) -> None:
    host, guest = cinema.viewer("ru", PHONE), cinema.viewer("ru", PHONE)
    code = opened(host)
    joins_as_guest(guest, code)
    for dx, said in ((30, None), (160, "yes"), (-160, "no")):
        before, box = title(guest.page), guest.page.locator(".evening-card").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + 60
        guest.page.mouse.move(x, y)
        guest.page.mouse.down()
        guest.page.mouse.move(x + dx, y, steps=6)
        guest.page.mouse.up()
        if said:
            expect(guest.page.locator(".evening-card h2")).not_to_have_text(before)
        else:
            expect(guest.page.locator(".evening-card h2")).to_have_text(before)
    expect(guest.page.locator(".evening-places .is-done")).to_have_count(2)
    seat = api.evenings.held[code].seats[1]
    assert list(seat.answers.values()) == ["yes", "no"]


def test_answers_given_without_a_connection_arrive_later_even_after_a_reload(cinema: Cinema, api: FakeApi) -> None:
    host, guest = cinema.viewer("en"), cinema.viewer("en")
    code = opened(host)
    joins_as_guest(guest, code)
    api.fail("POST", f"v1/evenings/{code}/answers", 503, 3)
    for place in range(3):
        expect(guest.page.locator(".evening-places .is-done")).to_have_count(place)
        guest.page.keyboard.press("ArrowLeft")
    expect(guest.page.locator(".evening-places .is-done")).to_have_count(3)
    api.faults.clear()
    guest.page.reload()
    expect(guest.page.locator(".evening-places .is-done")).to_have_count(3)
    guest.page.keyboard.press("ArrowLeft")
    expect(guest.page.locator(".evening-places .is-done")).to_have_count(4)
    until(lambda: len(api.evenings.held[code].seats[1].answers) == 4, 20, "they have not arrived")


def test_a_third_and_whoever_has_a_wrong_code_are_told(cinema: Cinema) -> None:
    host, guest, third = (cinema.viewer("en") for _ in range(3))
    code = opened(host)
    joins_as_guest(guest, code)
    third.register()
    third.open(f"#/evening/{code}")
    expect(third.page.locator(".notice")).to_contain_text("Two are choosing already")
    third.open("#/evening/BCDFGHJKMN")
    expect(third.page.locator(".notice")).to_contain_text("This evening is over")


def test_sign_in_leads_back_to_the_evening(cinema: Cinema) -> None:
    host, other = cinema.viewer("en"), cinema.viewer("en")
    code = opened(host)
    other.register()
    other.signs_out()
    other.open(f"#/evening/{code}")
    other.page.locator(".first-skip").click()
    other.page.locator("#email").fill(other.email)
    other.page.locator("#password").fill("a long evening at the pictures")
    other.page.locator("form.sign-in .button-main").click()
    expect(other.page.locator(".evening-card")).to_be_visible()
