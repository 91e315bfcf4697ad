// Bytes in and out of gRPC's generic calls, for the programs of this folder.
#pragma once

#include <string>

#include "grpcpp/support/byte_buffer.h"

namespace chuanyu::bench {

inline grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string ToString(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace chuanyu::bench
