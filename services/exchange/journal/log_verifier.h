// The state of one verification: records go in one by one, checkpoints as they are found. Private to
// verify*.cc.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "common/merkle/note.h"
#include "services/exchange/journal/tile_stream.h"
#include "services/exchange/journal/verify.h"

namespace chuanyu::exchange {

// Told of every record that has the agreed form.
using RecordVisitor = std::function<void(const v1::JournalRecord&)>;

class LogVerifier {
 public:
  enum class Check {
    kParameters,
    kSegments,
    kRecords,
    kTime,
    kTiles,
    kRoots,
    kSignatures,
    kCosignatures,
    kCount
  };

  LogVerifier(const LogTrust& trust, crypto::HashAlg tree_hash, bool records_from_bundles,
              RecordVisitor visitor);

  void Fail(Check check, const std::string& failure, const std::string& place);
  void Count(Check check) { ++at(check).count; }

  // The next record. `place` is called only when something is wrong.
  void AddRecord(std::string_view bytes, absl::FunctionRef<std::string()> place);

  // A batch ends here: a checkpoint of this size may come later.
  void AddBorder();

  // A checkpoint found at `place`: its signatures now, its root now or when the records reach its size.
  // Returns its size; nullopt when it is no checkpoint of this log.
  std::optional<uint64_t> AddCheckpoint(std::string_view note, const std::string& place);

  // Compares the tiles and bundles in `dir` with the records up to `size`.
  void CompareTiles(const std::string& dir, uint64_t size);

  uint64_t size() const { return stream_.size(); }
  LogReport Finish() &&;

 private:
  struct Expected {
    crypto::Digest root;
    std::string place;
  };

  LogCheck& at(Check check) { return checks_[static_cast<size_t>(check)]; }
  void ReachSize();
  const crypto::Digest* ReachedRoot(uint64_t size) const;
  void CheckRoot(uint64_t size, const Expected& expected, const crypto::Digest& root);
  void CheckSignatures(std::string_view note, uint64_t size, const std::string& place);
  void CompareFile(const TileStream::File& file);

  const LogTrust& trust_;
  const merkle::NoteVerifier current_;
  const merkle::NoteVerifier retired_;
  const std::set<uint32_t> witness_ids_;
  const RecordVisitor visitor_;
  std::array<LogCheck, static_cast<size_t>(Check::kCount)> checks_;
  TileStream stream_;
  v1::JournalRecord record_;
  int64_t last_time_us_ = 0;
  std::multimap<uint64_t, Expected> expected_;  // roots of sizes not reached yet
  // Roots of the sizes that checkpoints were made of, ascending: a cosignature may come much later.
  std::vector<std::pair<uint64_t, crypto::Digest>> reached_;
  std::map<std::string, uint64_t> cosigned_;
  std::string tiles_dir_;
  uint64_t tiles_size_ = 0;
};

}  // namespace chuanyu::exchange
