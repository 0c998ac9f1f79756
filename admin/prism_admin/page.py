"""The page, without a script: it says the same to a browser, to curl and to a screen reader."""

from html import escape
from string import Template

from .proxy import Namespace

PAGE = Template("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>Prism</title>
<link rel="stylesheet" href="/static/style.css">
<h1>Prism</h1>
<p>Proxy <code>$proxy</code></p>
$content
</html>
""")

HEADINGS = ("Namespace", "Backend", "Plugin", "Endpoint", "Time limit")


def page_of_namespaces(proxy: str, namespaces: list[Namespace]) -> str:
    if not namespaces:
        return fill(proxy, "<p>The proxy has no namespaces.</p>")
    head = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    body = "\n".join(row(one) for one in namespaces)
    return fill(proxy, f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>")


def page_of_error(proxy: str, error: str) -> str:
    return fill(proxy, f'<p class="down" role="alert">{escape(error)}</p>')


def row(one: Namespace) -> str:
    health = '<span class="up">up</span>' if one.up else '<span class="down">down</span>'
    detail = f" {escape(one.detail)}" if one.detail else ""
    limit = "none" if one.timeout_ms is None else f"{one.timeout_ms} ms"
    cells = (escape(one.backend), f"{health}{detail}", f"<code>{escape(one.endpoint)}</code>", limit)
    return f'<tr><th scope="row">{escape(one.name)}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def fill(proxy: str, content: str) -> str:
    return PAGE.substitute(proxy=escape(proxy), content=content)
