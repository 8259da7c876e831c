"""Random defects, one at a time, and which of them the fast tests notice.

    make mutants N=100 SEED=7          a sample of all modules
    make mutants CHANGED=main          all edits of the lines that differ from `main`; at most N, if it is given
    make mutants MODULE=auth/throttle.py N=20
    make mutants REACH=.local/reach-….coverage   with a map from before tests were added: nothing is run for a new one

Each mutant meets the fast tests that reach its lines (`reach.py`: the first run for a state of the sources takes five
minutes more), all of them if it takes an hour, in a fork of a process that has collected them once (`forks.py`); what
is run at import meets its module's own, and then those of its package and all contracts, in a new one. The table's last
lines name the survivors. Whether one is a defect or the same in other words, a reader decides: real ones
may be 4 in 100, and no write condition of them. Ends with 1 when more survive than `--survivors` (in percent), or
when a write condition does.
"""

import argparse
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutants.edits import Edit, edits_of
from tests.mutants.forks import Forks, forks
from tests.mutants.reach import Reach, reach
from tests.mutants.trial import copy_of_the_sources, edited, seen_by
from tests.unit.test_places import CODE

AT_ONCE = os.cpu_count() or 1


class Mutant(NamedTuple):
    """An edit of a module of `chalicelib`."""

    module: str
    edit: Edit

    @property
    def is_write_condition(self) -> bool:
        """Whether a store writes whatever there is meanwhile."""
        kind = self.edit.kind
        return kind == "write condition" or (kind == "half left out" and self.module.endswith("store.py"))

    def told(self) -> str:
        """Where it is, and what has become of what."""
        source = (CODE / self.module).read_text()
        old = " ".join(source[self.edit.begin : self.edit.end].split())
        return f"{CODE / self.module}:{self.edit.line} {self.edit.kind}: {old[:90]} → {self.edit.new[:90]}"


def all_mutants(modules: Iterable[str]) -> list[Mutant]:
    """Every edit of every module, in the order of their places."""
    return [Mutant(module, edit) for module in modules for edit in edits_of((CODE / module).read_text())]


def modules() -> list[str]:
    """Those that hold code."""
    return sorted(str(path.relative_to(CODE)) for path in CODE.rglob("*.py") if path.name != "__init__.py")


def changed_lines(base: str) -> dict[str, set[int]]:
    """Lines of each module that differ from a commit."""
    command = ["git", "diff", "--unified=0", base, "--", str(CODE)]
    found: dict[str, set[int]] = {}
    module = ""
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        if line.startswith("+++ b/"):
            module = line.removeprefix(f"+++ b/{CODE}/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            begin, count = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(module, set()).update(range(begin, begin + count))
    return {module: lines for module, lines in found.items() if module.endswith(".py") and (CODE / module).exists()}


def try_all(mutants: Sequence[Mutant], reached: Reach) -> list[tuple[Mutant, str | None]]:
    """Each mutant, and which test noticed it."""
    free: SimpleQueue[tuple[Path, Forks]] = SimpleQueue()

    def tried(mutant: Mutant) -> tuple[Mutant, str | None]:
        copy, started = free.get()
        try:
            test = noticed_by(mutant, copy, started, reached)
        finally:
            free.put((copy, started))
        print(f"{'·' if test else '✗'} {mutant.told()}  [{test or 'SURVIVED'}]", file=sys.stderr, flush=True)
        return mutant, test

    with ExitStack() as stack:
        for _ in range(min(AT_ONCE, len(mutants))):
            copy = stack.enter_context(copy_of_the_sources())
            free.put((copy, stack.enter_context(forks(copy))))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(tried, mutants))


def noticed_by(mutant: Mutant, copy: Path, started: Forks, reached: Reach) -> str | None:
    """The test that fails with a mutant in a copy."""
    source = (copy / CODE / mutant.module).read_text()
    new = mutant.edit.of(source)
    tests = reached.tests(mutant.module, mutant.edit.lines(source))
    with edited(copy, mutant.module, new):
        outcome = None if tests is None else started.noticed(CODE / mutant.module, source, new, tests)
        return outcome.seen_by if outcome else seen_by(copy, mutant.module, tests)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--changed", default="", help="a commit: only lines that differ from it")
    parser.add_argument("--module", default="", help="of chalicelib; all by default")
    parser.add_argument("--survivors", type=float, default=100.0, help="percent; more are an error")
    parser.add_argument("--reach", default="", help="a map of an earlier state of the tests")
    given = parser.parse_args(arguments)
    lines = changed_lines(given.changed) if given.changed else None
    known = all_mutants([given.module] if given.module else modules())
    if lines is not None:
        known = [one for one in known if one.edit.line in lines.get(one.module, ())]
    chosen = random.Random(given.seed).sample(known, min(given.number, len(known)))
    outcomes = try_all(chosen, reach(Path(given.reach) if given.reach else None))
    survivors = [mutant for mutant, test in outcomes if test is None]
    tried, lost = Counter(one.edit.kind for one in chosen), Counter(one.edit.kind for one in survivors)
    print(f"\n{'edit':18} {'tried':>6} {'survived':>9}")
    for kind, count in sorted(tried.items()):
        print(f"{kind:18} {count:6} {lost[kind]:9}")
    share = 100 * len(survivors) / max(1, len(chosen))
    print(f"{'all':18} {len(chosen):6} {len(survivors):9}   {share:.1f} %, seed {given.seed}, of {len(known)} edits")
    for one in survivors:
        print(f"survived: {one.told()}")
    is_bad = share > given.survivors or any(one.is_write_condition for one in survivors)
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
