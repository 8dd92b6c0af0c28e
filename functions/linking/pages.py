"""What a merchant's browser is shown on the way to and from an accounting platform."""

from __future__ import annotations

from html import escape

from daybook.services.link import Choice, Linked

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1>{content}</main></body>
</html>
"""


def linked(done: Linked, organisation: str) -> str:
    """The connection is linked."""
    company, platform = escape(done.company.name), escape(done.connection.platform_name)
    said = f"{company} is linked to {escape(organisation)} in {platform}. You can close this page."
    return _PAGE.format(title="Linked", content=f"<p>{said}</p>")


def choice(asked: Choice) -> str:
    """Which of several organisations to link."""
    options = "".join(
        f'<p><label><input type="radio" name="tenant" value="{escape(each.id)}" required> '
        f"{escape(each.name)}</label></p>"
        for each in asked.tenants
    )
    return _PAGE.format(
        title=f"Which organisation in {escape(asked.platform)}?",
        content=(
            f'<form method="post" action="organisation">{options}'
            f'<input type="hidden" name="state" value="{escape(asked.state)}">'
            "<button>Link it</button></form>"
        ),
    )


def refused(message: str) -> str:
    """Why nothing was linked, and what to do."""
    return _PAGE.format(title="Not linked", content=f"<p>{escape(message)}</p>")
