"""What holds for every test and every code block of a page."""

pytest_plugins = ["notekit.prove.codeblocks", "notekit.prove.pytest_plugin", "pytester"]
