"""app: the explorer in the browser."""


def app(
    port: int | None = None, address: str | None = None, hosts: tuple[str, ...] = (), headless: bool = False
) -> None:
    """Open the app in the browser; Ctrl-C ends it.

    Args:
        port: where to listen; by default 8501, or the next free one
        address: of the network interface to listen at; 0.0.0.0 is all of them, by default this machine alone
        hosts: the names that visitors may know this machine by; by default localhost
        headless: open no page here
    """
    from vaeexplorer.launch import serve

    serve(port=port, address=address, hosts=hosts, headless=headless or None)
