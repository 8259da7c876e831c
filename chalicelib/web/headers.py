"""What the browser is told to allow: nothing but this page's own files, the API beside them, and pictures; and
where viewers sign in elsewhere, the issuer that the page gets its tokens from."""

from collections.abc import Sequence

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src data:",  # the one typeface is inside its style sheet: the emulator corrupts binary answers
    "img-src 'self' https:",  # a catalogue's posters may stand anywhere
    "base-uri 'none'",
    "form-action 'none'",  # forms are sent by the script; a stolen form goes nowhere
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",  # poster hosts need not learn which film is looked at
    "X-Frame-Options": "DENY",
}
FOREVER = "public, max-age=31536000, immutable"


def page_headers(asked: Sequence[str] = ()) -> dict[str, str]:
    """The page's own. `asked`: origins that its script may ask, beside its own."""
    policy = "; ".join((*POLICY, " ".join(("connect-src 'self'", *dict.fromkeys(filter(None, asked))))))
    return PAGE_HEADERS | {"Content-Security-Policy": policy}


def asset_headers(content_type: str, is_current: bool) -> dict[str, str]:
    """A file whose name carries its own hash never changes; any other answer must not be kept."""
    return {
        "Content-Type": content_type,
        "Cache-Control": FOREVER if is_current else "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
