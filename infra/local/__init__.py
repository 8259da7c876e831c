"""What runs on a developer's machine: emulator, GigaChat stand-in, demo catalogue."""
