// One call of a provider for one request, under one lease.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/exchange/dispatch/provider_table.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// What a provider said.
struct ProviderReply {
  absl::Status status;
  std::string payload;
  bool deferred = false;            // it will answer later
  std::vector<std::string> fields;  // names of the fields that the answer carries, sorted
};

// True for failures that may pass: the request is tried again. Everything else is the provider's answer.
bool MayPass(const absl::Status& status);

// Owned by the dispatcher from Start until `done` has run.
class Attempt {
 public:
  using Done = std::function<void(Attempt*, ProviderReply)>;

  Attempt(v1::JournalRecord request, Fence fence, Done done);

  // Calls the provider; `done` runs once, on a thread of gRPC.
  void Start(grpc::GenericStub& stub, std::string_view payload, absl::Duration timeout);
  // Thread-safe; `done` follows, and what it brings is dropped: the lease is lost, the asker withdrew, or we
  // stop.
  void Drop() {
    dropped_.store(true);
    context_.TryCancel();
  }
  bool dropped() const { return dropped_.load(); }

  const v1::JournalRecord& request() const { return request_; }
  const Fence& fence() const { return fence_; }

 private:
  void AddMetadata();
  ProviderReply Read(const grpc::Status& status);

  const v1::JournalRecord request_;
  const Fence fence_;
  const Done done_;
  std::atomic<bool> dropped_ = false;
  grpc::ClientContext context_;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

}  // namespace chuanyu::exchange
