#include "services/exchange/intake/admission.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/unknown_fields.h"
#include "services/exchange/intake/views.h"

namespace chuanyu::exchange {

Admission::Admission(Journal& journal, Tracker& tracker, Pipeline& pipeline, Refusals& refusals,
                     const Clock& clock, CurrentPolicy policy, Guard witness_guard, Options options)
    : journal_(journal),
      tracker_(tracker),
      pipeline_(pipeline),
      refusals_(refusals),
      clock_(clock),
      policy_(std::move(policy)),
      witness_guard_(std::move(witness_guard)),
      options_(std::move(options)),
      recent_ids_(options_.ids_known_from_ms == 0
                      ? 0
                      : options_.ids_known_from_ms + absl::ToInt64Milliseconds(kMaxClockSkew) + 1) {}

Admission::~Admission() { Stop(); }

void Admission::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Admission::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Admission::Ready() const {
  CHUANYU_RETURN_IF_ERROR(witness_guard_());
  CHUANYU_RETURN_IF_ERROR(journal_.Healthy());
  return pipeline_.TrackerHealthy();
}

void Admission::Submit(std::vector<PendingSubmission> submissions) {
  std::vector<std::pair<AdmittedCallback, absl::Status>> refused;
  {
    MutexLock lock(mu_);
    for (PendingSubmission& pending : submissions) {
      const size_t bytes = pending.submission.payload().size();
      if (stopping_) {
        refused.emplace_back(std::move(pending.done), MakeError(Reason::SHUTTING_DOWN));
      } else if (waiting_.size() >= options_.max_waiting ||
                 waiting_bytes_ + bytes > options_.max_waiting_bytes) {
        refused.emplace_back(std::move(pending.done),
                             MakeError(Reason::QUOTA, {.detail = "the node is overloaded"}));
      } else {
        waiting_bytes_ += bytes;
        waiting_.push_back(std::move(pending));
      }
    }
    wakes_.NotifyOne();
  }
  for (const auto& [done, why] : refused) done({.receipt = why});
}

std::vector<PendingSubmission> Admission::TakeWaiting() {
  std::vector<PendingSubmission> taken;
  MutexLock lock(mu_);
  while (waiting_.empty() && !stopping_) wakes_.Wait(mu_);
  while (!waiting_.empty() && taken.size() < options_.max_batch) {
    waiting_bytes_ -= waiting_.front().submission.payload().size();
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return taken;
}

void Admission::Run() {
  while (true) {
    std::vector<PendingSubmission> batch = TakeWaiting();
    if (batch.empty()) return;
    Admit(std::move(batch));
  }
}

void Admission::Admit(std::vector<PendingSubmission> batch) {
  if (const absl::Status ready = Ready(); !ready.ok()) {
    for (const PendingSubmission& pending : batch) pending.done({.receipt = ready});
    return;
  }
  const std::shared_ptr<const policy::Policy> policy = policy_();
  std::vector<Candidate> leaders;
  for (PendingSubmission& pending : batch) {
    absl::StatusOr<Candidate> candidate = Check(pending, *policy);
    if (!candidate.ok()) {
      pending.done({.receipt = candidate.status()});
    } else if (Reserve(*candidate)) {
      leaders.push_back(*std::move(candidate));
    }
  }
  if (!leaders.empty()) Settle(std::move(leaders));
}

// Envelope first: what the policy and the audit record see is then well-formed.
absl::StatusOr<Admission::Candidate> Admission::Check(PendingSubmission& pending,
                                                      const policy::Policy& policy) {
  const std::string caller = pending.submitter.Caller();
  v1::JournalRecord record;
  const auto check = [&]() -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(pending.submission));
    CHUANYU_ASSIGN_OR_RETURN(
        record, ToRecord(pending.submission, pending.submitter, options_.own_region, clock_.Now()));
    CHUANYU_RETURN_IF_ERROR(policy.Check({.caller = caller,
                                          .operation = record.operation(),
                                          .purpose = record.purpose(),
                                          .from_region = record.from_region(),
                                          .to_region = record.to_region(),
                                          .has_authorization = !record.authorization_no().empty()}));
    if (!quota_.Take(policy, caller, clock_.NowMs())) return MakeError(Reason::QUOTA);
    return absl::OkStatus();
  };
  if (absl::Status why = check(); !why.ok()) {
    refusals_.Record(pending.submitter, pending.submission.envelope().request_id(), record, why);
    return why;
  }
  return Candidate{std::move(record), std::move(*pending.submission.mutable_payload()),
                   std::move(pending.done)};
}

// True when the candidate is the first of its key and goes on; otherwise its callback was called or kept.
bool Admission::Reserve(Candidate& candidate) {
  const crypto::Digest digest = crypto::Hash(crypto::HashAlg::kSha256, {candidate.payload});
  switch (in_flight_.Reserve(candidate.record, digest, candidate.done)) {
    case InFlight::Verdict::kLeads:
      return true;
    case InFlight::Verdict::kFollows:
      return false;
    case InFlight::Verdict::kConflict:
      Refuse(candidate, MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "envelope.idempotency_key"}));
      return false;
    case InFlight::Verdict::kReplayed:
      Refuse(candidate, MakeError(Reason::MSG_REPLAYED, {.field = "envelope.request_id"}));
      return false;
  }
  return false;
}

void Admission::Settle(std::vector<Candidate> leaders) {
  if (const absl::Status up = tracker_.Reachable(); !up.ok()) {
    for (const Candidate& leader : leaders) Finish(leader, {.receipt = up});
    return;
  }
  std::vector<Candidate> fresh;
  std::vector<Candidate> asked;
  for (Candidate& leader : leaders) {
    (TakeIfSurelyNew(leader.record) ? fresh : asked).push_back(std::move(leader));
  }
  if (!asked.empty()) AskTracker(std::move(asked), fresh);
  SubmitGroups(std::move(fresh));
}

// The usual submission: its id is its key, and neither was ever used. No question to the tracker.
bool Admission::TakeIfSurelyNew(const v1::JournalRecord& record) {
  if (!record.idempotency_key().empty() || recent_ids_.MaybeUsed(record.request_id())) return false;
  recent_ids_.Add(record.request_id());
  return true;
}

void Admission::AskTracker(std::vector<Candidate> leaders, std::vector<Candidate>& fresh) {
  std::vector<IdempotencyRef> refs;
  refs.reserve(leaders.size());
  for (const Candidate& leader : leaders) {
    const v1::JournalRecord& record = leader.record;
    refs.push_back({record.from_region() + "/" + record.from_system(),
                    record.idempotency_key().empty() ? record.request_id() : record.idempotency_key()});
  }
  const auto hits = tracker_.FindIdempotent(refs);
  if (!hits.ok()) {
    for (const Candidate& leader : leaders) Finish(leader, {.receipt = hits.status()});
    return;
  }
  for (size_t i = 0; i < leaders.size(); ++i) {
    Candidate& leader = leaders[i];
    if (const std::optional<IdempotentHit>& hit = (*hits)[i]) {
      const Admitted repeat = AnswerRepeat(journal_, *hit, leader.record, leader.payload);
      if (!repeat.receipt.ok()) {
        refusals_.Record({leader.record.from_region(), leader.record.from_system()},
                         leader.record.request_id(), leader.record, repeat.receipt.status());
      }
      Finish(leader, repeat);
    } else if (const absl::Status replay = CheckReplay(leader.record); !replay.ok()) {
      refusals_.Record({leader.record.from_region(), leader.record.from_system()}, leader.record.request_id(),
                       leader.record, replay);
      Finish(leader, {.receipt = replay});
    } else {
      fresh.push_back(std::move(leader));
    }
  }
}

// The key is new; the id must be, too.
absl::Status Admission::CheckReplay(const v1::JournalRecord& record) {
  if (recent_ids_.MaybeUsed(record.request_id())) {
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<TrackedRequest> known, tracker_.Get(record.request_id()));
    if (known) return MakeError(Reason::MSG_REPLAYED, {.field = "envelope.request_id"});
  }
  recent_ids_.Add(record.request_id());
  // A later submission without a key may have this one as its id.
  if (IsUuidV7(record.idempotency_key())) recent_ids_.Add(record.idempotency_key());
  return absl::OkStatus();
}

void Admission::SubmitGroups(std::vector<Candidate> fresh) {
  std::vector<Candidate> members;
  size_t bytes = 0;
  for (Candidate& candidate : fresh) {
    const size_t size = candidate.payload.size();
    if (!members.empty() &&
        (members.size() >= options_.max_group || bytes + size > options_.max_group_bytes)) {
      SubmitGroup(std::exchange(members, {}));
      bytes = 0;
    }
    bytes += size;
    members.push_back(std::move(candidate));
  }
  if (!members.empty()) SubmitGroup(std::move(members));
}

void Admission::SubmitGroup(std::vector<Candidate> members) {
  WorkGroup group;
  group.drafts.reserve(members.size());
  for (Candidate& member : members) {
    group.drafts.push_back({.record = member.record, .payload = std::move(member.payload)});
  }
  group.done = [this, members = std::move(members)](const Outcome& outcome) {
    for (size_t i = 0; i < members.size(); ++i) {
      if (!outcome.status.ok()) {
        Finish(members[i], {.receipt = outcome.status});
        continue;
      }
      v1::Receipt receipt;
      receipt.set_request_id(members[i].record.request_id());
      receipt.set_journal_index(outcome.records[i].record.sequence());
      Finish(members[i], {.receipt = std::move(receipt)});
    }
  };
  pipeline_.Submit(std::move(group));
}

void Admission::Refuse(const Candidate& candidate, const absl::Status& why) {
  refusals_.Record({candidate.record.from_region(), candidate.record.from_system()},
                   candidate.record.request_id(), candidate.record, why);
  candidate.done({.receipt = why});
}

void Admission::Finish(const Candidate& candidate, const Admitted& admitted) {
  candidate.done(admitted);
  in_flight_.Release(candidate.record, admitted);
}

Admitted AnswerRepeat(Journal& journal, const IdempotentHit& hit, const v1::JournalRecord& record,
                      std::string_view payload) {
  absl::StatusOr<DurableRecord> first = journal.ReadAt(hit.location);
  bool same = first.ok() && first->payload == payload;
  if (!first.ok() && HasReason(first.status(), Reason::PAYLOAD_ERASED)) {
    first = journal.ReadRecordAt(hit.location);
    same = true;
  }
  if (!first.ok()) return {.receipt = first.status()};
  if (!same || !SameEnvelope(first->record, record)) {
    return {.receipt = MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "envelope.idempotency_key"})};
  }
  v1::Receipt receipt;
  receipt.set_request_id(hit.request_id);
  receipt.set_journal_index(hit.journal_index);
  receipt.set_repeated(true);
  Admitted repeat{.receipt = std::move(receipt), .answer_location = hit.answer_location};
  if (IsTerminal(hit.state) && hit.answer_location.empty()) repeat.ended = ToProto(hit.state);
  return repeat;
}

}  // namespace chuanyu::exchange
