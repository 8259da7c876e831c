"""All benches on one page, each watched figure beside the last release's."""

from collections.abc import Sequence
from html import escape

from infra.operator.cost.figures import Bench, Figures
from tests.bench._comparison import WORSE_BY, Compared, numbers

ROW, LABEL, WIDTH, MOST = 18, 420, 900, 2.0
GOOD, BAD, SAME = "#3d7a5a", "#c8402f", "#7fa7c9"
STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#222;background:#fffdf8}h2{margin:2.5rem 0 0}code{background:#f0ece2;padding:0 .3em}
table{border-collapse:collapse}td{padding:0 1rem 0 0}td+td{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:#c8402f}svg{max-width:100%;height:auto}"""


def page(present: Figures, release: Figures | None, found: Sequence[Compared]) -> str:
    """HTML that needs nothing else."""
    worse = [one for one in found if one.is_worse]
    beside = f"beside release {release.release} ({release.measured})" if release else "with nothing to compare it with"
    parts = [
        f"<!doctype html><meta charset=utf-8><title>Benches of {escape(present.release)}</title><style>{STYLE}</style>",
        f"<h1>Benches of {escape(present.release)}</h1>",
        f"<p>{escape(present.measured)}, {escape(present.machine)}; {escape(beside)}.</p>",
        _worse(worse),
    ]
    for name, bench in present.benches.items():
        parts += _section(name, bench, [one for one in found if one.name.startswith(f"{name}.")])
    return "\n".join(parts)


def _worse(worse: Sequence[Compared]) -> str:
    if not worse:
        return f"<p>Nothing that is watched got worse by more than {100 * WORSE_BY:.0f} %.</p>"
    return "<ul class=bad>" + "".join(f"<li>{escape(one.told())}" for one in worse) + "</ul>"


def _section(name: str, bench: Bench, found: Sequence[Compared]) -> list[str]:
    parts = [f"<h2>{escape(name)}</h2>", f"<p><code>{escape(bench.command)}</code>, {bench.seconds:.0f} s</p>"]
    if bench.missing:
        return [*parts, f"<p class=bad>No figures: {escape(bench.missing)}</p>"]
    both = [one for one in found if one.change is not None and (one.then or one.now)]
    if both:
        parts.append(_plot(both))
    rows = "".join(f"<tr><td>{escape(path)}<td>{number:,g}" for path, number in numbers(bench.figures))
    return [*parts, f"<details><summary>all figures</summary><table>{rows}</table></details>"]


def _plot(found: Sequence[Compared]) -> str:
    """Now as a multiple of then; the line in the middle is no change."""
    room, height = WIDTH - LABEL - 110, ROW * len(found) + 8
    middle = LABEL + room / MOST
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-size="12" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="figures now against the last release">'
    ]
    for place, one in enumerate(found):
        y = 4 + place * ROW
        assert one.then is not None
        assert one.now is not None
        times = one.now / one.then if one.then else (1.0 if not one.now else MOST)
        colour = BAD if one.is_worse else GOOD if (one.change or 0) < -WORSE_BY else SAME
        width = room * max(0.0, min(times, MOST)) / MOST
        parts += [
            f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(one.name.partition(".")[2])}</text>',
            f'<rect x="{LABEL}" y="{y + 2}" width="{width:.1f}" height="{ROW - 5}" fill="{colour}"/>',
            f'<text x="{WIDTH - 104}" y="{y + 12}">{one.then:g} → {one.now:g}</text>',
        ]
    line = f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="0" y2="{height}" stroke="#222" stroke-dasharray="2 3"/>'
    return "\n".join([*parts, line, "</svg>"])
