"""What people expect of any page: filters, errors in its own language, something to see before scripts are there."""

from playwright.sync_api import expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import PHONE, Cinema

DRAWINGS = """() => [...document.querySelectorAll('main .row')].flatMap((row) => {
  const shapes = (one) => [...one.querySelectorAll('svg *')].map((part) => part.tagName).join();
  const drawn = [...row.querySelectorAll('.poster')].map((one) => one.classList[2] + shapes(one));
  return drawn.filter((one, index) => one === drawn[index - 1]);
})"""


def test_home_page_is_narrowed_and_its_filters_stay_where_they_are(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    page = viewer.page
    viewer.register()
    before = page.locator("#home-genre").bounding_box()
    page.locator("#home-genre").select_option("Western")
    expect(page.locator("main .card-title", has_text="Toy Story")).to_have_count(0)
    expect(page.locator(".hero, .row").first).to_be_visible()
    genres = set(page.locator("main .poster-small > :last-child").all_inner_texts())
    assert "MUSICAL" not in {genre.upper() for genre in genres}
    assert page.locator("#home-genre").bounding_box() == before
    page.locator("#home-years").select_option("2010-2019")
    expect(page.locator(".notice")).to_contain_text("Nothing found")
    page.locator(".notice .button").click()
    viewer.sees_list()
    expect(page.locator("#home-genre")).to_have_value("")
    page.locator("#home-age").select_option("6")
    expect(page.locator(".family-switch")).to_have_attribute("aria-pressed", "true")
    assert api.users[viewer.email].age_limit == 6


def test_form_says_what_is_wrong_in_the_pages_language(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    page = viewer.page
    viewer.open("#/register")
    page.locator(".language-switch").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    said = "(input) => (input.form.reportValidity(), input.validationMessage)"
    assert page.locator("#email").evaluate(said) == "Заполните это поле."
    page.locator("#email").fill("nobody")
    assert page.locator("#email").evaluate(said) == "Похоже, в адресе почты опечатка."
    page.locator("#email").fill("somebody@example.org")
    assert page.locator("#email").evaluate(said) == ""


def test_something_is_to_be_seen_before_the_script_is_there(cinema: Cinema) -> None:
    viewer = cinema.viewer("ru", PHONE, "dark")
    viewer.page.route("**/assets/app.*.js", lambda route: route.abort())
    viewer.open()
    expect(viewer.page.locator(".brand")).to_contain_text("Киносовет")
    expect(viewer.page.locator(".before-films i").last).to_be_visible()
    viewer.page.unroute("**/assets/app.*.js")
    viewer.page.reload()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()
    expect(viewer.page.locator(".before")).to_have_count(0)
    expect(viewer.page.locator("header")).to_have_count(1)


def test_no_drawing_stands_beside_itself(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    assert viewer.page.evaluate(DRAWINGS) == []
