"""The page's own QR codes are those of another encoder, module by module. On the JavaScript engine of Playwright."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from chalicelib.web.assets import SOURCES

# Of qrcode 8.2 (PyPI), error correction M, byte mode: rows of 0 and 1, the mask given.
CODES = {
    ("A", 0): "2bae48594b7325872d655a95d8814f09f3825eba52faa8c8b4e3c6dd453105e5",
    (
        "https://films.example/#/evening/K7PXM3QWTR",
        3,
    ): "e3a382d7d4010d90af84b33642e15483900470f24d4e58ec52d38346b76d743c",
    ("w" * 150, 5): "1e668eef07857f7dd8ee3744c51fa690006f9a21b9c2f380f1d9ba5b0655675c",
    ("q" * 180, 7): "80566673dc0fcfa033842abf0c79f0b3be41f606c322195f6d41c2958b073362",
}


def drawn(folder: Path, text: str, mask: int | None) -> list[str] | None:
    (folder / "qr.mjs").write_text((SOURCES / "qr.js").read_text("utf-8"))
    asked = json.dumps([text, mask])
    script = f"""import {{ qrOf }} from "{folder}/qr.mjs";
      console.log(JSON.stringify(qrOf(...{asked})?.map((row) => row.map(Number).join("")) ?? null));"""
    (folder / "run.mjs").write_text(script)
    node, _ = compute_driver_executable()
    said = subprocess.run([node, folder / "run.mjs"], check=True, capture_output=True, text=True).stdout
    found: list[str] | None = json.loads(said)
    return found


@pytest.mark.parametrize(("text", "mask"), CODES)
def test_a_code_is_drawn_as_the_standard_wants_it(tmp_path: Path, text: str, mask: int) -> None:
    rows = drawn(tmp_path, text, mask)
    assert rows
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == CODES[text, mask]


def test_one_of_the_eight_masks_is_chosen(tmp_path: Path) -> None:
    text = "https://films.example/#/evening/K7PXM3QWTR"
    assert drawn(tmp_path, text, None) in [drawn(tmp_path, text, mask) for mask in range(8)]


def test_a_text_that_is_too_long_has_none(tmp_path: Path) -> None:
    assert drawn(tmp_path, "q" * 181, None) is None
