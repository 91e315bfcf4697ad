// Numbers that are counted without gaps in a series of their own: certificates of a division and year, and
// the like. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/sql/sql.h"

namespace chuanyu {

// The next of `series`, from 1 on; taken with the caller's transaction, and given back with it. `table` is
// one of the service's: series VARCHAR PRIMARY KEY, value BIGINT NOT NULL.
absl::StatusOr<int64_t> NextOfSeries(sql::Session& session, const std::string& table,
                                     const std::string& series);

}  // namespace chuanyu
