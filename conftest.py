"""What holds for every test and every code block of a page."""

pytest_plugins = ["notekit.codeblocks", "notekit.pytest_plugin", "pytester"]
