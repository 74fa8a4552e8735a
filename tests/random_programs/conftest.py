"""Nothing here is a test, and some of it needs PyTorch: pytest looks for nothing in it."""

collect_ignore_glob = ["*.py"]
