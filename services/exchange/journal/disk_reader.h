// Reading records back from segment files. Thread-safe: every call opens what it reads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/scan.h"

namespace chuanyu::exchange {

class DiskReader {
 public:
  DiskReader(std::string dir, std::string origin, crypto::HashAlg tree_hash, Vault& vault);

  enum class Payload { kLeaveSealed, kOpen };
  absl::StatusOr<DurableRecord> ReadAt(std::string_view location, Payload payload) const;

  absl::Status ForEach(const WalkRange& range, uint64_t first,
                       const std::function<absl::Status(const DurableRecord&)>& visit) const;

  // One frame's records.
  struct Batch {
    uint64_t first_index = 0;
    std::vector<DurableRecord> records;
    SignedCheckpoint checkpoint;  // of the log's size after them; no note when nobody needed it yet
  };
  // Size and root after a batch, when they are in memory.
  using KnownAt = std::function<std::optional<SignedCheckpoint>(uint64_t size)>;
  // Batches that hold leaves of [first, limit) and end at or below `limit`, up to about `max_bytes`. Payloads
  // are opened; erased ones are left out. Frames after which neither the disk nor `known` has a checkpoint
  // are one batch with the next.
  absl::StatusOr<std::vector<Batch>> ReadBatches(const WalkRange& range, uint64_t limit, size_t max_bytes,
                                                 const KnownAt& known) const;

  // The signed note of `size` that the frames hold; nullopt when they hold none.
  absl::StatusOr<std::optional<SignedCheckpoint>> FindCheckpoint(const WalkRange& range, uint64_t size) const;

 private:
  absl::StatusOr<DurableRecord> Decode(std::string_view path, uint64_t offset, const Section& section) const;
  absl::Status OpenPayload(std::string_view sealed, DurableRecord& record) const;

  const std::string dir_;
  const std::string origin_;
  const crypto::HashAlg tree_hash_;
  Vault& vault_;
};

}  // namespace chuanyu::exchange
