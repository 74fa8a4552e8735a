"""The programs that the stepper is tried on are no tests."""

collect_ignore_glob = ["programs/*"]
