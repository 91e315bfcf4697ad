// The months that were paid, in SQL, and their comparison with other regions. The subjects are blind indexes;
// nothing else of a person is here. Every call runs in the caller's transaction. Blocks; thread-safe as far
// as sessions are each one thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/month.h"
#include "common/sql/sql.h"

namespace chuanyu::disability {

struct PaidMonth {
  std::string subject;  // hex
  v1::Benefit benefit = v1::BENEFIT_UNSPECIFIED;
  Month month;
  std::string grant_no;
  int64_t fen = 0;
};

// How far a comparison is. Through LIFE first, then CARE; in each by subject.
struct ComparisonRow {
  Month month;
  std::string region;
  v1::ComparisonState state = v1::COMPARISON_STATE_RUNNING;
  v1::Benefit benefit = v1::BENEFIT_LIFE;
  std::string last;  // subject of the last line that was answered; empty at the beginning
  int64_t lines = 0;
  int64_t overlaps = 0;
  int64_t recover_fen = 0;  // Σ of those that this region recovers
};

struct OverlapRow {
  Month month;
  std::string region;
  v1::Benefit benefit = v1::BENEFIT_UNSPECIFIED;
  std::string subject;
  std::string grant_no;
  v1::OverlapDuty duty = v1::OVERLAP_DUTY_UNSPECIFIED;
  int64_t fen = 0;
};

class LedgerStore {
 public:
  // DUP_BENEFIT when the month of this person and benefit is posted already.
  absl::Status Post(sql::Session& session, const PaidMonth& line) const;
  // Of a grant, oldest first.
  absl::StatusOr<std::vector<PaidMonth>> OfGrant(sql::Session& session, const std::string& grant_no) const;
  // First month ever paid to a person; nothing when none was.
  absl::StatusOr<std::optional<Month>> FirstPaid(sql::Session& session, const std::string& subject,
                                                 v1::Benefit benefit) const;
  absl::StatusOr<std::optional<PaidMonth>> Find(sql::Session& session, Month month, v1::Benefit benefit,
                                                const std::string& subject) const;
  // Lines of a month after subject `after`, by subject, at most `limit`; not after `last` unless it is empty.
  absl::StatusOr<std::vector<PaidMonth>> Page(sql::Session& session, Month month, v1::Benefit benefit,
                                              const std::string& after, const std::string& last,
                                              int limit) const;

  // The months of a grant that were paid twice.
  absl::StatusOr<std::vector<OverlapRow>> OverlapsOf(sql::Session& session,
                                                     const std::string& grant_no) const;
  // The lines of a grant, what their comparison found, and what was recorded of their recovery, go.
  absl::Status Forget(sql::Session& session, const std::string& grant_no) const;

  // False when there is one.
  absl::StatusOr<bool> BeginComparison(sql::Session& session, Month month, const std::string& region) const;
  absl::StatusOr<std::optional<ComparisonRow>> FindComparison(sql::Session& session, Month month,
                                                              const std::string& region) const;
  absl::Status SaveComparison(sql::Session& session, const ComparisonRow& row) const;
  absl::Status AddOverlap(sql::Session& session, const OverlapRow& row) const;
  // Of the grants that `org` decided.
  absl::StatusOr<std::vector<OverlapRow>> Overlaps(sql::Session& session, Month month, const std::string& org,
                                                   int limit) const;
};

}  // namespace chuanyu::disability
