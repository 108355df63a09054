"""The WARC files of the archive, as another program reads them."""

from datetime import timedelta

import pytest
from clocks import FakeClock
from warcio.archiveiterator import ArchiveIterator

from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.response import Response
from newslake.transforms.read.warc.fields import PAGE

CLOCK = FakeClock()
URL = "https://news.example/1"


def response(body=b"Truce", url=URL, status=200, **headers):
    lines = {"Content-Type": "text/html", "Content-Length": str(len(body))} | headers
    return Response(
        url=url,
        status=status,
        phrase="OK",
        headers=tuple(lines.items()),
        body=body,
        raw=body,
        request_headers=(("User-Agent", "newslake/test"),),
        started_at=CLOCK.now(),
    )


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path, CLOCK, "newslake/test")


def records(folder):
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                body = record.content_stream().read()
                found.append((record.rec_type, record.rec_headers, record.http_headers, body))
    return found


def test_a_request_and_its_response_are_kept(archive, tmp_path):
    archive.write(response(), PAGE)
    archive.close()

    info, reply, request = records(tmp_path)

    assert info[0] == "warcinfo"
    assert (reply[0], reply[3]) == ("response", b"Truce")
    assert reply[1].get_header("WARC-Target-URI") == URL
    assert reply[1].get_header("WARC-Date") == "2026-03-01T12:00:00.000000Z"
    assert reply[1].protocol == "WARC/1.1"
    assert f"{request[2].protocol} {request[2].statusline}" == "GET /1 HTTP/1.1"
    assert request[1].get_header("WARC-Concurrent-To") == reply[1].get_header("WARC-Record-ID")


def test_a_page_is_found_at_its_offset(archive, tmp_path):
    archive.write(response(b"one"), PAGE)
    place = archive.write(response(b"two"), PAGE)
    archive.close()

    with (tmp_path / place.file).open("rb") as file:
        file.seek(place.offset)
        assert next(ArchiveIterator(file)).content_stream().read() == b"two"


def test_an_unchanged_page_is_a_revisit(archive, tmp_path):
    archive.write(response(b"", status=304), PAGE)
    archive.close()
    _, (kind, headers, http, _), _ = records(tmp_path)
    assert kind == "revisit"
    assert headers.get_header("WARC-Profile").endswith("/server-not-modified")
    assert http.get_statuscode() == "304"


def test_secrets_and_cookies_are_not_kept(archive, tmp_path):
    moved = {"Location": "https://ann:pw@news.example/2?token=abc", "Set-Cookie": "id=7"}
    archive.write(response(b"", status=302, **moved), PAGE)
    archive.close()
    _, (_, _, http, _), _ = records(tmp_path)
    assert http.get_header("Location") == "https://news.example/2"
    assert http.get_header("Set-Cookie") is None


def test_a_file_has_its_name_only_when_it_is_whole(archive, tmp_path):
    archive.write(response(), PAGE)
    assert [path.suffix for path in tmp_path.iterdir()] == [".open"]
    archive.close()
    assert [path.suffix for path in tmp_path.iterdir()] == [".gz"]


def test_files_are_rotated_by_size_and_by_age(tmp_path):
    clock = FakeClock()
    archive = Archive(tmp_path, clock, "newslake/test", max_bytes=1_000)
    files = {archive.write(response(bytes(range(256)) * 10), PAGE).file for _ in range(3)}
    assert len(files) == 3
    archive = Archive(tmp_path, clock, "newslake/test")
    first = archive.write(response(), PAGE).file
    clock.time += timedelta(hours=1)
    assert archive.write(response(), PAGE).file != first


@pytest.mark.parametrize("lost", [1, 50, 300])
def test_whole_records_survive_their_writer(archive, tmp_path, lost):
    archive.write(response(b"one"), PAGE)
    archive.write(response(bytes(range(256)) * 50), PAGE)
    archive.sync()
    (path,) = tmp_path.iterdir()
    dead = tmp_path / "dead"
    dead.mkdir()
    (dead / path.name).write_bytes(path.read_bytes()[:-lost])

    Archive(dead, CLOCK, "newslake/test")

    bodies = [body for kind, _, _, body in records(dead) if kind == "response"]
    assert bodies[0] == b"one"
    assert [path.suffix for path in dead.iterdir()] == [".gz"]


def test_files_of_another_process_are_left_alone(archive, tmp_path):
    archive.write(response(), PAGE)
    Archive(tmp_path, CLOCK, "newslake/test")
    assert [path.suffix for path in tmp_path.iterdir()] == [".open"]
