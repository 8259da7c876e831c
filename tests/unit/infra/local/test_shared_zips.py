import zipfile
from pathlib import Path

from infra.local.ministack.shared_zips import KEPT_SECONDS, SharedZip, remove_unused


def unpack_for_worker(tmp_path: Path, number: int, content: str = "answer = 42\n") -> Path:
    """As MiniStack's worker does it: the zip beside an empty folder, its names looked at, then unpacked."""
    SharedZip.folder = tmp_path / "unpacked"
    worker = tmp_path / f"worker-{number}"
    target = worker / "layer"
    target.mkdir(parents=True)
    with zipfile.ZipFile(worker / "layer.zip", "w") as made:
        made.writestr(zipfile.ZipInfo("python/answers.py"), content)
    with SharedZip(str(worker / "layer.zip")) as file:
        assert list(file.namelist()) in ([], ["python/answers.py"])
        file.extractall(str(target))
    return target


def test_workers_have_the_same_files_when_their_zips_are_the_same(tmp_path: Path) -> None:
    one, other = (unpack_for_worker(tmp_path, number) / "python" / "answers.py" for number in (1, 2))
    assert one.read_text() == "answer = 42\n"
    assert one.samefile(other)
    assert not (tmp_path / "worker-2" / "layer.zip").exists(), "nor does each keep the zip"


def test_worker_has_its_own_files_when_its_zip_differs(tmp_path: Path) -> None:
    unpack_for_worker(tmp_path, 1)
    assert (unpack_for_worker(tmp_path, 2, "answer = 43\n") / "python" / "answers.py").read_text() == "answer = 43\n"


def test_copy_goes_only_when_nothing_was_started_from_it_for_long(tmp_path: Path) -> None:
    unpack_for_worker(tmp_path, 1)
    (copy,) = (tmp_path / "unpacked").iterdir()
    used = copy.stat().st_mtime
    remove_unused(tmp_path / "unpacked", used + KEPT_SECONDS - 1)
    assert copy.exists()
    remove_unused(tmp_path / "unpacked", used + KEPT_SECONDS + 1)
    assert not copy.exists()
