"""Files of experiments: those that go with the code make sense, and of one that does not it is said what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.outcomes.experiments.declared import FOLDER, SETTINGS, ExperimentError, declared_in, fingerprint
from chalicelib.recommendations.llm.prompt import prompt_versions
from chalicelib.settings import Settings


def write(folder: Path, name: str, /, *arms: Any, **fields: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps({"name": name, "about": "Why?", "arms": list(arms)} | fields))


def arm(name: str = "a", share: float = 0.1, **differs: Any) -> dict[str, Any]:
    return {"name": name, "share": share, "differs": differs}


def declared(folder: Path) -> Any:
    return declared_in(folder, {"v1", "v2"})


def test_what_goes_with_the_code_makes_sense_and_has_the_control_without_a_model_on() -> None:
    found = {one.name: one for one in declared_in(FOLDER, prompt_versions())}
    (control,) = found["no-model"].arms
    assert found["no-model"].on
    assert not found["no-model"].guarded, "it is there to be worse"
    assert (control.share, control.differs.model) == (0.05, False)


def test_a_setting_that_may_differ_is_one_and_its_own_value_lies_within_the_bounds() -> None:
    for name, (kind, least, most) in SETTINGS.items():
        value = getattr(Settings(), name)
        assert type(value) is kind
        assert isinstance(value, float | int)
        assert least <= value <= most


def test_each_kind_of_difference_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "many",
        arm("a", vote_weight=2),
        arm("b", prompt_version="v2"),
        arm("c", settings={"ask_candidates": 60}),
    )
    (found,) = declared(tmp_path)
    assert [one.differs.what() for one in found.arms] == [
        {"vote_weight"},
        {"prompt_version"},
        {"settings.ask_candidates"},
    ]
    assert not found.on
    assert found.guarded
    assert declared(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("arms", "fields", "said"),
    [
        ([arm(share=0)], {}, r"share"),
        ([arm(share=0.6)], {}, r"share"),
        ([arm("a", 0.5), arm("b", 0.45)], {}, r"shares come to 0.95"),
        ([arm("a"), arm("a")], {}, r"names of their own"),
        ([arm("default")], {}, r"'default'"),
        ([arm("A b")], {}, r"arms"),
        ([], {}, r"arms"),
        ([arm(luck=1)], {}, r"unknown field `luck`"),
        ([arm(prompt_version="v9")], {}, r"no prompt version 'v9'; there are: v1, v2"),
        ([arm(settings={"budget_table": 1})], {}, r"'budget_table' cannot differ"),
        ([arm(settings={"ask_candidates": 500})], {}, r"ask_candidates is 500, and has to be int, 40 to 60"),
        ([arm(settings={"ask_candidates": 45.5})], {}, r"has to be int"),
        ([arm(model=False, vote_weight=2)], {}, r"neither a prompt nor a vote"),
        ([arm(vote_weight=7)], {}, r"vote_weight"),
        ([arm()], {"name": "other"}, r"has to be the file's"),
        ([arm()], {"about": ""}, r"about"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, arms: Any, fields: Any, said: str) -> None:
    write(tmp_path, "mine", *arms, **fields)
    with pytest.raises(ExperimentError, match=r"/mine\.json: .*" + said):
        declared(tmp_path)


def test_two_that_change_the_same_and_more_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "one", arm(vote_weight=2))
    write(tmp_path, "two", arm(vote_weight=0.5))
    with pytest.raises(ExperimentError, match="one and two both change vote_weight"):
        declared(tmp_path)
    for number in range(7):
        write(tmp_path, f"more-{number}", arm())
    with pytest.raises(ExperimentError, match="at most 6"):
        declared(tmp_path)
    (tmp_path / "one.json").write_bytes(b"\xff{")
    with pytest.raises(ExperimentError, match=r"one\.json"):
        declared(tmp_path)


def test_the_fingerprint_goes_by_who_gets_what(tmp_path: Path) -> None:
    write(tmp_path, "mine", arm())
    (before,) = declared(tmp_path)
    write(tmp_path, "mine", arm(), about="Why indeed?", on=True)
    assert fingerprint(declared(tmp_path)[0]) == fingerprint(before)
    write(tmp_path, "mine", arm(share=0.2))
    assert fingerprint(declared(tmp_path)[0]) != fingerprint(before)
