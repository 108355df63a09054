from lxml.html import document_fromstring

from newslake.transforms.extract.html.meta import meta_tags, values


def test_names_are_found_in_any_attribute_and_case():
    tags = meta_tags(
        document_fromstring(
            '<meta property="OG:Title" content=" Truce \n in sight"><meta name="author" content="Ann">'
            '<meta itemprop="datePublished" content="2024"><meta name="empty" content=" ">'
            '<meta name="author" content="Bo"><meta charset="utf-8"><p>a</p>'
        )
    )
    assert tags == {
        "og:title": ["Truce in sight"],
        "author": ["Ann", "Bo"],
        "datepublished": ["2024"],
    }
    assert values(tags | {"article:author": ["Cy"]}, "author") == ["Cy", "Ann", "Bo"]


def test_markup_in_a_meta_tag_is_ignored():
    page = document_fromstring(
        '<meta name="author" content="&lt;a href=/ann&gt;Ann Lee&lt;/a&gt;">'
    )
    assert meta_tags(page) == {"author": ["Ann Lee"]}
