"""What surrounds every call of the data plane: whose it is, its count, and the blame for a message that is no protobuf."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from .caller import take
from .health import DATA_PLANE
from .limits import Refused
from .metrics import Calls

Handler = grpc.RpcMethodHandler
Context = grpc.aio.ServicerContext
Code = grpc.StatusCode


class Undecoded:
    """Instead of a message."""


class Surround(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]], details: grpc.HandlerCallDetails
    ) -> Handler:
        handler = await continuation(details)
        service, _, method = details.method.lstrip("/").partition("/")
        if handler is None or service != DATA_PLANE:
            return handler
        decode, work = handler.request_deserializer, handler.unary_unary

        def attempt(data: bytes) -> Any:
            # gRPC answers what raises here with INTERNAL, as if the plugin were at fault.
            try:
                return decode(data)
            except Exception:
                return Undecoded()

        async def counted(request: Any, context: Context) -> Any:
            began, code = time.perf_counter(), "CANCELED"
            try:
                answer = await answered(work, request, context)
                code = "OK"
                return answer
            except grpc.aio.AbortError:
                code = context.code().name
                raise
            finally:
                self._calls.observe(method, code, time.perf_counter() - began)

        return grpc.unary_unary_rpc_method_handler(counted, attempt, handler.response_serializer)


async def answered(work: Callable[[Any, Context], Awaitable[Any]], request: Any, context: Context) -> Any:
    if isinstance(request, Undecoded):
        await context.abort(Code.INVALID_ARGUMENT, "the message is not valid protobuf of this method")
    try:
        take(context.invocation_metadata() or ())
    except Refused as why:
        await context.abort(Code.INVALID_ARGUMENT, str(why))
    return await work(request, context)
