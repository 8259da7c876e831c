"""A sign-in is known by a few words of ours, and nothing that was sent is kept."""

import pytest

from chalicelib.auth.device import BROWSERS, SYSTEMS, device_of

LIKE = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko)"
MOBILE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
KNOWN = {
    f"{LIKE.format('Linux; Android 10; K')} Chrome/131.0.0.0 Mobile Safari/537.36": "Chrome, Android",
    f"{LIKE.format('Windows NT 10.0; Win64; x64')} Chrome/131.0.0.0 Safari/537.36": "Chrome, Windows",
    f"{LIKE.format('Windows NT 10.0; Win64; x64')} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0": "Edge, Windows",
    f"{LIKE.format('Windows NT 10.0; Win64; x64')} Chrome/130.0.0.0 YaBrowser/24.12.0.0 Safari/537.36": (
        "Yandex Browser, Windows"
    ),
    f"{LIKE.format('X11; Linux x86_64')} Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0": "Opera, Linux",
    f"{LIKE.format('Linux; Android 14; SM-S911B')} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": (
        "Samsung Internet, Android"
    ),
    f"{LIKE.format('X11; CrOS x86_64 14541.0.0')} Chrome/131.0.0.0 Safari/537.36": "Chrome, ChromeOS",
    f"{MOBILE} Version/18.1 Mobile/15E148 Safari/604.1": "Safari, iPhone",
    f"{MOBILE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1": "Chrome, iPhone",
    f"{MOBILE} FxiOS/133.0 Mobile/15E148 Safari/605.1.15": "Firefox, iPhone",
    f"{MAC} Version/18.1 Safari/605.1.15": "Safari, macOS",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": "Firefox, Linux",
    "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0": "Firefox, Android",
    "okhttp/4.12.0 (Linux; Android 14)": "Android",
    "curl/8.9.1": None,
    "": None,
}


@pytest.mark.parametrize(("sent", "device"), KNOWN.items())
def test_browser_and_system_are_named_as_people_call_them(sent: str, device: str | None) -> None:
    assert device_of(sent) == device


def test_nothing_that_was_sent_comes_out() -> None:
    words = {name for kinds in (BROWSERS, SYSTEMS) for name, _ in kinds}
    for sent in (f"{next(iter(KNOWN))} <script>secret", "Firefox/" * 10_000, "Windows secret\n"):
        assert set((device_of(sent) or "").split(", ")) <= words
    assert device_of("x" * 500 + "Firefox/1.0") is None
