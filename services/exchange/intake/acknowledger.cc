#include "services/exchange/intake/acknowledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {

// Taken before the tracker is asked: what another call has recorded by then, the tracker knows; what it has
// not, is not in this reservation.
class Acknowledger::Recording {
 public:
  Recording(std::shared_ptr<Busy> busy, const std::string& caller,
            const std::vector<std::string>& request_ids)
      : busy_(std::move(busy)), caller_(caller) {
    MutexLock lock(busy_->mu);
    for (const std::string& id : request_ids) {
      if (busy_->keys.insert(Key(id)).second) ids_.insert(id);
    }
    all_ = ids_.size() == request_ids.size();
  }
  ~Recording() {
    MutexLock lock(busy_->mu);
    for (const std::string& id : ids_) busy_->keys.erase(Key(id));
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  bool Has(const std::string& request_id) const { return ids_.contains(request_id); }
  // False when some are being recorded by another call.
  bool all() const { return all_; }

 private:
  std::string Key(const std::string& id) const { return caller_ + " " + id; }

  const std::shared_ptr<Busy> busy_;
  const std::string caller_;
  absl::flat_hash_set<std::string> ids_;
  bool all_ = true;
};

Acknowledger::Acknowledger(Mailbox& mailbox, Tracker& tracker, Pipeline& pipeline, WorkerPool& workers)
    : mailbox_(mailbox), tracker_(tracker), pipeline_(pipeline), workers_(workers) {}

void Acknowledger::Acknowledge(const Submitter& caller, std::vector<std::string> request_ids, Unknown unknown,
                               Done done) {
  const auto recording = std::make_shared<const Recording>(busy_, caller.Caller(), request_ids);
  std::vector<std::string> known;
  std::vector<std::string> others;
  for (std::string& id : request_ids) {
    auto& list = mailbox_.TakeHandedOut(caller.Caller(), id) ? known : others;
    list.push_back(std::move(id));
  }
  // The usual case asks nobody: this process handed the answers to this very caller.
  if (others.empty()) return Record(caller, known, recording, std::move(done));
  const bool posted = workers_.Post([this, caller, known = std::move(known), others = std::move(others),
                                     unknown, recording, done]() mutable {
    const absl::Status checked = Check(caller, others, unknown);
    if (!checked.ok()) {
      // What was ours stays recorded: the answers are stored, whatever else was in the list.
      return Record(caller, known, recording, [checked, done](const absl::Status&) { done(checked); });
    }
    known.insert(known.end(), others.begin(), others.end());
    Record(caller, known, recording, done);
  });
  if (!posted) done(MakeError(Reason::QUOTA, {.detail = "the node is overloaded"}));
}

// Leaves in `request_ids` what is to be recorded.
absl::Status Acknowledger::Check(const Submitter& caller, std::vector<std::string>& request_ids,
                                 Unknown unknown) {
  std::vector<std::string> answered;
  for (size_t i = 0; i < request_ids.size(); ++i) {
    const std::string field = absl::StrCat("request_ids[", i, "]");
    std::optional<TrackedRequest> request;
    if (IsUuidV7(request_ids[i])) {
      CHUANYU_ASSIGN_OR_RETURN(request, tracker_.Get(request_ids[i]));
    }
    const bool own = request && request->direction == Direction::kOut && request->caller == caller.Caller();
    if (own && request->state == State::kAnswered) {
      answered.push_back(request_ids[i]);
    } else if (unknown == Unknown::kRefuse && !own) {
      return MakeError(Reason::CASE_NOT_FOUND, {.field = field});
    } else if (unknown == Unknown::kRefuse && !IsTerminal(request->state)) {
      return MakeError(Reason::STATE_CONFLICT, {.field = field, .detail = "not answered"});
    }
  }
  request_ids = std::move(answered);
  return absl::OkStatus();
}

void Acknowledger::Record(const Submitter& caller, const std::vector<std::string>& request_ids,
                          const std::shared_ptr<const Recording>& recording, Done done) {
  WorkGroup group;
  absl::flat_hash_set<std::string> seen;  // a list may name a request twice
  for (const std::string& id : request_ids) {
    if (!recording->Has(id) || !seen.insert(id).second) continue;
    Draft draft;
    draft.record.set_kind(v1::RECORD_KIND_DELIVERED);
    draft.record.set_request_id(id);
    draft.record.set_from_region(caller.region);
    draft.record.set_from_system(caller.system);
    group.drafts.push_back(std::move(draft));
  }
  if (group.drafts.empty() && recording->all()) return done(absl::OkStatus());
  // A group without records waits behind those that record what is missing in it.
  group.done = [recording, done = std::move(done)](const Outcome& outcome) { done(outcome.status); };
  pipeline_.Submit(std::move(group));
}

}  // namespace chuanyu::exchange
