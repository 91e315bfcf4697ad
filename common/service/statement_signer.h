// Signs statements (recognitions) for many calls at once: what came while one signature was made gets the
// next one together (merkle::SignStatements). An SM2 signature takes a third of a millisecond of a core; with
// one a statement it would be what limits a service. Alone, a statement waits for nobody. One thread of its
// own. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/merkle/note_key.h"
#include "common/merkle/statement.h"

namespace chuanyu {

class StatementSigner {
 public:
  explicit StatementSigner(std::vector<merkle::NoteSigner> signers);
  // As Stop().
  ~StatementSigner();
  StatementSigner(const StatementSigner&) = delete;
  StatementSigner& operator=(const StatementSigner&) = delete;

  // With the note that OpenStatement opens. Runs once, on the thread of this object or, when refused, on the
  // caller's: QUOTA when too many wait, SHUTTING_DOWN after Stop.
  using Done = std::function<void(absl::StatusOr<std::string> note)>;
  void Sign(merkle::Statement statement, Done done) ABSL_LOCKS_EXCLUDED(mu_);

  // Signs what waits and joins. The second and later calls do nothing.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Waiting {
    std::vector<merkle::Statement> statements;
    std::vector<Done> done;
  };
  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  void SignAll(Waiting batch) const;

  const std::vector<merkle::NoteSigner> signers_;
  Mutex mu_;
  CondVar wakes_;
  Waiting waiting_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu
