#include "services/exchange/journal/published.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/tiles.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

absl::Status Corrupt(const std::string& path, const std::string& what) {
  return MakeError(Reason::JOURNAL_CORRUPT, {.detail = path + ": " + what});
}

// A file of `id`, which may be the full one when the partial one that was asked for is gone: the publisher
// removes partials when it writes the full file, and a crash can come before the checkpoint that needs only
// that one.
template <typename Id>
struct Found {
  Id id;
  std::string path;
  std::string bytes;
};
template <typename Id>
absl::StatusOr<Found<Id>> ReadPartialOrFull(const std::string& root_dir, Id id,
                                            std::string (*path_of)(const Id&)) {
  std::string path = root_dir + path_of(id);
  CHUANYU_ASSIGN_OR_RETURN(std::optional<std::string> bytes, ReadFileIfExists(path));
  if (bytes.has_value()) return Found<Id>{id, std::move(path), *std::move(bytes)};
  const std::string missing = path;
  id.width = merkle::kTileWidth;
  path = root_dir + path_of(id);
  CHUANYU_ASSIGN_OR_RETURN(bytes, ReadFileIfExists(path));
  if (!bytes.has_value()) return Corrupt(missing, "is missing");
  return Found<Id>{id, std::move(path), *std::move(bytes)};
}

}  // namespace

absl::StatusOr<std::optional<SignedCheckpoint>> ReadPublishedCheckpoint(const std::string& dir,
                                                                        const std::string& origin,
                                                                        const OwnKeys& keys) {
  const std::string path = dir + "/public/checkpoint";
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> note, ReadFileIfExists(path));
  if (!note.has_value()) return std::nullopt;
  auto published = ParseCheckpointNote(*note, origin);
  if (!published.ok() || !keys.SignedEver(*note)) return Corrupt(path, "is not signed by this node's keys");
  return *std::move(published);
}

absl::StatusOr<std::string> ReadPublishedTile(const std::string& dir, const merkle::TileId& id) {
  CHUANYU_ASSIGN_OR_RETURN(Found<merkle::TileId> tile,
                           ReadPartialOrFull(dir + "/public/", id, &merkle::TilePath));
  // Somebody else's length is the reader's to refuse.
  if (tile.id.width != id.width && tile.bytes.size() == merkle::kTileWidth * sizeof(crypto::Digest)) {
    tile.bytes.resize(id.width * sizeof(crypto::Digest));
  }
  return std::move(tile.bytes);
}

absl::Status CheckPublishedEdge(const std::string& dir, crypto::HashAlg alg,
                                const SignedCheckpoint& published) {
  if (published.size == 0) return absl::OkStatus();
  const std::string root_dir = dir + "/public/";
  const merkle::TileHashReader hashes(alg, published.size,
                                      [&](const merkle::TileId& id) { return ReadPublishedTile(dir, id); });
  CHUANYU_ASSIGN_OR_RETURN(const crypto::Digest root, merkle::RootAt(alg, published.size, hashes));
  if (root != published.root)
    return Corrupt(root_dir + "tile", "the right edge does not give the published root");

  const uint64_t last = (published.size - 1) / merkle::kTileWidth;
  const auto width = static_cast<uint32_t>(published.size - last * merkle::kTileWidth);
  CHUANYU_ASSIGN_OR_RETURN(const auto bundle,
                           ReadPartialOrFull(root_dir, merkle::BundleId{last, width}, &merkle::BundlePath));
  const auto records = merkle::DecodeBundle(bundle.bytes, bundle.id.width);
  if (!records.ok()) return Corrupt(bundle.path, "is not a bundle of its width");
  for (size_t i = 0; i < width; ++i) {
    CHUANYU_ASSIGN_OR_RETURN(const crypto::Digest hash, hashes({0, last * merkle::kTileWidth + i}));
    if (hash != merkle::LeafHash(alg, (*records)[i]))
      return Corrupt(bundle.path, "a record is not the leaf of its tile");
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
