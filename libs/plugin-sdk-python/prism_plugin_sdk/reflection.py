"""`grpc.reflection.v1`, beside the data: what `grpcurl list` asks for."""

import grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection import aio

from .health import DATA_PLANE

SERVICE = "grpc.reflection.v1.ServerReflection"


def add_reflection(server: grpc.aio.Server) -> None:
    """The library names it v1alpha; the messages of v1 are the same."""
    servicer = aio.ReflectionServicer(["grpc.health.v1.Health", SERVICE, DATA_PLANE])
    handler = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        reflection_pb2.ServerReflectionRequest.FromString,
        reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, {"ServerReflectionInfo": handler}),)
    )
