import unittest

from prism_admin.page import page_of_error, page_of_namespaces
from prism_admin.proxy import Namespace

EVIL = '<script>alert("1")</script>\'&$proxy'


class Pages(unittest.TestCase):
    def test_a_row_for_each_namespace(self) -> None:
        up = Namespace("memory", "memstore", "m:1", 2000, True, "")
        down = Namespace("sql", "postgres", "p:1", None, False, "connection refused")
        page = page_of_namespaces("http://p", [up, down])
        self.assertIn('<th scope="row">memory</th><td>memstore</td><td><span class="up">up</span></td>', page)
        self.assertIn('<span class="down">down</span> connection refused</td><td><code>p:1</code></td><td>none</td>', page)
        self.assertIn("<td>2000 ms</td>", page)
        self.assertLess(page.index("memory"), page.index("sql"))

    def test_no_namespaces(self) -> None:
        self.assertIn("The proxy has no namespaces.", page_of_namespaces("http://p", []))

    def test_what_others_wrote_stays_text(self) -> None:
        pages = [
            page_of_namespaces(EVIL, [Namespace(EVIL, EVIL, EVIL, 1, False, EVIL)]),
            page_of_error(EVIL, EVIL),
        ]
        for page, times in zip(pages, (5, 2), strict=True):
            self.assertNotIn("<script", page)
            safe = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#x27;&amp;$proxy"
            self.assertEqual(page.count(safe), times)
