"""Fetching several things at once, and having them in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


async def in_order(
    items: Iterable[Item],
    fetch: Callable[[Item], Coroutine[Any, Any, Found]],
    width: int,
    stopping: asyncio.Event,
) -> AsyncGenerator[tuple[Item, Found], None]:
    """Fetch so many items at once, and give them in the order in which they were asked for.

    Ends when `stopping` is set, without waiting for what is under way.
    """
    under_way: deque[tuple[Item, asyncio.Future[Found]]] = deque()
    waiting = iter(items)
    stop = asyncio.ensure_future(stopping.wait())
    try:
        while True:
            for item in islice(waiting, width - len(under_way)):
                under_way.append((item, asyncio.ensure_future(fetch(item))))
            if not under_way:
                return
            item, task = under_way[0]
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if stopping.is_set():
                return
            under_way.popleft()
            yield item, task.result()
    finally:
        stop.cancel()
        for _, task in under_way:
            task.cancel()
        await asyncio.gather(stop, *(task for _, task in under_way), return_exceptions=True)
