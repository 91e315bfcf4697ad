// Publishes the log as plain files under <dir>/public, for any web server and any rsync:
//
//   checkpoint                      newest cosigned one; the newest of all while none was cosigned
//   checkpoints/<yyyy-mm-dd>.notes  every checkpoint published that day (UTC), each with an empty line after
//   it log.json                        origin and tree hash tile/<L>/<N>[.p/<W>], tile/entries/<N>[.p/<W>]
//
// Everything is derived from the segments: after a crash, or when the folder was removed, it is written
// again. Tiles and bundles are on the disk before the checkpoint that needs them. Partial tiles are removed
// once the full one is there, as C2SP allows. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/file_batch.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/journal/tile_stream.h"

namespace chuanyu::exchange {

struct PublisherOptions {
  std::string dir;  // of the journal
  std::string origin;
  crypto::HashAlg tree_hash = crypto::HashAlg::kSha256;
  int64_t publish_interval_ms = 1000;  // at most this often: each time costs some ten syncs
};

class Publisher {
 public:
  // Reads what was published before. The journal must be open on the same folder, and outlive the publisher.
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(PublisherOptions options, Journal& journal,
                                                         const Clock& clock);
  // Stops the thread; does not publish.
  ~Publisher();

  // Publishes in the background when there is something new.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the thread and publishes what is left.
  absl::Status Stop() ABSL_LOCKS_EXCLUDED(mu_, work_mu_);

  // Publishes the newest state before it returns. After an error the next call goes on where this one
  // stopped.
  absl::Status PublishNow() ABSL_LOCKS_EXCLUDED(mu_, work_mu_);

  // Of the published checkpoint.
  uint64_t published_size() const ABSL_LOCKS_EXCLUDED(mu_);
  // Of the last attempt, for health checks: exchanges go on without it.
  absl::Status last_status() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Publisher(PublisherOptions options, Journal& journal, const Clock& clock);
  absl::Status Resume() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  absl::Status Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status CatchUp(const SignedCheckpoint& target) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  absl::Status WriteTileFile(const TileStream::File& file) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  absl::Status CommitFiles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  absl::Status KeepHistory(const std::string& note) ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  absl::StatusOr<std::optional<SignedCheckpoint>> Target() ABSL_EXCLUSIVE_LOCKS_REQUIRED(work_mu_);
  void Run() ABSL_LOCKS_EXCLUDED(mu_, work_mu_);

  const PublisherOptions options_;
  const std::string public_dir_;
  Journal& journal_;
  const Clock& clock_;

  Mutex work_mu_;  // one publication at a time; taken before mu_
  FileBatch files_ ABSL_GUARDED_BY(work_mu_);
  std::vector<std::string> full_ ABSL_GUARDED_BY(work_mu_);  // of files_
  TileStream stream_ ABSL_GUARDED_BY(work_mu_);
  bool resumed_ ABSL_GUARDED_BY(work_mu_) = false;
  SignedCheckpoint published_ ABSL_GUARDED_BY(work_mu_);
  std::set<std::string> touched_dirs_ ABSL_GUARDED_BY(work_mu_);

  mutable Mutex mu_;
  CondVar wakes_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  uint64_t published_size_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status last_status_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace chuanyu::exchange
