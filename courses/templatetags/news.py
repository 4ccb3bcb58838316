"""`{% load news %}`: the codes of a release's digest."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from codesets.catalog import Digest
from codesets.digest_values import CodeLine
from codesets.templatetags.books import code_ref

register = template.Library()


@register.simple_tag
def code_line(line: CodeLine, digest: Digest) -> SafeString:
    """A code with its card, its title, and the characters that complete it.

    Of a release that is not published no code has a page; a CPT code has no title here.
    """
    seventh = (
        format_html(' <small class="soft nb">7th character {}</small>', ", ".join(line.seventh))
        if line.seventh
        else ""
    )
    return format_html("{} {}{}", code_link(line, digest), line.title or "(CPT)", seventh)


@register.simple_tag
def code_link(line: CodeLine, digest: Digest) -> SafeString:
    """The code alone."""
    release = digest.release
    if line.code and release.state == "published":
        return code_ref(release.system, line.code, release.effective_from)
    return format_html('<span class="code">{}</span>', line.display)
