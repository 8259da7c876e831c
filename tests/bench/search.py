"""Search quality over the judged queries, both engines side by side.

python -m tests.bench.search [--engine embedded|opensearch|both] [--show-misses]
"""

import argparse
import json
import sys
import time

from chalicelib.catalog.model import FilmQuery
from infra.catalog.sources.demo import demo_films
from tests.bench._engines import loaded
from tests.search.judging import judge, judged_queries


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["embedded", "opensearch", "both"], default="both")
    parser.add_argument("--show-misses", action="store_true")
    given = parser.parse_args(arguments)
    films = demo_films()
    results: dict[str, object] = {}
    for engine in ("embedded", "opensearch") if given.engine == "both" else (given.engine,):
        with loaded(engine, films) as catalog:
            overall, by_kind, misses = judge(catalog)
            seconds = []
            for judged in judged_queries():
                began = time.perf_counter()
                catalog.search(FilmQuery(text=judged.query))
                seconds.append(time.perf_counter() - began)
        seconds.sort()
        times = {f"ms_p{part}": round(1000 * seconds[len(seconds) * part // 100], 2) for part in (50, 95)}
        results[engine] = overall | times | {"by_kind": by_kind}
        print(f"{engine:11} {overall} {times}")
        for kind, shares in by_kind.items():
            print(f"  {kind:15} {shares}")
        for miss in misses if given.show_misses else ():
            print(f"  {miss.judged.query!r} meant {miss.judged.title} ({miss.judged.year}), got {'; '.join(miss.got)}")
    print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
