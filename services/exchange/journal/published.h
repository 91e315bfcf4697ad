// What stands under <dir>/public: the newest published checkpoint and the files at its right edge.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/merkle/tiles.h"
#include "services/exchange/journal/checkpoint_signer.h"
#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

// nullopt when nothing was published yet. JOURNAL_CORRUPT when it is not signed by `keys`.
absl::StatusOr<std::optional<SignedCheckpoint>> ReadPublishedCheckpoint(const std::string& dir,
                                                                        const std::string& origin,
                                                                        const OwnKeys& keys);

// One hash tile; JOURNAL_CORRUPT when it is missing.
absl::StatusOr<std::string> ReadPublishedTile(const std::string& dir, const merkle::TileId& id);

// The tiles at the right edge give the checkpoint's root, and the records of the last bundle are the leaves
// of the last tile. JOURNAL_CORRUPT names the file. A folder that was removed altogether is written again
// from the segments.
absl::Status CheckPublishedEdge(const std::string& dir, crypto::HashAlg alg,
                                const SignedCheckpoint& published);

}  // namespace chuanyu::exchange
