#include "common/merkle/tiles.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

constexpr std::string_view kEntries = "entries";
constexpr uint32_t kMaxLevel = 63;

absl::Status Bad(std::string_view why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = std::string(why)});
}

// 1234067 is "x001/x234/067".
std::string IndexPath(uint64_t index) {
  std::string path;
  bool last = true;
  do {
    std::string element = std::to_string(index % 1000 + 1000);
    element[0] = 'x';
    path = last ? element.substr(1) : element + "/" + path;
    last = false;
    index /= 1000;
  } while (index != 0);
  return path;
}

std::string Path(std::string_view level, uint64_t index, uint32_t width) {
  std::string path = "tile/" + std::string(level) + "/" + IndexPath(index);
  if (width != kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

// Cuts the part before the next slash off `rest`; the whole when there is none.
std::string_view TakeElement(std::string_view& rest) {
  const std::string_view element = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), element.size() + 1));
  return element;
}

// Three digits with "x" before them in all elements but the last. Whether the spelling is the shortest one,
// and whether the number fits, the caller sees by writing it again.
std::optional<uint64_t> TakeIndex(std::string_view& rest) {
  uint64_t index = 0;
  while (true) {
    std::string_view element = TakeElement(rest);
    const bool more = element.starts_with('x');
    if (more) element.remove_prefix(1);
    const bool digits =
        std::all_of(element.begin(), element.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (element.size() != 3 || !digits) return std::nullopt;
    index = index * 1000 +
            static_cast<uint64_t>((element[0] - '0') * 100 + (element[1] - '0') * 10 + element[2] - '0');
    if (!more) return index;
  }
}

// Hashes at tile level `level` in a tree of `size` leaves.
uint64_t HashesAt(uint32_t level, uint64_t size) {
  const uint32_t shift = level * kTileHeight;
  return shift >= 64 ? 0 : size >> shift;
}

// Calls `add` with the index and width of each file that holds hashes [published, hashes).
template <typename Add>
void ForEachFile(uint64_t published, uint64_t hashes, Add add) {
  if (published == hashes) return;
  for (uint64_t index = published / kTileWidth; index <= (hashes - 1) / kTileWidth; ++index) {
    add(index, static_cast<uint32_t>(std::min<uint64_t>(kTileWidth, hashes - index * kTileWidth)));
  }
}

}  // namespace

std::string TilePath(const TileId& id) { return Path(std::to_string(id.level), id.index, id.width); }
std::string BundlePath(const BundleId& id) { return Path(kEntries, id.index, id.width); }

absl::StatusOr<std::variant<TileId, BundleId>> ParseTilePath(std::string_view path) {
  std::string_view rest = path;
  if (TakeElement(rest) != "tile") return Bad("not a tile path");
  const std::string_view level_text = TakeElement(rest);
  uint32_t width = kTileWidth;
  if (const size_t partial = rest.find(".p/"); partial != std::string_view::npos) {
    const auto parsed = ParseDecimal(rest.substr(partial + 3));
    if (!parsed || *parsed == 0 || *parsed >= kTileWidth) return Bad("not the width of a partial tile");
    width = static_cast<uint32_t>(*parsed);
    rest = rest.substr(0, partial);
  }
  const auto index = TakeIndex(rest);
  if (!index || !rest.empty()) return Bad("not a tile index");
  if (level_text == kEntries) {
    const BundleId id{.index = *index, .width = width};
    if (BundlePath(id) != path) return Bad("not the one spelling of a bundle path");
    return id;
  }
  const auto level = ParseDecimal(level_text);
  if (!level || *level > kMaxLevel) return Bad("not a tile level");
  const TileId id{.level = static_cast<uint32_t>(*level), .index = *index, .width = width};
  if (TilePath(id) != path) return Bad("not the one spelling of a tile path");
  return id;
}

std::vector<TileId> TilesToPublish(uint64_t published_size, uint64_t size) {
  std::vector<TileId> tiles;
  if (published_size > size) return tiles;
  for (uint32_t level = 0; HashesAt(level, size) != 0; ++level) {
    ForEachFile(HashesAt(level, published_size), HashesAt(level, size), [&](uint64_t index, uint32_t width) {
      tiles.push_back({.level = level, .index = index, .width = width});
    });
  }
  return tiles;
}

std::vector<BundleId> BundlesToPublish(uint64_t published_size, uint64_t size) {
  std::vector<BundleId> bundles;
  if (published_size > size) return bundles;
  ForEachFile(published_size, size,
              [&](uint64_t index, uint32_t width) { bundles.push_back({.index = index, .width = width}); });
  return bundles;
}

absl::StatusOr<std::string> TileContent(const TileId& id, HashReader reader) {
  std::string content;
  content.reserve(id.width * sizeof(Digest));
  for (uint64_t i = 0; i < id.width; ++i) {
    CHUANYU_ASSIGN_OR_RETURN(const Digest hash, reader({id.level * kTileHeight, id.index * kTileWidth + i}));
    content.append(crypto::View(hash));
  }
  return content;
}

absl::StatusOr<std::string> EncodeBundle(absl::Span<const std::string> records) {
  std::string bytes;
  for (const std::string& record : records) {
    if (record.size() > kMaxRecordBytes) {
      return MakeError(Reason::PAYLOAD_TOO_LARGE, {.detail = "a record has at most 65535 bytes"});
    }
    bytes.push_back(static_cast<char>(record.size() >> 8));
    bytes.push_back(static_cast<char>(record.size() & 0xff));
    bytes.append(record);
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> DecodeBundle(std::string_view bytes, uint32_t width) {
  std::vector<std::string> records;
  while (!bytes.empty()) {
    if (records.size() == width) return Bad("more records in the bundle than its width");
    if (bytes.size() < 2) return Bad("the bundle is cut off in a length");
    const size_t size =
        static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 | static_cast<uint8_t>(bytes[1]);
    bytes.remove_prefix(2);
    if (bytes.size() < size) return Bad("the bundle is cut off in a record");
    records.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (records.size() != width) return Bad("fewer records in the bundle than its width");
  return records;
}

TileHashReader::TileHashReader(HashAlg alg, uint64_t size, Fetch fetch)
    : alg_(alg), size_(size), fetch_(std::move(fetch)) {}

absl::StatusOr<Digest> TileHashReader::operator()(NodeId id) const {
  if (id.level >= 64 || id.index >= size_ >> id.level) return Bad("the subtree is not in the tree");
  // The subtree is `count` neighbouring hashes of the tile level below it, all in one tile.
  const uint32_t level = id.level / kTileHeight;
  const uint32_t height = id.level % kTileHeight;
  const uint64_t first = id.index << height;
  const uint64_t tile = first / kTileWidth;
  const uint64_t in_level = HashesAt(level, size_);
  const auto width = static_cast<uint32_t>(std::min<uint64_t>(kTileWidth, in_level - tile * kTileWidth));
  CHUANYU_ASSIGN_OR_RETURN(const std::string content,
                           fetch_({.level = level, .index = tile, .width = width}));
  if (content.size() != width * sizeof(Digest)) {
    return MakeError(Reason::JOURNAL_CORRUPT, {.detail = "a tile has the wrong length"});
  }
  std::vector<Digest> hashes;
  for (uint64_t i = 0; i < uint64_t{1} << height; ++i) {
    const size_t offset = (first % kTileWidth + i) * sizeof(Digest);
    hashes.push_back(crypto::DigestFrom(std::string_view(content).substr(offset, sizeof(Digest))));
  }
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
    for (size_t i = 0; i < hashes.size() / 2; ++i)
      hashes[i] = NodeHash(alg_, hashes[2 * i], hashes[2 * i + 1]);
  }
  return hashes[0];
}

}  // namespace chuanyu::merkle
