#include "services/exchange/tracker/redis_tracker.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/tracker/change_codec.h"
#include "services/exchange/tracker/ids.h"
#include "services/exchange/tracker/script.h"

namespace chuanyu::exchange {
namespace {

// Redis runs a function to its end before it serves anybody else: 256 changes take about 3 ms.
constexpr size_t kChunk = 256;
constexpr size_t kMaxPage = 1024;
// Grows with every change of what the keys hold: the node then finds an empty tracker and fills it from its
// journal.
constexpr std::string_view kLayout = "2";
constexpr size_t kMaxLease = 256;

redis::RedisClient::OnConnect CheckAndLoad(redis::ServerProfile profile) {
  return [profile](const redis::RedisClient::Send& send) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(redis::CheckServer(send, profile));
    return redis::EnsureLoaded(send, TrackerLibrary());
  };
}

bool IsShardName(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tracker>> Tracker::Open(TrackerOptions options) {
  if (!IsShardName(options.shard)) return MakeError(Reason::CONFIG_INVALID, {.detail = "bad shard name"});
  auto tracker = std::make_unique<RedisTracker>(std::move(options));
  CHUANYU_RETURN_IF_ERROR(tracker->Start());
  return tracker;
}

absl::StatusOr<std::vector<TrackResult>> Tracker::Record(std::span<const NewRequest> requests) {
  return ApplyBatch(std::vector<TrackerChange>(requests.begin(), requests.end()), std::nullopt);
}

absl::StatusOr<std::vector<TrackResult>> Tracker::Apply(std::span<const Transition> transitions) {
  return ApplyBatch(std::vector<TrackerChange>(transitions.begin(), transitions.end()), std::nullopt);
}

RedisTracker::RedisTracker(TrackerOptions options)
    : options_(std::move(options)),
      prefix_("{cy" + options_.shard + "}" + std::string(kLayout) + ":"),
      writes_(options_.redis, CheckAndLoad(options_.profile)),
      reads_(options_.redis, CheckAndLoad(options_.profile)) {}

absl::Status RedisTracker::Start() {
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply resetting, writes_.Run({"EXISTS", prefix_ + "resetting"}));
  if (resetting.integer() != nullptr && *resetting.integer() == 1) CHUANYU_RETURN_IF_ERROR(FinishReset());
  return AppliedSize().status();
}

redis::Command RedisTracker::Call(std::string function) const {
  return {"FCALL", std::move(function), "1", prefix_};
}

std::string RedisTracker::StateSet(Direction direction, State state) const {
  return std::string("z") + DirectionCode(direction) + StateCode(state);
}

absl::StatusOr<std::vector<TrackResult>> RedisTracker::ApplyBatch(std::span<const TrackerChange> changes,
                                                                  std::optional<uint64_t> applied_size) {
  CHUANYU_RETURN_IF_ERROR(CheckChanges(changes));
  if (changes.empty() && !applied_size) return std::vector<TrackResult>();
  uint64_t seen = 0;
  {
    MutexLock lock(mu_);
    seen = applied_seen_;
  }
  std::vector<redis::Command> commands;
  size_t done = 0;
  do {
    const auto chunk = changes.subspan(done, std::min(kChunk, changes.size() - done));
    done += chunk.size();
    redis::Command command = Call("cy_apply");
    command.reserve(command.size() + 3 + chunk.size() * 15);
    command.push_back(std::to_string(seen));
    command.push_back(applied_size && done == changes.size() ? std::to_string(*applied_size) : "");
    command.push_back(std::to_string(options_.retention_ms));
    for (const TrackerChange& change : chunk) AppendChange(change, command);
    commands.push_back(std::move(command));
  } while (done < changes.size());
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<redis::Reply> replies, writes_.Pipeline(commands));
  std::vector<TrackResult> results;
  results.reserve(changes.size());
  for (const redis::Reply& reply : replies) {
    CHUANYU_RETURN_IF_ERROR(redis::StatusOf(reply));
    if (reply.array() == nullptr) return redis::UnexpectedReply("cy_apply");
    for (const redis::Reply& one : *reply.array()) {
      CHUANYU_ASSIGN_OR_RETURN(TrackResult result, ParseResult(one));
      results.push_back(std::move(result));
    }
  }
  if (results.size() != changes.size()) return redis::UnexpectedReply("cy_apply");
  if (applied_size) {
    MutexLock lock(mu_);
    applied_seen_ = std::max(applied_seen_, *applied_size);
  }
  return results;
}

absl::StatusOr<uint64_t> RedisTracker::AppliedSize() {
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, writes_.Run({"GET", prefix_ + "applied"}));
  uint64_t applied = 0;
  if (const std::string* const text = reply.text()) {
    std::from_chars(text->data(), text->data() + text->size(), applied);
  }
  MutexLock lock(mu_);
  applied_seen_ = applied;
  return applied;
}

absl::StatusOr<std::vector<Leased>> RedisTracker::Lease(const WorkerLease& lease, size_t max,
                                                        int64_t now_ms) {
  redis::Command command = Call("cy_lease");
  command.insert(command.end(), {lease.worker, std::to_string(lease.token), std::to_string(lease.lease_ms),
                                 std::to_string(std::min(max, kMaxLease)), std::to_string(now_ms)});
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr) return redis::UnexpectedReply("cy_lease");
  std::vector<Leased> leased;
  for (const redis::Reply& row : *reply.array()) {
    const std::vector<redis::Reply>* const fields = row.array();
    if (fields == nullptr || fields->size() != 7) return redis::UnexpectedReply("cy_lease");
    for (const redis::Reply& field : *fields) {
      if (field.text() == nullptr) return redis::UnexpectedReply("cy_lease");
    }
    const auto text = [&](size_t i) -> const std::string& { return *(*fields)[i].text(); };
    leased.push_back({.request_id = UnpackId(text(0)),
                      .attempt = static_cast<uint32_t>(std::strtoul(text(1).c_str(), nullptr, 10)),
                      .token = lease.token,
                      .location = text(2),
                      .operation = text(3),
                      .caller = text(4),
                      .peer_region = text(5),
                      .deadline_ms = std::strtoll(text(6).c_str(), nullptr, 10)});
  }
  return leased;
}

absl::StatusOr<std::vector<bool>> RedisTracker::Renew(std::span<const LeaseRef> leases, int64_t now_ms,
                                                      int64_t lease_ms) {
  std::vector<bool> held;
  if (leases.empty()) return held;
  redis::Command command = Call("cy_renew");
  command.push_back(std::to_string(now_ms + lease_ms));
  for (const LeaseRef& lease : leases) {
    const std::optional<std::string> id = PackId(lease.request_id);
    if (!id) return MakeError(Reason::BAD_REQUEST, {.field = "request_id"});
    command.insert(command.end(),
                   {*id, std::to_string(lease.fence.attempt), std::to_string(lease.fence.token)});
  }
  CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
  if (reply.array() == nullptr || reply.array()->size() != leases.size())
    return redis::UnexpectedReply("cy_renew");
  for (const redis::Reply& one : *reply.array())
    held.push_back(one.integer() != nullptr && *one.integer() == 1);
  return held;
}

absl::StatusOr<uint64_t> RedisTracker::ReleaseLeases(std::string_view worker_prefix) {
  uint64_t released = 0;
  for (uint64_t offset = 0;; offset += kMaxPage) {
    redis::Command command = Call("cy_release");
    command.insert(command.end(), {std::string(worker_prefix), std::to_string(offset)});
    CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply, reads_.Run(command));
    const std::vector<redis::Reply>* const pair = reply.array();
    if (pair == nullptr || pair->size() != 2 || (*pair)[0].integer() == nullptr ||
        (*pair)[1].integer() == nullptr) {
      return redis::UnexpectedReply("cy_release");
    }
    released += static_cast<uint64_t>(*(*pair)[0].integer());
    if (static_cast<size_t>(*(*pair)[1].integer()) < kMaxPage) return released;
  }
}

absl::Status RedisTracker::Reset() {
  CHUANYU_RETURN_IF_ERROR(writes_.Run({"SET", prefix_ + "resetting", "1"}).status());
  return FinishReset();
}

absl::Status RedisTracker::FinishReset() {
  const std::string mark = prefix_ + "resetting";
  std::string cursor = "0";
  do {
    CHUANYU_ASSIGN_OR_RETURN(const redis::Reply reply,
                             writes_.Run({"SCAN", cursor, "MATCH", prefix_ + "*", "COUNT", "1000"}));
    const std::vector<redis::Reply>* const page = reply.array();
    if (page == nullptr || page->size() != 2 || (*page)[0].text() == nullptr ||
        (*page)[1].array() == nullptr) {
      return redis::UnexpectedReply("SCAN");
    }
    cursor = *(*page)[0].text();
    redis::Command unlink = {"UNLINK"};
    for (const redis::Reply& key : *(*page)[1].array()) {
      // The mark goes last: a crash before that leaves it for the next Open.
      if (key.text() != nullptr && *key.text() != mark) unlink.push_back(*key.text());
    }
    if (unlink.size() > 1) CHUANYU_RETURN_IF_ERROR(writes_.Run(unlink).status());
  } while (cursor != "0");
  CHUANYU_RETURN_IF_ERROR(writes_.Run({"DEL", mark}).status());
  MutexLock lock(mu_);
  applied_seen_ = 0;
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
