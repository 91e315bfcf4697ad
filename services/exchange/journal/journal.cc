#include "services/exchange/journal/journal.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/checkpoint_signer.h"
#include "services/exchange/journal/file_journal.h"
#include "services/exchange/journal/recovery.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

absl::StatusOr<ScopedFd> LockFolder(const std::string& dir) {
  const std::string path = dir + "/lock";
  ScopedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.ok()) return FileError("open", path);
  // flock, not fcntl: an fcntl lock would go when any other descriptor of the file is closed.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError("flock", path);
    return MakeError(Reason::JOURNAL_UNAVAILABLE, {.detail = dir + " is in use by another process"});
  }
  return fd;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(
    JournalOptions options, const Clock& clock, Vault& vault,
    const std::vector<std::shared_ptr<const crypto::Signer>>& signers) {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<merkle::NoteSigner> note_signers,
                           MakeCheckpointSigners(options.origin, signers));
  CHUANYU_RETURN_IF_ERROR(MakeDirDurably(options.dir));
  CHUANYU_ASSIGN_OR_RETURN(ScopedFd lock, LockFolder(options.dir));
  CHUANYU_RETURN_IF_ERROR(CreateOrCheckLog(options));
  const OwnKeys keys(options.origin, KeysOf(note_signers), options.retired_keys);
  CHUANYU_ASSIGN_OR_RETURN(LogState state, RecoverLog(options, keys));
  auto journal = std::make_unique<FileJournal>(std::move(options), clock, vault, std::move(lock),
                                               std::move(note_signers), std::move(state));
  CHUANYU_RETURN_IF_ERROR(journal->Start());
  return journal;
}

std::shared_ptr<const DurableBatch> Journal::MakeBatch(uint64_t first_index,
                                                       std::vector<DurableRecord> records,
                                                       SignedCheckpoint checkpoint) {
  std::shared_ptr<DurableBatch> batch(new DurableBatch());
  batch->first_index_ = first_index;
  batch->records_ = std::move(records);
  batch->checkpoint_ = std::move(checkpoint);
  return batch;
}

}  // namespace chuanyu::exchange
