// The monthly comparison of ledgers with other regions (E-3): by blind index, benefit and month, nothing
// else. One chunk is on its way at a time, and the next is read when its answer is stored: memory does not
// grow with the ledger, and a crash goes on where it was. Every region asks all others for itself, so each
// learns of its own overlaps. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "common/telemetry/metrics.h"
#include "services/disability/desk.h"
#include "services/disability/recovery_store.h"

namespace chuanyu::disability {

// 640 kB of indexes: well below what one message may hold.
inline constexpr int kChunkLines = 20'000;

class Comparisons {
 public:
  // `chunk_lines`: fewer for tests.
  Comparisons(const Desk& desk, Metrics& metrics, int chunk_lines = kChunkLines);

  // As the front's calls of these names: ROLE_DENIED unless the organisation is a COUNTY; BAD_REQUEST for a
  // month after the present one.
  absl::Status Start(const Caller& caller, const v1::StartComparisonRequest& request) const;
  absl::StatusOr<v1::GetComparisonResponse> Get(const Caller& caller,
                                                const v1::GetComparisonRequest& request) const;

  // As the provider's call: which of the asked lines this region paid as well. Sends nothing, keeps nothing.
  absl::StatusOr<v1::CompareLedgerResponse> Compare(const v1::CompareLedgerRequest& request) const;

  // The answer to an own chunk: what both paid is noted, and the next chunk goes out.
  absl::Status TakeAnswer(sql::Session& session, const OutboxMessage& message,
                          const std::string& payload) const;

  // Begins the comparison of the month before this one, unless it has begun.
  absl::Status RunClock() const;

 private:
  absl::Status Begin(Month month) const;
  // The subjects that come next, in bytes; empty when there is none.
  absl::StatusOr<std::string> ChunkAfter(sql::Session& session, const ComparisonRow& row) const;
  absl::Status SendNext(sql::Session& session, ComparisonRow* row) const;
  absl::Status AddMatch(sql::Session& session, const PaidMonth& line, size_t at,
                        v1::CompareLedgerResponse* response) const;
  absl::Status NoteMatches(sql::Session& session, const v1::CompareLedgerRequest& request,
                           const v1::CompareLedgerResponse& response, ComparisonRow* row) const;

  const Desk& desk_;
  const RecoveryStore recoveries_;
  const int chunk_lines_;
  mutable Counter lines_;
  mutable Counter overlaps_;
};

}  // namespace chuanyu::disability
