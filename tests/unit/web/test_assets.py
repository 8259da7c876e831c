"""The page's files, joined and named by content."""

import gzip
import re
from pathlib import Path

import pytest

from chalicelib.web import assets as page

FIRST_LOAD_BYTES = 75_000  # decision 050
DECLARATION = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
SPOKEN = [name for name in page.LATE if (page.SOURCES / f"words_{name}_en.js").exists()]  # the others say what all do
PICKER = ("evening", "first_minute")  # both have it, with its words


def test_first_load_is_within_its_budget_when_compressed() -> None:
    sizes = {
        name: len(gzip.compress(asset.text.encode(), 6))
        for name, asset in page.assets().items()
        if name.partition(".")[0] not in page.LATE
    }
    sizes["index.html"] = len(gzip.compress(page.index().encode(), 6))
    assert sum(sizes.values()) < FIRST_LOAD_BYTES, sizes


def test_every_name_in_the_page_is_a_file_when_it_is_asked_for() -> None:
    names = re.findall(r'(?:href|src)="assets/([^"]+)"', page.index())
    names += re.findall(r'from "\./([^"]+)"', page.assets()["app.js"].text)
    assert len(names) == 6
    for name in names:
        found = page.find_asset(name)
        assert found is not None
        assert found[1], f"{name} is not the current one"


@pytest.mark.parametrize("script", page.LATE)
def test_late_script_takes_from_the_page_what_the_page_gives_out(script: str) -> None:
    late, app = page.assets()[f"{script}.js"].text, page.assets()["app.js"].text
    (wanted,) = re.findall(r"^const \{ (.+) \} = await import", late, re.MULTILINE)
    (given,) = re.findall(r"^export \{ (.+) \};", app, re.MULTILINE)
    assert set(wanted.split(", ")) <= set(given.split(", "))
    (name,) = set(re.findall(rf'import\("\./({script}\.[^"]+)"\)', app))
    for one in (name, *re.findall(r'"assets/([^"]+)"', late)):
        assert page.find_asset(one) == (page.assets()[re.sub(r"\.[0-9a-f]+\.", ".", one)], True)
    assert [one for one in wanted.split(", ") if f"function {one}(" in late] == [], "it would come twice"


def test_present_file_is_given_but_not_as_its_own_when_the_hash_is_of_another_version() -> None:
    found = page.find_asset("app.0123456789.js")
    assert found is not None
    assert found == (page.assets()["app.js"], False)


@pytest.mark.parametrize("name", ["app.js", "main.js", "../assets.py", "..%2Fassets.py", "app.0123456789.css.js", ""])
def test_nothing_is_found_when_the_name_was_never_given_out(name: str) -> None:
    assert page.find_asset(name) is None


def test_page_holds_no_inline_script_or_style_when_the_policy_forbids_them() -> None:
    assert not re.search(r"<style|style=|<script(?![^>]*src=)| on\w+=", page.index())


def test_no_two_modules_declare_the_same_name_when_they_are_joined() -> None:
    names = [name for file in page.SOURCES.glob("*.js") for name in DECLARATION.findall(file.read_text("utf-8"))]
    assert sorted(names) == sorted(set(names))


def test_joining_is_refused_when_a_module_imports_in_another_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.js").write_text('import * as all from "./other.js";\n', encoding="utf-8")
    monkeypatch.setattr(page, "SOURCES", tmp_path)
    with pytest.raises(page.PageSourceError):
        page.joined_modules("main", "preact.js")


def keys(name: str) -> set[str]:
    """The texts of a module of words."""
    text = (page.SOURCES / name).read_text(encoding="utf-8")
    return set(re.findall(r"^  (\w+): [\"{`]", text, re.MULTILINE)) - {"genres"}


@pytest.mark.parametrize("words", ["words", "words_picker", *(f"words_{name}" for name in SPOKEN)])
def test_both_languages_have_the_same_texts_when_the_page_speaks_them(words: str) -> None:
    assert keys(f"{words}_ru.js") == keys(f"{words}_en.js")


def words_of(name: str) -> tuple[str, ...]:
    """The modules of words that a late script has at hand."""
    own = (f"words_{name}",) if name in SPOKEN else ()
    return ("words", *own, *(("words_picker",) if name in PICKER else ()))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("app.js", ("words",)),
        *((f"{name}.js", words_of(name)) for name in page.LATE),
    ],
    ids=["page", *page.LATE],
)
def test_every_text_exists_when_a_screen_names_it(script: str, words: tuple[str, ...]) -> None:
    held = set().union(*(keys(f"{one}_en.js") for one in words))
    named = set(re.findall(r"\bt\(\"(\w+)\"", page.assets()[script].text))
    assert named <= held


def test_poster_titles_can_be_read_when_set_in_any_genres_inks() -> None:
    rule = re.compile(r"^\.(ink-\S+) \{ --paper: #(\w{6}); --ink: #(\w{6});", re.MULTILINE)
    inks = rule.findall(page.assets()["app.css"].text)
    assert len(inks) > 17
    weak = {name: ratio for name, paper, ink in inks if (ratio := contrast(paper, ink)) < 4.5}
    assert not weak


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("words", ["words_en.js", "words_picker_en.js", *(f"words_{name}_en.js" for name in SPOKEN)])
def test_every_text_of_the_page_is_said_somewhere_in_it(words: str) -> None:
    texts = set(re.findall(r"^  (\w+):", (page.SOURCES / words).read_text("utf-8"), re.MULTILINE))
    others = (file for file in page.SOURCES.glob("*.js") if not file.name.startswith("words_"))
    code = "\n".join(file.read_text("utf-8") for file in others)
    beginnings = tuple(re.findall(r"\bt\(`(\w+_)\$\{", code))
    unsaid = {one for one in texts if not one.startswith(beginnings) and not re.search(rf"\b{one}\b", code)}
    assert not unsaid, "it would be loaded by everybody for nothing"
