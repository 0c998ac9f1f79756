"""Asks a running plugin whether it serves, for containers without a shell."""

import ipaddress

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from .settings import Address

#: Seconds.
LIMIT = 2


def probe(address: Address) -> str | None:
    """Why the plugin that listens on `address` does not serve."""
    # A proxy of the environment is none for this machine.
    options = [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(str(reachable(address)), options=options) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=LIMIT)
        except grpc.RpcError as error:
            return error.details() or error.code().name
    if answer.status == health_pb2.HealthCheckResponse.SERVING:
        return None
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def reachable(address: Address) -> Address:
    """A listener on every address is asked by loopback."""
    ip = ipaddress.ip_address(address.host)
    if not ip.is_unspecified:
        return address
    return Address("127.0.0.1" if ip.version == 4 else "::1", address.port)
