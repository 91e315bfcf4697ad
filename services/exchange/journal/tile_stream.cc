#include "services/exchange/journal/tile_stream.h"

#include <bit>

#include "common/base/status_macros.h"
#include "common/merkle/text.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kHashBytes = sizeof(crypto::Digest);
constexpr size_t kFullTileBytes = merkle::kTileWidth * kHashBytes;

// The right edge of a tree, in the bytes that Frontier::Parse reads.
absl::StatusOr<merkle::Frontier> FrontierFromTiles(crypto::HashAlg alg, uint64_t size,
                                                   const merkle::TileHashReader& hashes) {
  std::string bytes(1, alg == crypto::HashAlg::kSm3 ? '\2' : '\1');
  merkle::AppendBigEndian64(bytes, size);
  uint64_t begin = 0;
  for (uint64_t left = size; left != 0;) {
    const uint64_t peak = std::bit_floor(left);
    const auto level = static_cast<uint32_t>(std::countr_zero(peak));
    CHUANYU_ASSIGN_OR_RETURN(const crypto::Digest hash, hashes({level, begin >> level}));
    bytes.append(crypto::View(hash));
    begin += peak;
    left -= peak;
  }
  return merkle::Frontier::Parse(bytes);
}

}  // namespace

absl::StatusOr<TileStream> TileStream::Resume(crypto::HashAlg alg, uint64_t size,
                                              const merkle::TileHashReader::Fetch& fetch) {
  TileStream stream(alg);
  CHUANYU_ASSIGN_OR_RETURN(stream.frontier_,
                           FrontierFromTiles(alg, size, merkle::TileHashReader(alg, size, fetch)));
  for (uint32_t level = 0; level * merkle::kTileHeight < 64; ++level) {
    const uint64_t hashes = size >> (level * merkle::kTileHeight);
    if (hashes == 0) break;
    const auto width = static_cast<uint32_t>(hashes % merkle::kTileWidth);
    std::string edge;
    if (width != 0) {
      CHUANYU_ASSIGN_OR_RETURN(edge, fetch({level, hashes / merkle::kTileWidth, width}));
    }
    stream.edges_.push_back(std::move(edge));
  }
  return stream;
}

void TileStream::AddToBundle(std::string_view record) {
  if (bundles_ == Bundles::kNone) return;
  bundle_.push_back(static_cast<char>(record.size() >> 8));
  bundle_.push_back(static_cast<char>(record.size() & 0xff));
  bundle_.append(record);
}

absl::Status TileStream::Append(std::string_view record, const crypto::Digest& leaf_hash, const Sink& sink) {
  const uint64_t bundle = frontier_.size() / merkle::kTileWidth;
  AddToBundle(record);
  frontier_.Append(leaf_hash, [this](merkle::NodeId id, const crypto::Digest& hash) {
    if (id.level % merkle::kTileHeight != 0) return;
    const uint32_t level = id.level / merkle::kTileHeight;
    if (edges_.size() <= level) edges_.resize(level + 1);
    edges_[level].append(crypto::View(hash));
  });
  if (frontier_.size() % merkle::kTileWidth != 0) return absl::OkStatus();
  if (bundles_ == Bundles::kBuild) {
    CHUANYU_RETURN_IF_ERROR(sink({merkle::BundlePath({bundle}), bundle_, true}));
    bundle_.clear();
  }
  for (uint32_t level = 0; level < edges_.size() && edges_[level].size() == kFullTileBytes; ++level) {
    const uint64_t hashes = frontier_.size() >> (level * merkle::kTileHeight);
    const merkle::TileId id = {level, hashes / merkle::kTileWidth - 1};
    CHUANYU_RETURN_IF_ERROR(sink({merkle::TilePath(id), edges_[level], true}));
    edges_[level].clear();
  }
  return absl::OkStatus();
}

absl::Status TileStream::Partials(const Sink& sink) const {
  for (uint32_t level = 0; level < edges_.size(); ++level) {
    if (edges_[level].empty()) continue;
    const uint64_t hashes = frontier_.size() >> (level * merkle::kTileHeight);
    const merkle::TileId id = {level, hashes / merkle::kTileWidth,
                               static_cast<uint32_t>(edges_[level].size() / kHashBytes)};
    CHUANYU_RETURN_IF_ERROR(sink({merkle::TilePath(id), edges_[level], false}));
  }
  const auto width = static_cast<uint32_t>(frontier_.size() % merkle::kTileWidth);
  if (width == 0 || bundles_ == Bundles::kNone) return absl::OkStatus();
  return sink({merkle::BundlePath({frontier_.size() / merkle::kTileWidth, width}), bundle_, false});
}

}  // namespace chuanyu::exchange
