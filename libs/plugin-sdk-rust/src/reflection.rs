//! `grpc.reflection.v1`, beside the data: what `grpcurl list` asks for.

use prism_proto::{DESCRIPTORS, keyvalue::v1::key_value_server};
use tonic_reflection::server::{
    Builder, Error,
    v1::{ServerReflection, ServerReflectionServer},
};

pub(crate) fn reflection() -> Result<ServerReflectionServer<impl ServerReflection>, Error> {
    // By name: the descriptors have Lifecycle too, which is served elsewhere.
    Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name(key_value_server::SERVICE_NAME)
        .with_service_name("grpc.health.v1.Health")
        .with_service_name("grpc.reflection.v1.ServerReflection")
        .build_v1()
}
