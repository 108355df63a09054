import itertools
import os
import socket

import pytest

from newslake.transforms.read.listing import NoSuchInput, list_inputs
from newslake.transforms.read.names import quote, relative, source, unquote


@pytest.fixture
def folder(tmp_path):
    """A folder with a few files on three levels, and a file outside it."""
    for name in ("a.txt", ".hidden.md", "sub/b.txt", "sub/deep/c.html", "sub/deep/d.zip"):
        path = tmp_path / "news" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "outside.txt").write_text("secret")
    return tmp_path / "news"


def names(*paths):
    return [slice.name for slice in list_inputs([str(path) for path in paths])]


def roots(*paths):
    return {slice.root for slice in list_inputs([str(path) for path in paths])}


EVERYTHING = [".hidden.md", "a.txt", "sub/b.txt", "sub/deep/c.html", "sub/deep/d.zip"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("", EVERYTHING, id="a folder, with all below"),
        pytest.param("a.txt", ["a.txt"], id="a file"),
        pytest.param("sub/b.txt", ["b.txt"], id="a file is named from its own folder"),
        pytest.param("*.txt", ["a.txt"], id="star"),
        pytest.param("*", EVERYTHING, id="star, and all below the folders it meets"),
        pytest.param("sub/*.txt", ["b.txt"], id="the part without stars is the root"),
        pytest.param("*/b.txt", ["sub/b.txt"], id="star for a folder"),
        pytest.param("**/*.txt", ["a.txt", "sub/b.txt"], id="any number of folders, also none"),
        pytest.param("**/deep/**", EVERYTHING[3:], id="any number of folders, twice"),
        pytest.param("**", EVERYTHING, id="everything"),
        pytest.param("**/[cd].*", EVERYTHING[3:], id="a set of characters"),
        pytest.param("su?/b.txt", ["sub/b.txt"], id="a question mark"),
        pytest.param("./sub/.//*.txt", ["b.txt"], id="parts that say nothing"),
    ],
)
def test_the_inputs_that_a_path_names(folder, path, expected):
    assert names(folder / path if path != "./sub/.//*.txt" else f"{folder}/{path}") == expected


def test_names_and_roots_are_those_of_the_real_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)
    [first, *_] = list_inputs(["."])
    assert (first.path, first.root) == (f"{folder}/.hidden.md", str(folder))
    assert (first.offset, first.line, first.lines) == (0, 1, None)


@pytest.mark.parametrize("path", ["missing", "missing/*.txt", "*.pdf", "a.txt/*", "sub/../../*/x"])
def test_a_path_that_names_nothing_is_an_error_that_says_so(folder, path):
    with pytest.raises(NoSuchInput) as error:
        list_inputs([str(folder), f"{folder}/{path}"])
    assert f"{folder}/{path}" in str(error.value)


def test_a_path_of_no_characters_is_not_the_current_folder():
    with pytest.raises(NoSuchInput):
        list_inputs([""])


def test_a_link_named_as_input_stands_for_its_target(folder, tmp_path):
    (tmp_path / "latest").symlink_to("news")
    (tmp_path / "latest.txt").symlink_to("news/a.txt")
    assert names(tmp_path / "latest") == EVERYTHING
    assert names(tmp_path / "latest.txt") == ["a.txt"]
    assert roots(tmp_path / "latest", tmp_path / "latest.txt") == {str(folder)}


def test_an_empty_folder_is_an_empty_list(tmp_path):
    assert list_inputs([str(tmp_path)]) == []


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    (tmp_path / "[ab].txt").write_text("text")
    (tmp_path / "a.txt").write_text("text")
    assert names(tmp_path / "[ab].txt") == ["[ab].txt"]


def test_overlapping_inputs_count_once_under_the_outermost_root_in_any_order(folder):
    paths = [folder, folder / "sub", folder / "sub/deep/c.html", folder / "**/*.txt"]
    for order in itertools.permutations(paths):
        assert names(*order) == EVERYTHING
        assert roots(*order) == {str(folder)}


def test_two_folders_keep_their_files_apart(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a.txt").write_text("text")
    assert names(folder, tmp_path / "other").count("a.txt") == 2


def test_a_moved_folder_gives_the_same_names(folder, tmp_path):
    before = names(folder)
    folder.rename(tmp_path / "moved")
    assert names(tmp_path / "moved") == before


def test_links_inside_the_folder_are_followed_to_one_input_each(folder):
    (folder / "z.txt").symlink_to("a.txt")
    (folder / "linked").symlink_to("sub")
    assert names(folder) == EVERYTHING
    assert names(folder / "linked*") == EVERYTHING[2:]


def test_loops_of_links_end(folder):
    (folder / "sub/up").symlink_to("..")
    (folder / "self").symlink_to("self")
    assert names(folder) == sorted([*EVERYTHING, "self"])
    assert names(folder / "**/*.txt") == ["a.txt", "sub/b.txt"]


@pytest.mark.parametrize("target", ["../outside.txt", "..", "nowhere", "/dev/zero"])
def test_links_that_cannot_be_followed_stay_inputs(folder, target):
    (folder / "link.txt").symlink_to(target)
    assert names(folder) == sorted([*EVERYTHING, "link.txt"])
    assert names(folder / "*.txt") == ["a.txt", "link.txt"]


def test_a_glob_does_not_silently_pass_by_a_folder_outside(folder):
    (folder / "away").symlink_to("..")
    assert names(folder / "*/b.txt") == ["away", "sub/b.txt"]


def test_a_link_out_of_an_inner_root_counts_once_under_the_outer(folder):
    (folder / "sub/link.txt").symlink_to("../a.txt")
    assert names(folder / "sub") == ["b.txt", "deep/c.html", "deep/d.zip", "link.txt"]
    assert names(folder / "sub", folder) == EVERYTHING


def test_a_folder_that_cannot_be_listed_is_an_input(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if path.endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert names(folder) == [".hidden.md", "a.txt", "sub/b.txt", "sub/deep"]
    assert names(folder / "sub/deep") == ["."]


def test_pipes_and_sockets_are_inputs(folder, monkeypatch):
    os.mkfifo(folder / "pipe.txt")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        assert names(folder) == sorted([*EVERYTHING, "pipe.txt", "socket.txt"])


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("two\nlines.txt", "two%0Alines.txt"),
        ("\u202etxt.exe", "%E2%80%AEtxt.exe"),
        ("-rf.txt", "-rf.txt"),
        (" lead é.txt", " lead é.txt"),
        ("100%#?.txt", "100%25%23%3F.txt"),
        ("n" * 200 + ".txt", "n" * 200 + ".txt"),
    ],
)
def test_odd_names_are_quoted_in_print_and_lead_back(tmp_path, name, quoted):
    (tmp_path / name).write_text("text")
    [slice] = list_inputs([str(tmp_path)])
    assert (slice.name, slice.path) == (quoted, f"{tmp_path}/{quoted}")
    assert unquote(slice.path) == f"{tmp_path}/{name}"


def test_names_that_are_not_utf8_are_quoted_too():
    assert quote("caf\udce9") == "caf%E9"
    assert unquote("caf%E9") == "caf\udce9"


def test_the_source_is_the_folder_that_holds_the_file():
    assert source("x/reuters/a.txt", "/data/news") == "reuters"
    assert source("50%25/a.txt", "/data/news") == "50%"
    assert source("a.txt", "/data/caf%E9") == "caf\\xe9"
    assert source("a.txt", "/") == "/"


def test_names_in_the_uppermost_folder():
    assert relative("/a.txt", "/") == "a.txt"
