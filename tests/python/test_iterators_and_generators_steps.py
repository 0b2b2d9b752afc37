"""Oracles: slices of a list, and a stack of calls kept by hand."""

import re

from tests.frames import captions, words

FILE = "python/iterators_and_generators"
TEE = "python/iterators_and_generators_tee"
NUMBERS = [4, 3, 2, 1]
PAIRS = [tuple(NUMBERS[i : i + 2]) for i in range(3)]
BATCHES = [tuple(PAIRS[i : i + 2]) for i in (0, 2)]


def compact(value):
    return repr(value).replace(" ", "")


def yields(name):
    """What the captions say that a stage yields, in order."""
    return re.findall(rf"{name} yields ([\d(),]*[\d)])", " ".join(captions(FILE)))


def test_each_stage_yields_the_slices_of_what_it_reads():
    assert yields("CountDown") == [str(x) for x in NUMBERS]
    assert yields("windows") == [compact(pair) for pair in PAIRS]
    said = " ".join(captions(FILE))
    assert [f"batched yields {compact(b)}" in said for b in BATCHES] == [True, True]


def test_calls_and_answers_nest_like_calls_of_functions():
    running = ["loop"]
    for caption in captions(FILE)[1:-1]:
        if call := re.match(r"(The loop|batched|windows) calls next on (\w+)", caption):
            assert running[-1] == call[1].removeprefix("The ")
            running.append(call[2])
        else:
            [name] = {"CountDown", "windows", "batched"} & {running.pop()}
            assert name in caption
    assert running == ["loop"]


def test_a_call_begins_a_generator_once_and_then_goes_on():
    for name in ("CountDown", "windows", "batched"):
        calls = [c for c in captions(FILE) if f"calls next on {name}" in c]
        assert ["begins with its first line" in c for c in calls] == [
            True,
            *[False] * (len(calls) - 1),
        ]
        assert all("goes on after its yield" in c for c in calls[1:])


def test_the_pictures_show_the_variables_of_the_resting_generators():
    said = captions(FILE)
    for index, caption in enumerate(said):
        shown = words(FILE, index)
        if found := re.match(r"CountDown yields (\d) ", caption):
            assert f"k = {found[1]}" in shown
            assert found[1] in shown  # on its way
            assert f"k = {found[1]} is kept" in caption
        if found := re.match(
            r"The window is full: windows yields \((\d),(\d)\)", caption
        ):
            assert f"window: {found[1]}, {found[2]}" in shown
        if found := re.search(r"The window has (\d) of 2 items", caption):
            [window] = [word for word in shown if word.startswith("window: ")]
            assert len(re.findall(r"\d", window)) == int(found[1])


def test_no_stage_ever_shows_more_than_two_items_collected():
    most = 0
    for index in range(len(captions(FILE))):
        shown = words(FILE, index)
        windows = [len(re.findall(r"\d", w)) for w in shown if w.startswith("window")]
        batch = sum(bool(re.fullmatch(r"\(\d,\d\)", w)) for w in shown)
        flying = bool(re.match(r"The window is full", captions(FILE)[index]))
        most = max([most, batch - flying, *windows])
    assert most == 2
    assert "more than 2 items collected" in captions(FILE)[-1]


def test_the_loop_ends_with_all_batches_and_windows():
    assert f"with {len(BATCHES)} batches of {len(PAIRS)} windows" in captions(FILE)[-1]
    shown = words(FILE, len(captions(FILE)) - 1)
    assert [compact(b) for b in BATCHES] == [w for w in shown if w.startswith("((")]
    assert shown.count("✓") == 3


def test_what_tee_keeps_is_the_lead_of_the_one_in_front():
    said = captions(TEE)
    read = {"a": 0, "b": 0}
    given, longest = 0, 0
    for index, caption in enumerate(said[1:-1], 1):
        who = caption[0]
        read[who] += 1
        number = int(re.search(r"(?:gets|gives) (\d+)", caption)[1])
        assert number == 10 * read[who]  # each reader sees the whole stream in order
        asked = "the source is asked" in caption
        given += asked
        assert given == max(read.values())
        counted = re.search(
            r"its item (\d+)" if asked else r"still given (\d+)", caption
        )
        assert int(counted[1]) == given
        lead = abs(read["a"] - read["b"])
        longest = max(longest, lead)
        assert (
            int(re.search(r"(?:\(filled\): |so )(\d+)", caption.split(". ")[-1])[1])
            == lead
        )
        if lead:
            assert f"Kept for {min(read, key=read.get)}" in caption
        shown = [int(word) for word in words(TEE, index) if word.isdigit()]
        assert shown == [10 * (i + 1) for i in range(given)]
    assert sum(read.values()) == 9
    assert f"up to {longest} here" in said[-1]
