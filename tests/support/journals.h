// What a node's journal says, read from its segment files while the node runs or after it is dead.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "services/exchange/journal/verify.h"
#include "tests/support/region.h"

namespace chuanyu::testing {

// All records in order; what is half-written at the end is not a record yet.
std::vector<exchange::v1::JournalRecord> ReadJournal(const Region& region);

// How often each request has a record of `kind`.
std::map<std::string, int> CountByRequest(const std::vector<exchange::v1::JournalRecord>& records,
                                          exchange::v1::RecordKind kind);

// Both logs and all that is between them, with the trust that the world provisioned.
absl::StatusOr<exchange::PairReport> VerifyJournals(const Region& first, const Region& second);
// The failed checks in words; empty when all is well.
std::string Failures(const exchange::PairReport& report);

}  // namespace chuanyu::testing
