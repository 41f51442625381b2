"""A package, so that its test_content.py is another module than the one in tests/integrity."""
