module prism.internal/plugins/redis

go 1.26.8

require (
	github.com/redis/go-redis/v9 v9.23.0
	prism.internal/plugin-sdk v0.0.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
)

require (
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260817212433-ac3dfec99bb1 // indirect
	google.golang.org/grpc v1.85.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	prism.internal/proto v0.0.0 // indirect
)

replace (
	prism.internal/plugin-sdk => ../../libs/plugin-sdk
	prism.internal/proto => ../../libs/proto/gen/go
)
