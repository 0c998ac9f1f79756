"""`python3 -m prism_admin`: serves until SIGTERM or SIGINT."""

import signal
import sys

# Before everything else: the first process of a container ignores the signals that it has no handler for, also those
# that come while it is starting.
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: sys.exit(0))


def main() -> int:
    import os

    from .settings import SettingsError, read_settings

    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    import uvicorn

    from .app import make_app
    from .connections import Connection
    from .logs import start_logging

    start_logging(settings.log_level)
    config = uvicorn.Config(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        loop="asyncio",
        http=Connection,
        ws="none",
        # Seconds; a page that is being made is not worth more.
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


sys.exit(main())
