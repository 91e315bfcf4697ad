// A log as plain files (c2sp.org/tlog-tiles@v0.1.0): tiles of up to 256 hashes, bundles of up to 256 records,
// and the paths under which any web server serves them. Pure functions over bytes; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/merkle/tree.h"

namespace chuanyu::merkle {

inline constexpr uint32_t kTileHeight = 8;         // tree levels a tile stands for
inline constexpr uint32_t kTileWidth = 256;        // hashes of a full tile, records of a full bundle
inline constexpr size_t kMaxRecordBytes = 65'535;  // bundles count in 16 bits

// Hashes [index * 256, index * 256 + width) of tree level 8 * level. Partial when width < 256.
struct TileId {
  uint32_t level = 0;  // 0 to 63
  uint64_t index = 0;
  uint32_t width = kTileWidth;  // 1 to 256
  friend bool operator==(const TileId&, const TileId&) = default;
};

// Records [index * 256, index * 256 + width).
struct BundleId {
  uint64_t index = 0;
  uint32_t width = kTileWidth;  // 1 to 256
  friend bool operator==(const BundleId&, const BundleId&) = default;
};

// "tile/0/x001/067.p/8", "tile/entries/x001/067.p/8"; without the suffix for full ones.
std::string TilePath(const TileId& id);
std::string BundlePath(const BundleId& id);
// BAD_REQUEST for anything the two above do not write.
absl::StatusOr<std::variant<TileId, BundleId>> ParseTilePath(std::string_view path);

// The files a publication at `size` needs beyond those at `published_size` (full ones completed since, and
// the partial one at each right edge), lowest level first. Empty when nothing was added.
std::vector<TileId> TilesToPublish(uint64_t published_size, uint64_t size);
std::vector<BundleId> BundlesToPublish(uint64_t published_size, uint64_t size);

// The file's bytes: `id.width` hashes of 32 bytes.
absl::StatusOr<std::string> TileContent(const TileId& id, HashReader reader);

// Records, each after its length in 16 bits, big-endian. PAYLOAD_TOO_LARGE when one has over 65,535 bytes.
absl::StatusOr<std::string> EncodeBundle(absl::Span<const std::string> records);
// The `width` records of a bundle. BAD_REQUEST when there are fewer or more, or one is cut off.
absl::StatusOr<std::vector<std::string>> DecodeBundle(std::string_view bytes, uint32_t width);

// Reads subtree hashes out of the tiles of a log of `size` leaves, for proofs and roots over published files:
//
//   TileHashReader reader(alg, size, [&](const TileId& id) { return ReadFile(TilePath(id)); });
//   RootAt(alg, size, reader);
//
// The reader trusts the tiles: compare the root with a signed checkpoint. It fetches one tile for each hash
// asked for; a caller that reads much gives a `fetch` that remembers. As thread-safe as `fetch`.
class TileHashReader {
 public:
  using Fetch = std::function<absl::StatusOr<std::string>(const TileId&)>;
  TileHashReader(HashAlg alg, uint64_t size, Fetch fetch);

  // BAD_REQUEST when the subtree is not wholly in the tree; JOURNAL_CORRUPT when a tile has another length
  // than its width says.
  absl::StatusOr<Digest> operator()(NodeId id) const;

 private:
  HashAlg alg_;
  uint64_t size_;
  Fetch fetch_;
};

}  // namespace chuanyu::merkle
