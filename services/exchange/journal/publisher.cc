#include "services/exchange/journal/publisher.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/journal/checkpoint_history.h"
#include "services/exchange/journal/published.h"
#include "services/exchange/journal/sections.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {
namespace {

// Published files hold nothing personal and are read by web servers and rsync.
constexpr unsigned kPublicFileMode = 0644;
constexpr unsigned kPublicDirMode = 0755;
// Full tiles and bundles that may wait for their sync: some 20 MB.
constexpr size_t kFilesAtOnce = 512;

// "tile/0/x001" of "tile/0/x001/067.p/8": what has to exist before the file.
std::string DirOf(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

absl::Status RemovePartials(const std::string& full_path) {
  std::error_code error;
  std::filesystem::remove_all(full_path + ".p", error);
  if (!error) return absl::OkStatus();
  return MakeError(Reason::JOURNAL_UNAVAILABLE, {.detail = "remove " + full_path + ".p: " + error.message()});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Open(PublisherOptions options, Journal& journal,
                                                           const Clock& clock) {
  std::unique_ptr<Publisher> publisher(new Publisher(std::move(options), journal, clock));
  MutexLock working(publisher->work_mu_);
  CHUANYU_RETURN_IF_ERROR(publisher->Resume());
  return publisher;
}

Publisher::Publisher(PublisherOptions options, Journal& journal, const Clock& clock)
    : options_(std::move(options)),
      public_dir_(options_.dir + "/public"),
      journal_(journal),
      clock_(clock),
      files_(public_dir_),
      stream_(options_.tree_hash) {}

Publisher::~Publisher() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Publisher::Resume() {
  touched_dirs_.clear();
  full_.clear();
  files_ = FileBatch(public_dir_);
  CHUANYU_RETURN_IF_ERROR(MakeDirDurably(public_dir_ + "/checkpoints", kPublicDirMode));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> parameters,
                           ReadFileIfExists(options_.dir + "/log.json"));
  CHUANYU_RETURN_IF_ERROR(
      WriteFileDurably(public_dir_ + "/log.json", parameters.value_or(""), kPublicFileMode));
  CHUANYU_RETURN_IF_ERROR(TrimHistory(public_dir_ + "/checkpoints"));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<std::string> note,
                           ReadFileIfExists(public_dir_ + "/checkpoint"));
  SignedCheckpoint published;
  if (note.has_value()) {
    CHUANYU_ASSIGN_OR_RETURN(published, ParseCheckpointNote(*note, options_.origin));
  }
  CHUANYU_ASSIGN_OR_RETURN(
      stream_, TileStream::Resume(options_.tree_hash, published.size, [this](const merkle::TileId& id) {
        return ReadPublishedTile(options_.dir, id);
      }));
  if (published.size > 0 && stream_.root() != published.root) {
    return MakeError(Reason::JOURNAL_CORRUPT,
                     {.detail = public_dir_ + ": tiles do not give the published root"});
  }
  // Its bundle goes on where it stood: the records come from the segments, which are the truth.
  const auto preload = [&](const DurableRecord& record) {
    if (record.record.sequence() >= published.size) return absl::CancelledError();
    stream_.Preload(record.bytes);
    return absl::OkStatus();
  };
  absl::Status preloaded = journal_.ForEachFrom(stream_.bundle_start(), preload);
  if (!preloaded.ok() && !absl::IsCancelled(preloaded)) return preloaded;
  published_ = std::move(published);
  resumed_ = true;
  MutexLock lock(mu_);
  published_size_ = published_.size;
  return absl::OkStatus();
}

void Publisher::Start() {
  thread_ = std::thread([this] { Run(); });
}

absl::Status Publisher::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
  return PublishNow();
}

void Publisher::Run() {
  while (true) {
    {
      MutexLock lock(mu_);
      if (!stopping_) wakes_.WaitFor(mu_, options_.publish_interval_ms);
      if (stopping_) return;
    }
    PublishNow().IgnoreError();  // kept in last_status_, and tried again
  }
}

absl::Status Publisher::PublishNow() {
  MutexLock working(work_mu_);
  absl::Status status = Publish();
  // What is in memory may be ahead of the disk now.
  if (!status.ok()) resumed_ = false;
  MutexLock lock(mu_);
  last_status_ = status;
  return status;
}

// Nothing when there is nothing newer. What is published never gets shorter: a cosignature of a smaller size
// than was already published waits until the witness has caught up.
absl::StatusOr<std::optional<SignedCheckpoint>> Publisher::Target() {
  SignedCheckpoint target = journal_.LatestCosigned();
  if (target.note.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(target, journal_.SignedLatest());
  }
  const bool newer = published_.note.empty() || target.size > published_.size ||
                     (target.size == published_.size && target.note != published_.note);
  if (!newer) return std::nullopt;
  return target;
}

absl::Status Publisher::Publish() {
  if (!resumed_) CHUANYU_RETURN_IF_ERROR(Resume());
  CHUANYU_ASSIGN_OR_RETURN(std::optional<SignedCheckpoint> target, Target());
  if (!target.has_value()) return absl::OkStatus();
  if (target->size > published_.size) CHUANYU_RETURN_IF_ERROR(CatchUp(*target));
  CHUANYU_RETURN_IF_ERROR(KeepHistory(target->note));
  CHUANYU_RETURN_IF_ERROR(WriteFileDurably(public_dir_ + "/checkpoint", target->note, kPublicFileMode));
  published_ = *std::move(target);
  MutexLock lock(mu_);
  published_size_ = published_.size;
  return absl::OkStatus();
}

// Every file that the checkpoint needs, on the disk.
absl::Status Publisher::CatchUp(const SignedCheckpoint& target) {
  const TileStream::Sink write = [this](const TileStream::File& file) { return WriteTileFile(file); };
  const auto add = [&](const DurableRecord& record) -> absl::Status {
    if (stream_.size() == target.size) return absl::CancelledError();
    return stream_.Append(record.bytes, record.leaf_hash, write);
  };
  absl::Status added = journal_.ForEachFrom(stream_.size(), add);
  if (!added.ok() && !absl::IsCancelled(added)) return added;
  if (stream_.size() != target.size || stream_.root() != target.root) {
    return MakeError(Reason::JOURNAL_CORRUPT,
                     {.detail = options_.dir + ": the segments do not give the root of size " +
                                std::to_string(target.size)});
  }
  CHUANYU_RETURN_IF_ERROR(stream_.Partials(write));
  return CommitFiles();
}

absl::Status Publisher::WriteTileFile(const TileStream::File& file) {
  const std::string path = public_dir_ + "/" + file.path;
  const std::string dir = DirOf(path);
  if (touched_dirs_.insert(dir).second) CHUANYU_RETURN_IF_ERROR(MakeDirDurably(dir, kPublicDirMode));
  CHUANYU_RETURN_IF_ERROR(files_.Add(path, file.bytes, kPublicFileMode));
  if (!file.full) return absl::OkStatus();
  touched_dirs_.erase(path + ".p");
  full_.push_back(path);
  return full_.size() < kFilesAtOnce ? absl::OkStatus() : CommitFiles();
}

absl::Status Publisher::CommitFiles() {
  CHUANYU_RETURN_IF_ERROR(files_.Commit());
  for (const std::string& dir : touched_dirs_) CHUANYU_RETURN_IF_ERROR(SyncDir(dir));
  touched_dirs_.clear();
  // The partial ones go last: a reader always finds one of the two.
  for (const std::string& path : std::exchange(full_, {})) CHUANYU_RETURN_IF_ERROR(RemovePartials(path));
  return absl::OkStatus();
}

absl::Status Publisher::KeepHistory(const std::string& note) {
  const std::string day = absl::FormatTime("%Y-%m-%d", clock_.Now(), absl::UTCTimeZone());
  return AppendHistory(public_dir_ + "/checkpoints/" + day + ".notes", note);
}

uint64_t Publisher::published_size() const {
  MutexLock lock(mu_);
  return published_size_;
}

absl::Status Publisher::last_status() const {
  MutexLock lock(mu_);
  return last_status_;
}

}  // namespace chuanyu::exchange
