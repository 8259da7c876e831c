"""Compares our estimate of tokens with GigaChat's own count, which costs nothing.

    python -m infra calibrate-tokens
    python -m infra calibrate-tokens --stack films-test

Asks with the stack's own key and addresses about candidate lines of the demo catalogue, in both languages, and about
the prompt's fixed part. The estimate is meant to lie above the count: a prompt's limit and the budget's reservation go
by it.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from chalicelib.recommendations.llm.prompt import PROMPT_VERSION
from chalicelib.recommendations.llm.token_estimate import estimate_tokens
from infra.deploy.change_set import parameters_of
from infra.stack_outputs import add_stack, outputs

ROOT = Path(__file__).parent.parent.parent
IN_PACKAGE = "/var/task/"
LINES, FILMS = 20, 50  # texts a language, and films a text: about what a prompt has


class Counter(Protocol):
    """What counts tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The service's own count of each text."""


class Comparison(NamedTuple):
    """Texts of one kind: what we estimate of them, and what the service counts."""

    kind: str
    estimated: int
    counted: int

    @property
    def ratio(self) -> float:
        """Above 1 is what the estimate is meant to be."""
        return self.estimated / self.counted if self.counted else 0.0


def compared(kind: str, texts: Sequence[str], counter: Counter) -> Comparison:
    """One comparison. Raises the client's own errors."""
    return Comparison(kind, sum(map(estimate_tokens, texts)), sum(counter.count_tokens(texts)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The stack whose key and addresses are used."""
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Prints a row a kind; the exit code is 1 when an estimate lies below the count, or there is no key."""
    known = outputs(given.stack)
    chosen = parameters_of(given.stack)
    bundle = chosen["GigachatCaBundleFile"]
    os.environ |= {
        "LLM_SECRET": known["GigachatKey"],
        "LLM_MODEL": chosen["GigachatModel"],
        "LLM_BASE_URL": chosen["GigachatBaseUrl"],
        "LLM_AUTH_URL": chosen["GigachatAuthUrl"],
        "LLM_CA_BUNDLE_FILE": str(ROOT / bundle.removeprefix(IN_PACKAGE)) if bundle.startswith(IN_PACKAGE) else bundle,
    }
    from chalicelib import resources

    if (model := resources.model()()) is None:
        print("✗ there is no key in the stack's secret: nothing to compare with", file=sys.stderr)
        return 1
    rows = [compared(kind, texts, cast(Counter, model)) for kind, texts in _texts().items()]
    for row in rows:
        print(f"{row.kind:24} estimated {row.estimated:6}  counted {row.counted:6}  ratio {row.ratio:.3f}")
    return int(any(row.ratio < 1 for row in rows))


def _texts() -> dict[str, list[str]]:
    from infra.catalog.sources.demo import demo_films

    films = demo_films()
    prompts = ROOT / "chalicelib" / "recommendations" / "llm" / "prompts" / PROMPT_VERSION
    texts = {"prompt, fixed part": [file.read_text(encoding="utf-8") for file in sorted(prompts.iterdir())]}
    for language in ("ru", "en"):
        titled = [(one.titles.by_language.get(language), one.year, one.genres[:2]) for one in films]
        lines = [f'"{title}" {year} {",".join(genres)}' for title, year, genres in titled if title]
        pages = [lines[start : start + FILMS] for start in range(0, min(len(lines), LINES * FILMS), FILMS)]
        texts[f"candidates, {language}"] = ["\n".join(page) for page in pages]
        texts[f"titles, {language}"] = ["\n".join(str(title) for title, _, _ in titled[:500] if title)]
    return texts
