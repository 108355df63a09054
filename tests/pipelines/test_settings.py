"""Settings: a flag wins over the environment, which wins over newslake.toml, which wins over the default."""

import json
from itertools import product

import pytest
from lakes import article, commit

from newslake.pipelines.cli import COMMANDS, command_of, main
from newslake.pipelines.declared import settable
from newslake.transforms.dedupe.lake_index import open_lake

TEXTS = {
    "contact": "you@example.org",
    "event_model": "fast",
    "every": "7m",
    "flush": "7m",
    "for": "7m",
    "published": "2026-03-01 2026-03-02",
    "from": "2026-03-01",
    "to": "2026-03-02",
    "tz": "Asia/Tokyo",
    "log_format": "json",
    "listen": "8000",
    "metrics": "8000",
}
REQUIRED = {
    "backfill": ["PATH"],
    "explain": ["Norway praised Peru."],
    "feeds add": ["LIST", "https://example.org/"],
    "feeds import": ["LIST", "OTHER"],
    "feeds pause": ["LIST", "https://example.org/"],
    "feeds remove": ["LIST", "https://example.org/"],
    "feeds resume": ["LIST", "https://example.org/"],
    "forget": ["WHAT"],
    "migrate": ["OLD", "NEW"],
    "report": ["--output=report.html"],
    "completion": ["bash"],
}
"""The arguments that only the command line can give."""


def names_of_commands():
    return [name for name in settable() if name.split()[0] in COMMANDS]


def parsed(command, *words):
    name, *action = command.split()
    found = vars(command_of(name)[0].parse(name, "Do it", [*action, *words]))
    hidden = ("given", "origins", "parser", "config", "dashboard")
    return {key: value for key, value in found.items() if key not in hidden}


def sample(option):
    """Return the words of a value of `option` that is not its default."""
    if option.kind == "flag":
        return ["false" if option.default == "true" else "true"]
    if option.choices:
        return [next(one for one in option.choices if one != option.default)]
    if option.kind in {"int", "float"}:
        return [
            "0.5" if option.default in {"0.0", "1.0"} else str(int(float(option.default or 0)) + 1)
        ]
    return TEXTS.get(option.name, "some").split()


def on_the_command_line(option, words):
    if not option.flags:
        return words
    if option.kind == "flag":
        return [option.flags[words == ["false"]]]
    return [option.flags[-1], *words] if len(words) > 1 else [f"{option.flags[-1]}={words[0]}"]


def as_toml(option, words):
    values = words if option.kind not in {"path", "text"} else list(map(json.dumps, words))
    return f"{option.name} = {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lake(here):
    lake = open_lake(here / "lake")
    lake.create()
    commit(lake, article("one"), number=0)
    return here / "lake"


@pytest.mark.parametrize("command", names_of_commands())
def test_every_option_of_every_command_can_be_set_in_four_places(command, here, monkeypatch):
    options = settable()[command]
    rest = [*REQUIRED.get(command, ()), *(["--lake=l"] if "lake" in options else ())]
    rest += ["--events"] if command == "reprocess" else ()
    for name, option in options.items():
        words, others = sample(option), [one for one in rest if not one.startswith(f"--{name}")]
        others += ["FEEDS"] if "feeds" in options and name != "feeds" else ()
        expected = parsed(command, *others, *on_the_command_line(option, words))
        own = f"NEWSLAKE_{command.replace(' ', '_').upper()}_{name.upper()}"
        for variable in (f"NEWSLAKE_{name.upper()}", own):
            with monkeypatch.context() as patch:
                patch.setenv(variable, " ".join(words))
                assert parsed(command, *others) == expected, variable
        for table in ("", f"[{command.replace(' ', '-')}]\n"):
            (here / "newslake.toml").write_text(table + as_toml(option, words))
            assert parsed(command, *others) == expected, (name, table)
        (here / "newslake.toml").unlink()


PLACES = {
    "default": (None, "600"),
    "file": ("pages_per_site = 1\n", "1"),
    "table": ("[follow]\npages_per_site = 2\n", "2"),
    "environment": ("NEWSLAKE_PAGES_PER_SITE", "3"),
    "environment of the command": ("NEWSLAKE_FOLLOW_PAGES_PER_SITE", "4"),
    "flag": ("--pages-per-site", "5"),
}
"""From the lowest precedence to the highest."""


@pytest.mark.parametrize("given", product([False, True], repeat=len(PLACES) - 1))
def test_the_place_with_the_highest_precedence_wins(given, here, monkeypatch):
    words, wins = ["--lake", "l", "FEEDS"], "600"
    for is_given, (place, (how, value)) in zip((True, *given), PLACES.items(), strict=True):
        if not is_given:
            continue
        wins = value
        if place in ("file", "table"):
            with (here / "newslake.toml").open("a") as file:
                file.write(how)
        elif place == "flag":
            words += [how, value]
        elif how:
            monkeypatch.setenv(how, value)
    assert parsed("follow", *words)["pages_per_site"] == int(wins)


def test_a_flag_wins_over_a_setting_of_an_option_that_excludes_it(here):
    (here / "newslake.toml").write_text("verbose = true\n")
    found = parsed("verify", "--lake", "l", "--quiet")
    assert (found["quiet"], found["verbose"]) == (True, False)


def test_a_flag_replaces_the_list_of_a_setting(here):
    (here / "newslake.toml").write_text('[compact]\ntable = ["articles", "runs"]\n')
    assert parsed("compact", "--lake", "l")["table"] == ["articles", "runs"]
    assert parsed("compact", "--lake", "l", "--table", "rejects")["table"] == ["rejects"]


def test_a_list_for_all_commands_does_not_apply_where_one_value_is_needed(here):
    (here / "newslake.toml").write_text('table = ["rejects", "runs"]\nfeeds = ["a", "b c"]\n')
    assert parsed("compact", "--lake", "l")["table"] == ["rejects", "runs"]
    assert parsed("export", "--lake", "l")["table"] == "articles"
    assert parsed("follow", "--lake", "l")["feeds"] == ["a", "b c"]


def test_options_of_one_name_have_one_kind():
    """Otherwise a value for all commands could not be valid for each of them."""
    kinds = {}
    for options in settable().values():
        for name, option in options.items():
            kinds.setdefault(name, set()).add(option.kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_a_variable_has_one_meaning():
    names = [name for options in settable().values() for name in options]
    starts = [f"{command.replace(' ', '_')}_" for command in settable()]
    assert [name for name in names if name.startswith(tuple(starts))] == []


def test_paths_in_a_file_are_relative_to_its_folder(here, lake, capsys, monkeypatch):
    (here / "conf").mkdir()
    (here / "conf" / "news.toml").write_text('lake = "../lake"\n')
    assert main(["query", "SELECT 7 AS n", "--config", "conf/news.toml"]) == 0
    monkeypatch.setenv("NEWSLAKE_CONFIG", "conf/news.toml")
    assert main(["query", "SELECT 7 AS n"]) == 0
    monkeypatch.setenv("NEWSLAKE_CONFIG", "nowhere.toml")
    assert main(["query", "SELECT 7 AS n", "--config=conf/news.toml"]) == 0
    monkeypatch.setenv("HOME", str(here))
    (here / "home.toml").write_text('lake = "~/lake"\n')
    assert main(["query", "SELECT 7 AS n", "--config=home.toml"]) == 0
    assert capsys.readouterr().out.count("│ 7 │") == 4


def test_the_paths_of_feeds_may_be_urls(here):
    (here / "conf").mkdir()
    feeds = ["https://example.org/feed", "feeds.opml", "/srv/feeds.txt"]
    (here / "conf/news.toml").write_text(f"feeds = {json.dumps(feeds)}\n")
    found = parsed("follow", "--lake", "l", "--config", "conf/news.toml")["feeds"]
    assert found == ["https://example.org/feed", "conf/feeds.opml", "/srv/feeds.txt"]


def test_an_empty_variable_is_not_set(here, lake, monkeypatch):
    monkeypatch.setenv("NEWSLAKE_LAKE", "")
    assert main(["query", "SELECT 1"]) == 2
    (here / "newslake.toml").write_text('lake = "lake"\n')
    assert main(["query", "SELECT 1"]) == 0


def test_a_file_with_a_byte_order_mark_and_hyphens_is_read(here):
    text = '\ufefflake = "lake"\n[follow]\npages-per-site = 3\n'
    (here / "newslake.toml").write_text(text, encoding="utf-8")
    assert parsed("follow", "FEEDS")["pages_per_site"] == 3


WRONG_FILES = [
    ("max_htlm_mb = 3", "unknown key max_htlm_mb; did you mean max_html_mb?"),
    ("[folow]\nflush = '5m'", "unknown table [folow]; did you mean follow?"),
    ("[query]\nlimti = 5", "[query]: unknown key limti; did you mean limit?"),
    ("[query]\nflush = '5m'", "[query]: unknown key flush"),
    ("config = 'other.toml'", "unknown key config"),
    ("zzzz = 1", "unknown key zzzz; see `newslake config --help`"),
    ("max_html_mb = '3'", "max_html_mb must be a whole number"),
    ("max_html_mb = 3.0", "max_html_mb must be a whole number"),
    ("max_html_mb = true", "max_html_mb must be a whole number"),
    ("max_html_mb = [3]", "max_html_mb must be a whole number"),
    ("min_confidence = '0.5'", "min_confidence must be a number"),
    ("allow_private = 1", "allow_private must be true or false"),
    ("lake = 7", "lake must be a text in quotes"),
    ("lake = ['a', 'b']", "lake must be a text in quotes"),
    ("[feeds.list]\njson = true", "unknown table [feeds]; did you mean feeds-"),
    ("feeds = ['a', 7]", "feeds must be a text in quotes, or a list of such values"),
    ("[[follow]]\nflush = '5m'", "follow"),
    ("lake = 'lake'\nlake = 'other'", "newslake.toml is not a TOML file"),
    ("lake = ", "newslake.toml is not a TOML file: Invalid value (at"),
    ("max_html_mb = 3\nmax-html-mb = 4", "max_html_mb is set twice"),
]


@pytest.mark.parametrize(("text", "message"), WRONG_FILES)
@pytest.mark.parametrize("words", [["backfill", "in", "--lake", "new"], ["config"]])
def test_a_wrong_file_is_refused_before_anything_is_written(here, capsys, words, text, message):
    (here / "in").mkdir()
    (here / "newslake.toml").write_text(text)
    assert main(words) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert message in line
    assert line.startswith("newslake: newslake.toml")
    assert sorted(path.name for path in here.iterdir()) == ["in", "newslake.toml"]


WRONG_VALUES = [
    ("max_html_mb = 99", "NEWSLAKE_MAX_HTML_MB", "99", "'99' is not a whole number from 1 to 10"),
    ("partition = 'weak'", "NEWSLAKE_PARTITION", "weak", "invalid choice: 'weak'"),
    ("workers = 0", "NEWSLAKE_WORKERS", "0", "'0' is not a whole number from 1 to 1000"),
]


@pytest.mark.parametrize(("text", "variable", "value", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused_with_its_origin(
    here, capsys, monkeypatch, text, variable, value, message
):
    (here / "in").mkdir()
    (here / "newslake.toml").write_text(text)
    assert main(["backfill", "in", "--lake", "new"]) == 2
    assert message in (said := capsys.readouterr().err)
    assert said.startswith("newslake: newslake.toml: ")
    (here / "newslake.toml").unlink()
    monkeypatch.setenv(variable, value)
    assert main(["backfill", "in", "--lake", "new"]) == 2
    assert message in (said := capsys.readouterr().err)
    assert said.startswith(f"newslake: {variable}: ")
    assert not (here / "new").exists()


@pytest.mark.parametrize("variable", ["NEWSLAKE_ALLOW_PRIVATE", "NEWSLAKE_JSON"])
def test_a_variable_for_a_flag_is_1_or_0(capsys, monkeypatch, variable):
    monkeypatch.setenv(variable, "maybe")
    assert main(["follow", "https://example.org/feed", "--lake", "new", "--once"]) == 2
    assert f"{variable} must be 1 or 0" in capsys.readouterr().err


def test_a_missing_or_unreadable_file_is_named(here, capsys):
    assert main(["config", "--config", "nowhere.toml"]) == 2
    assert "nowhere.toml: No such file or directory" in capsys.readouterr().err
    (here / "newslake.toml").mkdir()
    assert main(["config"]) == 2
    assert "newslake.toml: Is a directory" in capsys.readouterr().err


def test_help_is_printed_with_a_wrong_file(here, capsys):
    (here / "newslake.toml").write_text("wrong")
    with pytest.raises(SystemExit, match="0"):
        main(["query", "--help"])
    assert main(["--help"]) == main(["--version"]) == 0


def test_an_error_about_an_option_names_the_setting(here, lake, capsys):
    (here / "newslake.toml").write_text('lake = "lake"\n[query]\nfile = "one.sql"\n')
    assert main(["query", "SELECT 1"]) == 2
    assert "--file is set in newslake.toml [query]" in capsys.readouterr().err


def test_a_setting_that_has_no_effect_is_not_refused(here, lake, capsys, monkeypatch):
    monkeypatch.setenv("NEWSLAKE_LAKE", "lake")
    assert main(["schema", "runs"]) == 0
    assert main(["schema", "--sql"]) == 0
    monkeypatch.setenv("NEWSLAKE_CONTACT", "you@example.org")
    assert main(["query", "SELECT 1"]) == 0


def test_config_prints_each_value_with_its_origin(here, capsys, monkeypatch):
    text = 'lake = "lake"\nmax_html_mb = 3\n[follow]\nflush = "5m"\n'
    (here / "newslake.toml").write_text(text)
    monkeypatch.setenv("NEWSLAKE_MAX_HTML_MB", "4")
    assert main(["config", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["settings"]
    values = {(one["option"], one["value"], one["origin"]) for one in found}
    assert {
        ("lake", "lake", "newslake.toml"),
        ("max_html_mb", "4", "NEWSLAKE_MAX_HTML_MB"),
        ("flush", "5m", "newslake.toml [follow]"),
        ("every", "60s", "default"),
        ("contact", None, "default"),
        ("limit", None, "default"),
    } <= values
    named = {
        (name, command) for one in found for name in [one["option"]] for command in one["commands"]
    }
    assert named == {(name, command) for command in settable() for name in settable()[command]}
    assert main(["config"]) == 0
    assert "│ NEWSLAKE_MAX_HTML_MB" in capsys.readouterr().out


SECRETS = ("hunter2", "ann", "s3cr3t", "abcdef")


def test_secrets_never_appear(here, capsys, monkeypatch):
    feeds = ["https://ann:hunter2@example.org/feed?id=7&token=s3cr3t", "feeds.opml"]
    (here / "newslake.toml").write_text(
        f'feeds = {json.dumps(feeds)}\ncontact = "https://ann:hunter2@example.org/?api_key=abcdef"\n'
    )
    for words in (["config"], ["config", "--json"]):
        assert main(words) == 0
        said = capsys.readouterr()
        assert "https://example.org/feed?id=7" in said.out
        assert not [one for one in SECRETS if one in said.out + said.err]
    (here / "newslake.toml").write_text('lake = "ftp://ann:hunter2@example.org/lake?s3cr3t"\n')
    for words in (["config"], ["verify"]):
        assert main(words) == 2
        said = capsys.readouterr()
        assert "lake: ftp://example.org/lake is a URL" in said.err
        assert not [one for one in SECRETS if one in said.out + said.err]
    (here / "newslake.toml").unlink()
    monkeypatch.setenv("NEWSLAKE_CONTACT", "hunter2:s3cr3t@")
    monkeypatch.setenv("NEWSLAKE_TOKEN", "abcdef")
    assert main(["config"]) == 2
    assert not [one for one in SECRETS if one in capsys.readouterr().err]
