// Tokens for the next page of a list: opaque, and good only for the list they were given for. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/crypto/blind_index.h"

namespace chuanyu {

// What follows the row with sequence `before` (newest first) in the list that `scope` describes: caller and
// filter, as bytes. `indexer` signs it.
std::string PageToken(const crypto::BlindIndexer& indexer, const std::string& scope, int64_t before);

// The sequence; 0 for an empty token, which asks for the first page. BAD_REQUEST for anything that is not
// from an earlier page of this list.
absl::StatusOr<int64_t> ReadPageToken(const crypto::BlindIndexer& indexer, const std::string& scope,
                                      const std::string& token);

// What was asked for, 50 for 0; BAD_REQUEST unless 0 to 200.
absl::StatusOr<int> PageSize(int asked);

}  // namespace chuanyu
