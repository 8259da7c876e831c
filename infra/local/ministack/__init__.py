"""MiniStack: AWS on 127.0.0.1 without Docker, and the emulator of `make up`.

`host.py` starts it; `__main__.py` is what runs in its own environment: MiniStack with four parts changed.
"""
