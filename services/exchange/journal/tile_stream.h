// Turns the records of a log, in order, into the files of its publication (c2sp.org/tlog-tiles): the
// publisher writes what comes out, the verifier compares it with what is there. Not synchronised.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/merkle/tiles.h"
#include "common/merkle/tree.h"

namespace chuanyu::exchange {

class TileStream {
 public:
  // Takes one file: its path under the publication ("tile/0/x001/067"), its bytes, and whether it is full.
  struct File {
    std::string path;
    std::string_view bytes;
    bool full = false;
  };
  using Sink = std::function<absl::Status(const File&)>;

  // kNone gives tiles only, for a reader that has the records from the bundles.
  enum class Bundles { kBuild, kNone };

  // A log without records.
  explicit TileStream(crypto::HashAlg alg, Bundles bundles = Bundles::kBuild)
      : frontier_(alg), bundles_(bundles) {}
  // A log of `size` records whose tiles `fetch` gives. Records from bundle_start() to size() must be given to
  // Preload before the first Append.
  static absl::StatusOr<TileStream> Resume(crypto::HashAlg alg, uint64_t size,
                                           const merkle::TileHashReader::Fetch& fetch);

  // Index of the first record of the bundle that size() stands in.
  uint64_t bundle_start() const { return frontier_.size() / merkle::kTileWidth * merkle::kTileWidth; }
  void Preload(std::string_view record) { AddToBundle(record); }

  // Adds one record and gives `sink` the tiles and the bundle that it fills.
  absl::Status Append(std::string_view record, const crypto::Digest& leaf_hash, const Sink& sink);
  // Gives `sink` the partial files at the right edge, in the same order as merkle::TilesToPublish.
  absl::Status Partials(const Sink& sink) const;

  crypto::HashAlg alg() const { return frontier_.alg(); }
  uint64_t size() const { return frontier_.size(); }
  crypto::Digest root() const { return frontier_.root(); }

 private:
  void AddToBundle(std::string_view record);

  merkle::Frontier frontier_;
  Bundles bundles_;
  std::vector<std::string> edges_;  // by tile level: hashes of the tile that is not full yet
  std::string bundle_;              // records of the bundle that is not full yet
};

}  // namespace chuanyu::exchange
