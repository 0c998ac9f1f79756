"""The ASGI application."""

import logging
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .access import AccessLog
from .page import page_of_error, page_of_namespaces
from .proxy import ProxyError, list_namespaces
from .settings import Settings, read_settings

log = logging.getLogger("prism_admin")

#: Nothing is loaded from elsewhere and no script runs, whatever a name may hold.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def make_app(settings: Settings) -> Starlette:
    async def page(_: Request) -> Response:
        try:
            found = await list_namespaces(settings.proxy_url, settings.proxy_timeout)
            text = page_of_namespaces(settings.proxy_url, found)
        except ProxyError as error:
            log.warning(str(error))
            text = page_of_error(settings.proxy_url, str(error))
        return HTMLResponse(text, headers=HEADERS)

    async def namespaces(_: Request) -> Response:
        try:
            found = await list_namespaces(settings.proxy_url, settings.proxy_timeout)
        except ProxyError as error:
            log.warning(str(error))
            return JSONResponse({"error": str(error)}, status_code=502, headers=HEADERS)
        return JSONResponse({"namespaces": [one.as_json() for one in found]}, headers=HEADERS)

    async def health(_: Request) -> Response:
        """Of the admin itself: a proxy that is down must not take the page out of service that says so."""
        return JSONResponse({"status": "ok"}, headers=HEADERS)

    routes = [
        Route("/", page),
        Route("/health", health),
        Route("/api/namespaces", namespaces),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    return Starlette(routes=routes, middleware=[Middleware(AccessLog)])


def app() -> Starlette:
    """For `python3 -m uvicorn --factory prism_admin.app:app --reload`, while one works on it."""
    return make_app(read_settings(os.environ))
