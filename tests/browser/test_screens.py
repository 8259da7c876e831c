"""Searching, one film, my films, the account: the plain ways through."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import DESKTOP, PASSWORD, PHONE, Cinema, until


def test_films_are_found_while_typing_when_the_address_is_kept(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    expect(viewer.searches("godf").first).to_contain_text("The Godfather")
    assert "query=godf" in viewer.page.url
    viewer.page.reload()
    expect(viewer.page.locator("#search-text")).to_have_value("godf")
    expect(viewer.page.locator(".grid .card").first).to_contain_text("The Godfather")


def test_filters_narrow_the_search_when_set(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.open("#/search")
    viewer.page.locator("#genre").select_option("Western")
    expect(viewer.page.locator(".found")).to_have_text("5 films found")
    viewer.page.get_by_role("link", name="Unforgiven").click()
    expect(viewer.page.locator("h1")).to_have_text("Unforgiven")
    expect(viewer.page.locator(".row .card")).to_have_count(12)
    viewer.page.go_back()
    expect(viewer.page.locator("#genre")).to_have_value("Western")


def test_film_says_what_is_known_and_nothing_of_what_is_not_when_it_has_no_plot(cinema: Cinema, api: FakeApi) -> None:
    api.has_plots = False
    viewer = cinema.viewer("ru")
    viewer.open("#/search")
    viewer.page.get_by_role("link", name="Сталкер").first.click()
    facts = viewer.page.locator(".people")
    for fact in ("Андрей Тарковский", "Алиса Фрейндлих", "2 ч 43 мин", "12+", "100 из 100", "«Оскар»"):
        expect(facts).to_contain_text(fact)
    expect(viewer.page.locator(".film-description")).to_have_count(0)
    expect(viewer.page.locator(".film")).not_to_contain_text("Описани")


def test_more_films_come_when_asked_for(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.open("#/search")
    expect(viewer.page.locator(".grid .card")).to_have_count(24)
    viewer.page.get_by_role("button", name="Show more").click()
    expect(viewer.page.locator(".grid .card")).to_have_count(48)


def test_history_is_imported_in_parts_when_it_is_long(cinema: Cinema, api: FakeApi, tmp_path: Path) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    rows = ["Stalker (1979)", "The Matrix (1999)", *(f"No such film {number} (1950)" for number in range(640))]
    history = tmp_path / "history.txt"
    history.write_text("\n".join(rows), encoding="utf-8")
    viewer.open("#/mine")
    viewer.page.locator("input[type=file]").set_input_files(history)
    viewer.page.get_by_role("button", name="Bring 642 rows").click()
    expect(viewer.page.locator(".outcome-main")).to_have_text("2 films recognised")
    expect(viewer.page.locator(".outcome summary")).to_have_text("640 rows not recognised")
    assert len([one for one in api.requests if one[1] == "v1/feedback/import"]) == 3
    expect(viewer.page.locator(".rated-film")).to_have_count(2)


def test_history_is_cut_by_bytes_too_when_its_rows_are_long(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/mine")
    viewer.page.locator("#import-text").fill("\n".join(f"{number} {'Фильм' * 60} (1950)" for number in range(250)))
    viewer.page.get_by_role("button", name="Bring 250 rows").click()
    expect(viewer.page.locator(".outcome summary")).to_have_text("250 rows not recognised")
    assert len([one for one in api.requests if one[1] == "v1/feedback/import"]) == 3


def test_a_file_without_text_is_told_in_a_sentence(cinema: Cinema, tmp_path: Path) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/mine")
    picture, history = tmp_path / "votes.xls", tmp_path / "votes2.xls"
    picture.write_bytes(b"\xd0\xcf\x11\xe0\x00\x00")
    row = "<tr><td>русскоязычное название</td><td>оригинальное название</td><td>год</td><td>моя оценка</td></tr>"
    history.write_text(f"<table>{row}{row}</table>", encoding="cp1251")
    viewer.page.locator("input[type=file]").set_input_files(picture)
    expect(viewer.page.get_by_role("alert")).to_contain_text("no text in this file")
    viewer.page.locator("input[type=file]").set_input_files(history)
    expect(viewer.page.get_by_role("alert")).to_have_count(0)
    expect(viewer.page.locator("#import-format")).to_have_value("kinopoisk")
    expect(viewer.page.get_by_role("button", name="Bring 1 row")).to_be_enabled()


def test_mark_is_changed_removed_and_put_back_when_looked_through(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.rates(0, "like")
    viewer.open("#/mine/like")
    feedback = api.users[viewer.email].feedback
    expect(viewer.page.locator(".rated-film")).to_have_count(1)
    viewer.page.locator(".rated-film .action-more_like_this").click()
    until(lambda: [item["steer"] for item in feedback.values()] == ["more_like_this"], 5, "no steer")
    viewer.page.locator(".rated-film-remove").click()
    until(lambda: not feedback, 5, "still there")
    viewer.page.locator(".message-action").click()
    until(lambda: [item["rating"] for item in feedback.values()] == ["like"], 5, "not put back")


def test_picture_is_shown_when_there_is_one_and_a_drawing_when_it_cannot_be_had(cinema: Cinema, api: FakeApi) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="3"><rect width="2" height="3"/></svg>'
    api.planted_film = {"poster_url": "https://posters.example/1.svg"}
    viewer = cinema.viewer()
    viewer.page.route(
        "https://posters.example/*", lambda route: route.fulfill(body=picture, content_type="image/svg+xml")
    )
    viewer.register()
    expect(viewer.page.locator(".hero img")).to_have_js_property("complete", True)
    expect(viewer.page.locator(".hero img")).to_have_js_property("naturalWidth", 2)
    viewer.page.route("https://posters.example/*", lambda route: route.abort())
    viewer.page.reload()
    expect(viewer.page.locator(".hero .poster-drawn")).to_be_visible()


def test_language_changes_everywhere_and_stays_when_switched(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("ru", PHONE)
    viewer.register()
    assert viewer.title_at(0) == "Крёстный отец"
    viewer.page.locator(".language-switch").click()
    expect(viewer.place(0).locator(".card-title")).to_have_text("The Godfather")
    expect(viewer.page.locator("html")).to_have_attribute("lang", "en")
    assert api.users[viewer.email].language == "en"
    viewer.page.reload()
    viewer.sees_list()
    expect(viewer.page.locator(".sections a").first).to_have_text("Home")


def test_theme_stays_when_chosen(cinema: Cinema) -> None:
    viewer = cinema.viewer("en", DESKTOP, "light")
    viewer.open()
    viewer.page.get_by_role("button", name="Dark appearance").click()
    expect(viewer.page.locator("html")).to_have_attribute("data-theme", "dark")
    viewer.page.reload()
    expect(viewer.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_viewer_stays_signed_in_when_the_password_is_changed(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/account")
    viewer.page.locator("#current").fill("wrong")
    viewer.page.locator("#next").fill("another long evening")
    viewer.page.get_by_role("button", name="Change password").click()
    expect(viewer.page.locator("#current-error")).to_be_visible()
    viewer.page.locator("#current").fill(PASSWORD)
    viewer.page.get_by_role("button", name="Change password").click()
    expect(viewer.page.locator(".message")).to_contain_text("Password changed")
    assert api.users[viewer.email].password == "another long evening"
    viewer.page.reload()
    expect(viewer.page.locator("#current")).to_be_visible()


def test_export_holds_what_was_said_when_downloaded(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    title = viewer.rates(0, "like")
    viewer.open("#/account")
    with viewer.page.expect_download() as download:
        viewer.page.get_by_role("button", name="Download").click()
    held = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [item["title"] for item in held["feedback"]] == [title]


def test_account_is_gone_when_deleted_after_a_second_thought(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/account")
    viewer.page.locator("section > .button-danger").click()
    expect(viewer.page.locator("dialog .button-danger")).to_be_disabled()
    viewer.page.locator("#delete-email").fill(viewer.email)
    viewer.page.locator("dialog .button-danger").click()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()
    assert viewer.email not in api.users


def test_password_is_asked_for_and_the_work_goes_on_when_the_sign_in_is_old(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/account")
    api.is_sign_in_old = True
    viewer.page.get_by_role("button", name="Download").click()
    viewer.page.locator("#again").fill("not the password")
    viewer.page.locator("dialog[open] .button-main").click()
    expect(viewer.page.locator("#again-error")).to_be_visible()
    viewer.page.locator("#again").fill(PASSWORD)
    with viewer.page.expect_download():
        viewer.page.locator("dialog[open] .button-main").click()
    expect(viewer.page.locator("dialog[open]")).to_have_count(0)
    api.is_sign_in_old = True
    viewer.page.locator("section > .button-danger").click()
    viewer.page.locator("#delete-email").fill(viewer.email)
    viewer.page.locator("dialog .button-danger").click()
    viewer.page.locator("#again").fill(PASSWORD)
    viewer.page.locator("dialog[open] .button-main").click()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()
    assert viewer.email not in api.users


def test_sign_in_works_instead_of_waiting_when_it_is_asked_to(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.signs_out()
    api.work_bits = 16
    viewer.page.locator("#email").fill(viewer.email)
    viewer.page.locator("#password").fill(PASSWORD)
    viewer.page.locator("form.sign-in .button-main").click()
    expect(viewer.page.locator("form.sign-in")).to_have_count(0)
    assert [path for method, path in api.requests if path.endswith("login")][-2:] == ["v1/auth/session/login"] * 2


def test_forgotten_password_is_set_anew_by_the_code_of_a_letter(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.signs_out()
    viewer.open("#/sign-in")
    viewer.page.get_by_role("link", name="Forgot your password?").click()
    viewer.page.locator("#email").fill(viewer.email)
    viewer.page.get_by_role("button", name="Send a code").click()
    expect(viewer.page.get_by_role("status").filter(has_text=viewer.email)).to_be_visible()
    viewer.page.locator("#token").fill("another code")
    viewer.page.locator("#next").fill("another long evening")
    viewer.page.get_by_role("button", name="Change password").click()
    expect(viewer.page.locator("#token-error")).to_be_visible()
    api.codes["the code"] = viewer.email
    viewer.page.locator("#token").fill(" the code ")
    viewer.page.get_by_role("button", name="Change password").click()
    expect(viewer.page.locator(".message")).to_contain_text("Password changed")
    assert api.users[viewer.email].password == "another long evening"
    viewer.open("#/account")
    expect(viewer.page.locator("#current")).to_be_visible()


def test_other_session_is_ended_and_the_address_confirmed_on_the_account_screen(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.users[viewer.email].confirmed = False
    api.codes["the code"] = viewer.email
    viewer.page.reload()
    viewer.open("#/account")
    expect(viewer.page.locator(".sessions li")).to_have_count(2)
    devices = viewer.page.locator(".sessions strong")
    expect(devices).to_have_text(["Chrome, Android", "Unknown device"])
    viewer.page.locator(".sessions button").click()
    expect(viewer.page.locator(".sessions li")).to_have_count(1)
    assert api.others == []
    viewer.page.locator("#code").fill("no code")
    viewer.page.get_by_role("button", name="Confirm").click()
    expect(viewer.page.locator("#code-error")).to_be_visible()
    viewer.page.locator("#code").fill("the code")
    viewer.page.get_by_role("button", name="Confirm").click()
    expect(viewer.page.locator("#code")).to_have_count(0)
    assert api.users[viewer.email].confirmed


def test_the_weekly_letter_comes_only_when_it_is_asked_for(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    user = api.users[viewer.email]
    user.confirmed = False
    viewer.page.reload()
    viewer.open("#/account")
    wanted, unwanted = (viewer.page.get_by_label(name, exact=True) for name in ("Send it", "No letter"))
    expect(unwanted).to_be_checked()
    assert api.users[viewer.email].weekly_letter is False
    wanted.check(force=True)
    expect(viewer.page.get_by_text("once you have confirmed")).to_be_visible()
    assert api.users[viewer.email].weekly_letter
    viewer.page.reload()
    expect(wanted).to_be_checked()
    unwanted.check(force=True)
    expect(viewer.page.get_by_text("once you have confirmed")).to_have_count(0)
    assert not api.users[viewer.email].weekly_letter


def test_form_says_why_when_registration_is_refused(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.signs_out()
    viewer.open("#/register")
    expect(viewer.page.locator("#name")).to_be_visible()  # the form before it signs in, and would with these words
    viewer.page.locator("#email").fill(viewer.email)
    viewer.page.locator("#password").fill(PASSWORD)
    viewer.page.locator("form.sign-in .button-main").click()
    expect(viewer.page.get_by_role("alert")).to_contain_text("registered already")
