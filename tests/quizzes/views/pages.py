"""Reads a page as a student sees it: its words without markup, its forms, its links."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.test import Client
from lxml import html

from accounts.models import User
from tests.quizzes import school

_PART = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*)|\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)"
    r"|:not\(\[(?P<without>[\w-]+)\]\)|\[(?P<name>[\w-]+)(?:=\"?(?P<value>[^\]\"]*)\"?)?\]|:(?P<pseudo>[\w-]+)"
)
_PSEUDO = {"last-child": "[not(following-sibling::*)]"}


def xpath(selector: str) -> str:
    """The few selectors of CSS that these tests use, as XPath: `.opt.key > [name=choice]:not([hidden])`."""
    path = ""
    for step in selector.replace(">", " >").split():
        path += "/" if step.startswith(">") else "//"
        if step == ">":
            continue
        path = path.replace("///", "/")
        found = list(_PART.finditer(step.lstrip(">")))
        path += next((part["tag"] for part in found if part["tag"]), "*")
        path += "".join(_condition(part) for part in found if not part["tag"])
    return path


def _condition(part: re.Match[str]) -> str:
    if part["cls"]:
        return f"[contains(concat(' ', @class, ' '), ' {part['cls']} ')]"
    if part["id"]:
        return f"[@id='{part['id']}']"
    if part["without"]:
        return f"[not(@{part['without']})]"
    if part["pseudo"]:
        return _PSEUDO[part["pseudo"]]
    return f"[@{part['name']}]" if part["value"] is None else f"[@{part['name']}='{part['value']}']"


@dataclass(frozen=True)
class Page:
    raw: str
    url: str

    def all(self, selector: str) -> list[Any]:
        return html.fromstring(self.raw).xpath(xpath(selector))

    def one(self, selector: str) -> Any:
        found = self.all(selector)
        assert found, f"{self.url} has no {selector}"
        return found[0]

    def text(self, selector: str = "main") -> str:
        """The words of what matches first; hidden parts and scripts left out."""
        return _words(self.one(selector))

    def texts(self, selector: str) -> list[str]:
        return [_words(one) for one in self.all(selector)]

    def form(self, selector: str) -> dict[str, Any]:
        """What a browser without script would send: the fields of a form as they stand."""
        return dict(self.one(selector).form_values())

    def action(self, selector: str) -> str:
        return urljoin(self.url, self.one(selector).get("action"))


def _words(element: Any) -> str:
    for gone in element.xpath(".//*[@hidden or self::template or self::script]"):
        gone.drop_tree()
    return " ".join(" ".join(element.itertext()).split())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, url: str) -> Page:
    response = client.get(url, follow=True)
    assert response.status_code == 200, (url, response.status_code)
    return _page(response)


def post(client: Client, url: str, data: dict) -> Page:
    """Follows redirects, as a browser does."""
    response = client.post(url, data, follow=True)
    assert response.status_code == 200, (url, response.status_code)
    return _page(response)


def _page(response) -> Page:
    return Page(response.content.decode(), response.request["PATH_INFO"])


def assert_no_secret(page: Page) -> None:
    assert [secret for secret in school.SECRETS if secret in page.raw] == []
