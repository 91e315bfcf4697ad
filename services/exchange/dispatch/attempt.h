// One question to a provider for one request, under one lease.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/exchange/dispatch/provider_line.h"
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

// Owned by the dispatcher from Start until `done` has run, or until Drop or EndIfLate said that it will not.
class Attempt {
 public:
  using Done = std::function<void(Attempt*, ProviderReply)>;

  Attempt(v1::JournalRecord request, Fence fence, Done done);

  // Asks the provider over `line`, which outlives the attempt; `done` runs once, on a thread of gRPC.
  void Start(ProviderLine& line, std::string_view payload, absl::Duration timeout);
  // The lease is lost, the asker withdrew, or we stop. True: it is over. False: `done` follows, and what it
  // brings is to be dropped. Thread-safe.
  bool Drop();
  bool dropped() const { return dropped_.load(); }
  // True when its time was over at `now` and it was ended; `done` does not run. A call of its own sees to its
  // time itself. Thread-safe.
  bool EndIfLate(absl::Time now);

  const v1::JournalRecord& request() const { return request_; }
  const Fence& fence() const { return fence_; }

 private:
  void OnResult(absl::StatusOr<v1::QuestionResult> result);
  void Call();
  void AddMetadata();
  ProviderReply Read(const grpc::Status& status);

  const v1::JournalRecord request_;
  const Fence fence_;
  const Done done_;
  std::atomic<bool> dropped_ = false;
  ProviderLine* line_ = nullptr;
  absl::Time deadline_;  // gRPC counts by the machine's clock, whatever clock the dispatcher was given
  grpc::ClientContext context_;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

}  // namespace chuanyu::exchange
