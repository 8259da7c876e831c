"""What a viewer recognises one of their sign-ins by: browser and system, and no more of them than that.

A dozen rules over `User-Agent`, the first that fits. Every browser names those it wants to be taken for as well
(RFC 9110 10.1.5), so the particular stand before the general. What comes out is one of few words of ours: nothing that
was sent is kept, and it tells nobody apart.
"""

import re

BROWSERS = (
    ("Yandex Browser", re.compile(r"YaBrowser/")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Edge", re.compile(r"Edg(e|A|iOS)?/")),
    ("Opera", re.compile(r"(OPR|OPiOS|OPT)/|Opera")),
    ("Firefox", re.compile(r"(Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"(Chrome|CriOS|Chromium)/")),
    ("Safari", re.compile(r"Version/[\d.]+.* Safari/")),
)
SYSTEMS = (
    ("Android", re.compile(r"Android")),
    ("iPhone", re.compile(r"iPhone|iPod")),
    ("iPad", re.compile(r"iPad")),
    ("ChromeOS", re.compile(r"CrOS")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Macintosh")),  # an iPad too, which says so of itself
    ("Linux", re.compile(r"Linux|X11")),
)
LOOKED_AT = 500  # characters: longer ones are nobody's browser


def device_of(user_agent: str) -> str | None:
    """`Chrome, Android`; one of the two where the other is unknown, None where both are."""
    text = user_agent[:LOOKED_AT]
    known = (next((name for name, said in kinds if said.search(text)), None) for kinds in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in known if name) or None
