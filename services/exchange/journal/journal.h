// The node's append-only signed log: durability, signature and audit in one (docs: journal).
//
// One sequencer thread calls Append. A batch is one frame of the current segment file: records, sealed
// payloads and, when the batch came from a peer, the witness state that it extends, all made durable by one
// fdatasync. The checkpoint over the new root is signed beside it, or later, when somebody needs it: a
// checkpoint covers everything before it, and an SM2 signature takes longer than a small sync
// (docs/decisions/0004). Nothing goes to a peer or is published without one.
//
// A failed write, sync or signature is final: the journal refuses everything afterwards with
// JOURNAL_UNAVAILABLE, because the kernel may already have dropped the pages.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/journal.pb.h"
#include "common/clock/clock.h"
#include "common/crypto/hash.h"
#include "common/crypto/signer.h"
#include "common/merkle/note_key.h"
#include "common/merkle/tree.h"

namespace chuanyu::exchange {

class AppendFiles;
class Vault;

// A record that is not in the log yet: sequence, time and commitment are filled by Append.
struct Draft {
  v1::JournalRecord record;
  std::string payload;  // sealed into the vault; empty when there is none
  std::string salt;     // 32 bytes; made by Append when empty (a received payload brings its own)
};

// Where a sealed payload is: "segment:offset:length", at most 64 bytes; stored in the tracker as is.
using PayloadLocation = std::string;

// One record that is in the log and on disk. Only Journal makes it.
struct DurableRecord {
  v1::JournalRecord record;
  std::string bytes;  // the leaf, exactly as hashed
  crypto::Digest leaf_hash;
  std::string payload;
  std::string salt;
  PayloadLocation location;  // of the record and its payload, for Journal::ReadAt
};

// A checkpoint of our own log.
struct SignedCheckpoint {
  uint64_t size = 0;
  crypto::Digest root{};
  std::string note;  // C2SP signed note with the node's Ed25519 and SM2 lines; empty while nobody needed it
};

enum class Signing { kNow, kWhenNeeded };

// What this node knows of a peer's log.
struct WitnessState {
  std::string origin;
  merkle::Frontier frontier;  // size and root come from it
  std::string note;           // the peer's signed checkpoint of that size
};

// The result of Append: nothing can be sent or acknowledged without one.
class DurableBatch {
 public:
  uint64_t first_index() const { return first_index_; }
  const std::vector<DurableRecord>& records() const { return records_; }
  const SignedCheckpoint& checkpoint() const { return checkpoint_; }

 private:
  friend class Journal;
  friend class JournalTestPeer;
  DurableBatch() = default;
  uint64_t first_index_ = 0;
  std::vector<DurableRecord> records_;
  SignedCheckpoint checkpoint_;
};

// What recovery tells the node at start.
struct Recovered {
  uint64_t size = 0;
  std::vector<WitnessState> witnesses;  // newest per origin
  uint64_t cosigned_size = 0;           // newest own checkpoint that a peer cosigned
  bool tail_cut = false;                // a torn, never acknowledged frame was removed
};

struct JournalOptions {
  std::string dir;
  std::string origin;                                    // "<region>.chuanyu/<node>", also the key name
  crypto::HashAlg tree_hash = crypto::HashAlg::kSha256;  // fixed when the log is created
  // Keys that signed this log's checkpoints before the current ones. What they signed is still accepted at
  // start.
  std::vector<merkle::VerifierKey> retired_keys;
  uint64_t segment_bytes = 256ull << 20;  // a segment is closed at the first batch that passes this
  uint64_t recent_batches = 4096;         // kept in memory for the link, so that a healthy link reads no disk
  uint64_t recent_bytes = 4ull << 20;     // bounds the same in bytes of records and payloads
  // No more than this is ever without a signature: it is what a peer that was away gets as one frame.
  uint64_t max_unsigned_records = 1'024;
  uint64_t max_unsigned_bytes = 256u << 10;
  uint64_t reserve_bytes = 16ull << 20;  // allocated ahead, so that a sync need not journal a new file length
  // At start the newest segments up to this many bytes are read in full; older ones are checked by their
  // first frames and lengths (audit verify-log reads all). 4 GiB take a few seconds.
  uint64_t full_scan_bytes = 4ull << 30;
  AppendFiles* files = nullptr;  // the machine's file system when null; tests give a failing one
};

class Journal {
 public:
  // Locks the folder with flock, cuts a torn tail, checks the right edge, recovers frontier and witnesses.
  // JOURNAL_CORRUPT names the file and offset when anything but the tail is damaged.
  static absl::StatusOr<std::unique_ptr<Journal>> Open(
      JournalOptions options, const Clock& clock, Vault& vault,
      const std::vector<std::shared_ptr<const crypto::Signer>>& signers);
  virtual ~Journal() = default;

  virtual const Recovered& recovered() const = 0;

  // Appends in order, syncs once, signs at most once. Nothing is changed when a draft is refused: BAD_REQUEST
  // for a record over 65,535 bytes or a salt that is not 32 bytes long, PAYLOAD_TOO_LARGE when the batch is
  // over 1 GiB. Every other error is final. With neither drafts nor witnesses nothing is written. `witnesses`
  // is stored in the same frame, so that a peer's batch and our memory of the peer's log are durable together
  // or not at all. Sequencer thread only.
  virtual absl::StatusOr<std::shared_ptr<const DurableBatch>> Append(std::vector<Draft> drafts,
                                                                     std::vector<WitnessState> witnesses,
                                                                     Signing signing = Signing::kNow) = 0;

  // The checkpoint of the log up to the end of `batch`, signed now if it was not. Thread-safe.
  virtual absl::StatusOr<SignedCheckpoint> SignedEnd(const DurableBatch& batch) = 0;
  // The newest checkpoint, with all cosignatures known so far, signed now if it was not. Thread-safe.
  virtual absl::StatusOr<SignedCheckpoint> SignedLatest() = 0;

  // Makes the newest checkpoint and all cosignatures durable without a batch. Thread-safe, waits for a
  // running Append. The destructor does the same.
  virtual absl::Status Flush() = 0;

  // Keeps a peer's cosignature lines over our checkpoint of `size`; durable with the next batch or Flush. The
  // caller has verified them; here they are only parsed. BAD_REQUEST for what is no signature line, and when
  // there is no checkpoint of that size. Thread-safe.
  virtual absl::Status AddCosignature(uint64_t size, std::string_view cosignature_lines) = 0;

  // Leaves [first, first + max) below `limit` in order, from memory when recent, from disk otherwise.
  // The range ends at a batch border whose checkpoint SignedEnd can give, and holds at least one batch if one
  // is there, even when that is over max_bytes; it holds none when no batch that contains `first` ends at or
  // below `limit`. Records whose payload was erased have neither payload nor salt. Thread-safe.
  struct Range {
    std::vector<std::shared_ptr<const DurableBatch>> batches;
    uint64_t first_index = 0;  // batches.front() may start before it
  };
  virtual absl::StatusOr<Range> ReadBatches(uint64_t first, uint64_t limit, size_t max_bytes) = 0;

  // Record and opened payload at a location. PAYLOAD_ERASED when its data key is gone. Thread-safe.
  // BAD_REQUEST for what is not a location of this log, JOURNAL_CORRUPT when the bytes there are damaged.
  virtual absl::StatusOr<DurableRecord> ReadAt(std::string_view location) = 0;
  // The same without opening the payload: works for erased ones too. Thread-safe.
  virtual absl::StatusOr<DurableRecord> ReadRecordAt(std::string_view location) = 0;

  // Every record from the first, for rebuild-tracker and verification, with its location; payloads are not
  // opened. Stops at the first error of `visit` and returns it. Thread-safe.
  absl::Status ForEach(const std::function<absl::Status(const DurableRecord&)>& visit) {
    return ForEachFrom(0, visit);
  }
  // The same from index `first` on.
  virtual absl::Status ForEachFrom(uint64_t first,
                                   const std::function<absl::Status(const DurableRecord&)>& visit) = 0;

  // Size and root now; `note` may be empty. Thread-safe.
  virtual SignedCheckpoint Latest() const = 0;
  virtual SignedCheckpoint LatestCosigned() const = 0;
  // False after a failure that stopped the journal. Thread-safe.
  virtual absl::Status Healthy() const = 0;

 protected:
  static std::shared_ptr<const DurableBatch> MakeBatch(uint64_t first_index,
                                                       std::vector<DurableRecord> records,
                                                       SignedCheckpoint checkpoint);
};

}  // namespace chuanyu::exchange
