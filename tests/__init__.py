"""Tests, fakes and benches."""
