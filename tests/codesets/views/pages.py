"""A response as a tree that XPath can ask."""

from lxml import html


def page(response) -> html.HtmlElement:
    return html.fromstring(response.content.decode())


def texts(element: html.HtmlElement, path: str) -> list[str]:
    """The words of what the path finds, white space folded."""
    return [" ".join(" ".join(found.itertext()).split()) for found in element.xpath(path)]
