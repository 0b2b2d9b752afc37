"""Oracle: the policy's own grammar, and a hash that openssl computed."""

from notekit.site.styles import finished, policy

PAGE = (
    '<html><head><meta charset="utf-8"><script>a=1</script></head><body></body></html>'
)
# printf 'a=1' | openssl dgst -sha256 -binary | base64
HASH = "wi/qXXQo5c9H72NUyXySI8ldbc3D4NIwD/eQVrH/PYU="


def directives(text: str) -> dict[str, list[str]]:
    content = text.partition('content="')[2].partition('"')[0]
    parts = [part.split() for part in content.split("; ")]
    return {name: values for name, *values in parts}


def test_a_page_loads_from_its_own_site_and_runs_the_scripts_that_it_holds():
    rules = directives(policy(PAGE))
    assert rules["default-src"] == rules["base-uri"] == ["'none'"]
    assert rules["script-src"] == ["'self'", "'wasm-unsafe-eval'", f"'sha256-{HASH}'"]
    assert "'unsafe-inline'" not in rules["script-src"]
    everywhere = {value for values in rules.values() for value in values}
    assert not any(value.startswith(("http", "*", "//")) for value in everywhere)


def test_a_script_that_is_another_has_another_hash():
    other = policy(PAGE.replace("a=1", "a=2"))
    assert HASH not in other
    assert "sha256-" in other
    assert "sha256-" not in policy(PAGE.replace("<script>a=1</script>", ""))


def test_the_policy_stands_before_all_that_it_rules_and_after_the_charset():
    html = finished(PAGE, "a.css")
    charset, rule, script = map(html.index, ("<meta charset", "<meta http", "<script>"))
    assert charset < rule < script
    assert rule < 1024
    assert html.count("Content-Security-Policy") == 1


def test_only_where_code_runs_may_a_page_start_a_thread():
    assert "worker-src" not in directives(policy(PAGE))
    runs = PAGE.replace("<body>", '<body><div class="highlight" data-run="">x</div>')
    assert directives(policy(runs))["worker-src"] == ["'self'", "blob:"]
    assert "blob:" not in directives(policy(runs))["script-src"]
