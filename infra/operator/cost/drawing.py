"""Where the money goes: a bar for each size of a site, as SVG."""

from collections.abc import Mapping
from html import escape

from infra.operator.cost.bill import Bill

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Lambda": ("Lambda",),
    "API Gateway": ("API Gateway",),
    "DynamoDB units": ("DynamoDB writes", "DynamoDB reads", "DynamoDB streams"),
    "storage, exports": ("DynamoDB storage", "DynamoDB point-in-time recovery", "DynamoDB exports"),
    "SQS": ("SQS",),
    "CloudWatch": ("CloudWatch logs", "CloudWatch alarms and metrics"),
    "Data transfer": ("Data transfer",),
    "the rest": ("S3", "Athena", "SES", "Secrets Manager", "OpenSearch"),
}
COLOURS = (
    "#c8402f",
    "#e08a3c",
    "#2f5d8a",
    "#7fa7c9",
    "#6b6b6b",
    "#3d7a5a",
    "#8f5f9e",
    "#c9bfae",
)  # told apart in grey too
WIDTH, LEFT, BAR, GAP, TOP, RIGHT = 900, 150, 34, 24, 70, 180
INK, PAPER = "#222", "#fffdf8"


def drawing(bills: Mapping[int, Bill], title: str) -> str:
    """Each bar is a whole bill; what stands beside it is what the whole is."""
    height = TOP + len(bills) * (BAR + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _text(12, 20, title, weight="600"),
        *_legend(),
    ]
    for number, (users, one) in enumerate(bills.items()):
        y = TOP + number * (BAR + GAP)
        parts.append(_text(LEFT - 10, y + BAR / 2 + 5, f"{users:,} viewers", anchor="end"))
        parts += _bar(one, y)
        told = f"${one.dollars:,.0f} and {one.roubles:,.0f} ₽"
        parts.append(_text(WIDTH - RIGHT + 10, y + BAR / 2 + 5, told, weight="600"))
    return "\n".join([*parts, "</svg>", ""])


def _bar(one: Bill, y: float) -> list[str]:
    x, room, parts = float(LEFT), WIDTH - LEFT - RIGHT, []
    for (name, lines), colour in zip(GROUPS.items(), COLOURS, strict=True):
        dollars = sum(one.of(line) for line in lines)
        width = room * dollars / one.dollars
        share = f"{name}: ${dollars:,.2f}, {100 * dollars / one.dollars:.0f} %"
        shape = f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}">'
        parts.append(f"{shape}<title>{escape(share)}</title></rect>")
        if width > 44:
            parts.append(
                _text(
                    x + width / 2, y + BAR / 2 + 5, f"{100 * dollars / one.dollars:.0f} %", anchor="middle", fill="#fff"
                )
            )
        x += width
    return parts


def _legend() -> list[str]:
    parts, x = [], 12.0
    for name, colour in zip(GROUPS, COLOURS, strict=True):
        parts.append(f'<rect x="{x:.0f}" y="36" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 17, 47, name))
        x += 34 + 7.2 * len(name)
    return parts


def _text(x: float, y: float, said: str, anchor: str = "start", fill: str = INK, weight: str = "400") -> str:
    shape = f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}">'
    return f"{shape}{escape(said)}</text>"
