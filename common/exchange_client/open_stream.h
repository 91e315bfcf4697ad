// One bidirectional Exchange.Open stream.
#pragma once

#include <memory>
#include <utility>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/rpc/client_stream.h"

namespace chuanyu {

using OpenStream = rpc::ClientStream<exchange::v1::OpenRequest, exchange::v1::OpenResponse>;

// Waits for the node, however long it is away.
inline std::shared_ptr<OpenStream> StartOpenStream(exchange::v1::Exchange::Stub& stub,
                                                   OpenStream::Hooks hooks) {
  return std::make_shared<OpenStream>(
      [&stub](grpc::ClientContext* context, OpenStream* stream) { stub.async()->Open(context, stream); },
      /*wait_for_ready=*/true, std::move(hooks));
}

}  // namespace chuanyu
