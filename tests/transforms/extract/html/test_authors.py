import pytest
from lxml.html import document_fromstring

from newslake.transforms.extract.fields.byline import names_in
from newslake.transforms.extract.html.authors import authors
from newslake.transforms.extract.html.json_ld import LinkedArticle
from newslake.transforms.extract.html.meta import meta_tags


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("Von Ann Lee und Bo van Ek", ["Ann Lee", "Bo van Ek"]),
        ("Par Ann Lee, Bo Ek et Cy Oh", ["Ann Lee", "Bo Ek", "Cy Oh"]),
        ("Ann Lee; Bo Ek | Cy Oh", ["Ann Lee", "Bo Ek", "Cy Oh"]),
        ("Ann Lee, Kyiv", ["Ann Lee"]),
        ("Ann Lee, professor of history in Kyiv", ["Ann Lee"]),
        ("Ann Lee (Agency)", ["Ann Lee"]),
        ("Ann Lee and others", ["Ann Lee and others"]),
        ("ANN LEE AND BO EK", ["ANN LEE", "BO EK"]),
        *((name, [name]) for name in ("John E Smith", "Mary Y Chen", "Robert I Lee")),
        *((name, [name]) for name in ("Kim Ja Young", "Lin En Wei", "KIM JA YOUNG", "MARY Y CHEN")),
        *((name, [name]) for name in ("Santiago Ramón y Cajal", "Maria da Costa e Silva")),
        *((name, [name]) for name in ("Food and Agriculture Organization", "Standard & Poor's")),
        *((name, [name]) for name in ("Johnson & Johnson", "Trinidad and Tobago Guardian")),
        *((name, [name]) for name in ("Di Thompson", "Di Battista", "Von Miller")),
        ("Ann Lee, Bo Ek, and Cy Dee", ["Ann Lee", "Bo Ek", "Cy Dee"]),
        ("Ann Lee, Bo Ek, & Cy Dee", ["Ann Lee", "Bo Ek", "Cy Dee"]),
        ("Ana Ruiz y Eva Sol", ["Ana Ruiz", "Eva Sol"]),
        ("Ann Lee and AFP", ["Ann Lee", "AFP"]),
        ("Ann Lee und dpa", ["Ann Lee", "dpa"]),
        ("Ann Lee / dpa", ["Ann Lee", "dpa"]),
        *((f"Von {desk}", [desk]) for desk in ("Redaktion", "Reuters", "dpa", "AFP")),
        ("Smith, Jane", ["Jane Smith"]),
        ("Redaktion, Berlin", ["Redaktion"]),
        ("Smith, PhD", ["Smith"]),
        ("Smith, Jr", ["Smith"]),
        ("Lee, Ann; Ek, Bo T.", ["Ann Lee", "Bo T. Ek"]),
        ("By Ann Lee, New York", ["Ann Lee"]),
        ("By Ann Lee, Hong Kong", ["Ann Lee"]),
        ("Ann Lee, Hong Sang-soo", ["Ann Lee", "Hong Sang-soo"]),
        ("Ann Lee — Kyiv", ["Ann Lee"]),
        ("Ann Lee — New York", ["Ann Lee"]),
        ("Ann Lee | AFP", ["Ann Lee", "AFP"]),
        ("Ann Lee, Guest Essay", ["Ann Lee"]),
        ("Ann Lee, Jean d'Ormesson", ["Ann Lee", "Jean d'Ormesson"]),
        ("Ann Lee, Hanna af Klint", ["Ann Lee", "Hanna af Klint"]),
        ("Ann Lee, Jan van 't Hof", ["Ann Lee", "Jan van 't Hof"]),
        ("Ann Lee, Luiz Inácio Lula da Silva", ["Ann Lee", "Luiz Inácio Lula da Silva"]),
        ("王小明, 李雷", ["王小明", "李雷"]),
        ("محمد علي، سارة حسن", ["محمد علي", "سارة حسن"]),
        ("김서연 기자", ["김서연"]),
        ("abc/dpa", ["abc/dpa"]),
        ("Ann Lee, Staff Writer", ["Ann Lee"]),
        ("Ann Lee | Political Editor", ["Ann Lee"]),
        ("Ann Lee, AP Sports Writer", ["Ann Lee", "AP"]),
        ("Example Staff", ["Example Staff"]),
        ("Analysis by Ann Lee, Editor-at-large", ["Ann Lee"]),
        ("Ann Lee March 1, 2024 3:46 PM", ["Ann Lee"]),
        ("ANN LEE MARCH 1, 2024", ["ANN LEE"]),
        ("Ann Lee Friday, March 1st, 2024", ["Ann Lee"]),
        ("Ann Lee · Posted: Mar 1, 2024 | Last Updated: March 2, 2024", ["Ann Lee"]),
        ("Ann Lee Published 12:15 p.m. ET", ["Ann Lee"]),
        ("Posted by Ann Lee on 1 Mar 2024", ["Ann Lee"]),
        ("Por Ann Lee01/03/2024", ["Ann Lee"]),
        ("Por: Ann Lee | 1 de marzo de 2024", ["Ann Lee"]),
        ("By Ann Lee42 minutes ago", ["Ann Lee"]),
        ("seen on 2024. 03. 01.", []),
        ("Foto: Ann Lee", []),
        ("Фото: Ann Lee", []),
        ("Text: Ann Lee Foto: Bo Ek", ["Ann Lee"]),
        ("Авторы: Ann Lee, Bo Ek", ["Ann Lee", "Bo Ek"]),
        ("作者：王小明", ["王小明"]),
        ("https://example.org/ann", []),
        ("ann@example.org", []),
        ("1 March 2024", []),
        ("Our whole desk has worked on this for a week", []),
        ("(" * 100_000, []),
    ],
)
def test_names_are_read_out_of_a_byline(byline, names):
    assert names_in([byline]) == names


def test_a_name_in_two_spellings_is_one():
    assert names_in(["Ann Lee", "ANN LEE"]) == ["Ann Lee"]


def found(head="", body="", linked=()):
    tree = document_fromstring(f"<html><head>{head}</head><body>{body}<p>Talks.</p></body></html>")
    names = LinkedArticle(authors=list(linked))
    return authors(tree, names, meta_tags(tree), ["The Example", "example.org"])


def test_linked_data_are_used_whatever_author_they_name():
    assert found('<meta name="author" content="Bo Ek">', linked=["Ann Lee"]) == ["Ann Lee"]
    assert found("<p>By Bo Ek</p>", linked=["The Example"]) == ["The Example"]


def test_a_person_elsewhere_replaces_the_sites_name_in_linked_data():
    assert found('<meta name="author" content="Bo Ek">', linked=["The Example"]) == ["Bo Ek"]
    assert found('<meta name="author" content="desk">', linked=["The Example"]) == ["The Example"]


def test_elsewhere_the_site_is_not_an_author():
    head = '<meta name="author" content="The Example"><meta name="byl" content="By Ann Lee">'
    assert found(head) == ["Ann Lee"]


@pytest.mark.parametrize(
    "body",
    [
        '<span itemprop="author"><b itemprop="name">Ann Lee</b></span>',
        '<a rel="author" href="/ann">Ann Lee</a>',
        '<p class="byline">By Ann Lee</p>',
        '<p class="c-articleByline">By Ann Lee</p>',
    ],
)
def test_a_byline_on_the_page_is_read(body):
    assert found(body=f"<div><div>{body}</div></div>") == ["Ann Lee"]


def test_the_bylines_of_other_stories_are_ignored():
    own = '<div><div><p class="byline">By Ann Lee</p></div></div>'
    others = '<ul><li><div><p class="byline">By Bo Ek</p></div></li></ul>'
    assert found(body=own + others) == ["Ann Lee"]


def test_an_element_that_only_sounds_like_a_byline_gives_no_author():
    assert found(body='<div class="author-box">More about our authors</div>') == []


def test_a_page_may_have_no_author():
    assert found() == []


@pytest.mark.parametrize("tag", ["html", "body"])
def test_a_page_about_an_author_is_not_by_that_author(tag):
    tree = document_fromstring(f"<html><body>{'<p>Talks go on.</p>' * 20}</body></html>")
    next(tree.iter(tag)).set("class", "author")
    assert authors(tree, LinkedArticle(), {}, []) == []


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("ByAnn Lee", ["Ann Lee"]),
        ("Ann Lee in Backyard Science", ["Ann Lee"]),
        ("Ann Lee for the Example", ["Ann Lee"]),
        ("Ann Lee Staff Writer", ["Ann Lee"]),
        ("Ann Lee Bio", ["Ann Lee"]),
        ("Share on Facebook", []),
        ("Sat", []),
    ],
)
def test_words_behind_a_name_and_words_of_buttons_are_no_authors(byline, names):
    assert names_in([byline]) == names


@pytest.mark.parametrize(
    "line",
    [
        "<p>By <a>Ann Lee</a></p>",
        "<div>World</div><p>By Ann Lee, Kyiv</p>",
        "<span>Von</span> <span>Ann Lee</span>",
    ],
)
def test_a_line_below_the_headline_that_begins_with_by_names_the_author(line):
    assert found(f"<h1>Truce in sight</h1>{line}<p>Both sides met.</p>") == ["Ann Lee"]


@pytest.mark.parametrize("line", ["<p>By the river</p>", "<p>By noon all had left Kyiv.</p>"])
def test_a_sentence_that_begins_with_by_is_no_byline(line):
    assert found(f"<h1>Truce in sight</h1>{line}") == []


def test_the_author_of_a_picture_or_of_an_aside_is_no_author():
    credit = '<figure><span class="author">Cy Oh</span></figure>'
    aside = '<aside><a rel="author">Di Ng</a></aside>'
    assert found(f'{credit}{aside}<p class="byline">By Ann Lee</p>') == ["Ann Lee"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        *(
            (f"Ann Lee {words}", ["Ann Lee"])
            for words in ("Contributor", "View Profile", "Updated:")
        ),
        *((f"Ann Lee {words}", ["Ann Lee"]) for words in ("12 Comments", "Email the author")),
        *(
            (f"Ann Lee {words}", ["Ann Lee"])
            for words in ("Special to the Post", "Read Time: 3 min")
        ),
        ("More by Ann Lee", ["Ann Lee"]),
        ("Ann LeeSenior correspondent", ["Ann Lee"]),
        ("About Ann Lee", ["Ann Lee"]),
        ("About the author: Ann Lee", ["Ann Lee"]),
        ("文/王小明 圖/陳大文", ["王小明"]),
        ("記者 王小明", ["王小明"]),
        *((words, []) for words in ("Photo by Ann Lee", "Sponsored by Acme Bank", "5 min read")),
        ("Piers Read", ["Piers Read"]),
    ],
)
def test_words_around_a_name_are_no_part_of_it(byline, names):
    assert names_in([byline]) == names


@pytest.mark.parametrize("desk", ["Web Desk", "admin", "Newsroom"])
def test_a_person_on_the_page_replaces_a_desk(desk):
    byline = "<p class=byline>By Ann Lee</p>"
    assert found(body=byline, linked=[desk]) == ["Ann Lee"]
    assert found(f'<meta name=author content="{desk}">', byline) == ["Ann Lee"]
    assert found(linked=[desk]) == [desk]
    assert found(f'<meta name=author content="{desk}">') == [desk]


@pytest.mark.parametrize(
    "other",
    [
        "<blockquote><p>No.</p><cite class=author>Bo Ek</cite></blockquote>",
        "<div class=image-caption>A crane. <span class=author>Bo Ek</span></div>",
        '<div class="comment"><cite class=fn>Bo Ek</cite></div>',
        '<div class="photo-credit"><span class=author>Bo Ek</span></div>',
    ],
)
def test_a_person_in_a_quotation_caption_or_comment_is_no_author(other):
    assert found(body=other) == []
    assert found(body=f"{other}<p class=byline>By Ann Lee</p>") == ["Ann Lee"]
