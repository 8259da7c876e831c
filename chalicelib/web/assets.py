"""The page's files as they are served: one script, two style sheets, a library and an icon, named by their content;
and for each screen that few ever open, a script and a sheet that are fetched when it is opened.

The sources are plain ES modules and style sheets. They are joined when the page is first asked for, not by a build
step: every request here is a Lambda call, and twenty modules would be twenty of them (decision 050).
"""

import hashlib
import html
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

SOURCES = Path(__file__).parent / "page"
STYLES = ("tokens", "shell", "forms", "card", "screens")
LATE = ("evening", "first_minute", "import_history", "operator")
"""What `import("./NAME.js")` fetches, with a sheet of the same name where there is one."""
PAGE_SCRIPT = 'document.querySelector("script[type=module]").src'
"""Where a late script finds what the page has already: by asking the page, as neither of two can hold the other's hash.
After a deployment an old page's script is still the one that runs."""
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./((?:vendor/)?[a-z_]+)\.js";\n', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) )", re.MULTILINE)
COMMENT = re.compile(r"^ *(?://.*|/\*\*.*\*/)\n", re.MULTILINE)  # a line of its own
LATE_COMMENT = re.compile(r"(?<=[;,{}(]) +// [^\"'`\n]*$", re.MULTILINE)  # behind code; never within a text
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANK = re.compile(r"^\n", re.MULTILINE)
INDENT = re.compile(r"^ +", re.MULTILINE)  # with the comments, a tenth of what a viewer would load
HASH_CHARACTERS = 10  # 40 bits: the names of one page's versions never meet


class Asset(msgspec.Struct, frozen=True):
    """A file to serve. `name` carries the hash of the text."""

    name: str
    content_type: str
    text: str


class PageSourceError(Exception):
    """The page's sources break a rule that joining them needs."""


@cache
def assets() -> dict[str, Asset]:
    """Every file by its plain name: `app.js`, `app.css`, `font.css`, `preact.js`, `icon.svg`, and the late ones."""
    library = _asset("preact.js", _read("vendor/preact.js"))
    app, wanted = _joined("main", library.name).text, set[str]()
    sheets = {
        f"assets/{name}.css": _asset(f"{name}.css", _lighter(_read(f"style/{name}.css")))
        for name in LATE
        if (SOURCES / "style" / f"{name}.css").exists()
    }
    late = list(sheets.values())
    for name in LATE:
        script = _joined(name, library.name, around=_joined("main", library.name).modules)
        text = script.text
        for plain, sheet in sheets.items():
            text = text.replace(plain, f"assets/{sheet.name}")
        late.append(_asset(f"{name}.js", text))
        wanted |= script.of_the_page
        app = app.replace(f'import("./{name}.js")', f'import("./{late[-1].name}")')
    files = [
        library,
        *late,
        _asset("app.js", f"{app}export {{ {', '.join(sorted(wanted))} }};\n"),
        _asset("app.css", _lighter("\n".join(_read(f"style/{name}.css") for name in STYLES))),
        _asset("font.css", _read("vendor/font.css")),
        _asset("icon.svg", _read("icon.svg")),
    ]
    return {re.sub(r"\.[0-9a-f]+\.", ".", file.name): file for file in files}


@cache
def index(sign_in: str = "") -> str:
    """The page itself, pointing at the hashed names. `sign_in`: where viewers have no accounts here, what the page has
    to know to sign them in elsewhere, as JSON."""
    text = _read("index.html")
    if sign_in:
        text = text.replace("</head>", f'  <meta name="sign-in" content="{html.escape(sign_in)}">\n</head>')
    for plain, asset in assets().items():
        text = text.replace(f"assets/{plain}", f"assets/{asset.name}")
    return text


def find_asset(name: str) -> tuple[Asset, bool] | None:
    """The asset of that name, and whether the hash in the name is this version's; None for any other name.

    During a deployment an old page may meet new functions: it then gets the present file, which must not be cached
    under the old name.
    """
    plain = re.sub(rf"\.[0-9a-f]{{{HASH_CHARACTERS}}}\.", ".", name)
    asset = assets().get(plain)
    return (asset, asset.name == name) if asset and plain != name else None


def joined_modules(entry: str, library_name: str) -> str:
    """The module and all it imports as one module, imported ones first.

    Raises:
        PageSourceError: an import or export is written in another form than `import { a, b } from "./name.js";`
            and `export` before a declaration. (Two top-level names alike are a syntax error in the browser.)
    """
    return _joined(entry, library_name).text


class _Joined(NamedTuple):
    """A script, the modules in it, and the names that it takes from the page's own."""

    text: str
    modules: frozenset[str]
    of_the_page: frozenset[str]


def _joined(entry: str, library_name: str, around: frozenset[str] = frozenset()) -> _Joined:
    parts: list[str] = []
    from_library: set[str] = set()
    of_the_page: set[str] = set()
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        text = _read(f"{name}.js")
        for names, source in IMPORT.findall(text):
            listed = {part.strip() for part in names.split(",") if part.strip()}
            if source == "vendor/preact":
                from_library.update(listed)
            elif source in around:
                of_the_page.update(listed)
            else:
                add(source)
        exported = EXPORTED.findall(text) if around and name == entry else []
        text = EXPORT.sub("", IMPORT.sub("", LATE_COMMENT.sub("", COMMENT.sub("", text))))
        if stray := re.search(r"^(?:import|export)\b.*", text, re.MULTILINE):
            raise PageSourceError(f"{name}.js: {stray[0]}")
        parts.append(BLANK.sub("", INDENT.sub("", text)))
        parts.extend(f"export {{ {one} }};\n" for one in exported)

    add(entry)
    head = f'import {{ {", ".join(sorted(from_library))} }} from "./{library_name}";\n'
    if of_the_page:
        head += f"const {{ {', '.join(sorted(of_the_page))} }} = await import({PAGE_SCRIPT});\n"
    return _Joined(head + "".join(parts), frozenset(seen), frozenset(of_the_page))


def _lighter(style: str) -> str:
    return BLANK.sub("", INDENT.sub("", STYLE_COMMENT.sub("", style)))


def _asset(plain: str, text: str) -> Asset:
    stem, _, ending = plain.rpartition(".")
    digest = hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARACTERS]
    return Asset(f"{stem}.{digest}.{ending}", f"{KINDS['.' + ending]}; charset=utf-8", text)


def _read(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")
