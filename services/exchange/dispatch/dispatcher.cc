#include "services/exchange/dispatch/dispatcher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/telemetry/log.h"

namespace chuanyu::exchange {
namespace {

// What a record about a request says of it.
v1::JournalRecord About(const v1::JournalRecord& request, v1::RecordKind kind) {
  v1::JournalRecord record;
  record.set_kind(kind);
  record.set_request_id(request.request_id());
  record.set_from_region(request.from_region());
  record.set_from_system(request.from_system());
  record.set_to_region(request.to_region());
  record.set_operation(request.operation());
  record.set_purpose(request.purpose());
  record.set_legal_basis(request.legal_basis());
  record.set_authorization_no(request.authorization_no());
  record.set_correlation_id(request.correlation_id());
  record.set_sent_at_ms(request.sent_at_ms());
  record.set_deadline_ms(request.deadline_ms());
  record.set_subject_count(request.subject_count());
  return record;
}

// An error of a provider that has no reason of ours was not written for people outside.
absl::Status ForOutside(const absl::Status& status) {
  return ReasonOf(status) ? status : MakeError(Reason::INTERNAL, {.detail = "the provider failed"});
}

std::string_view NameOf(const absl::Status& status) {
  return ReasonName(ReasonOf(status).value_or(Reason::PROVIDER_UNAVAILABLE));
}

}  // namespace

Dispatcher::Dispatcher(Journal& journal, Tracker& tracker, Pipeline& pipeline, const ProviderTable& providers,
                       const Clock& clock, Random random, uint64_t token, Options options)
    : journal_(journal),
      tracker_(tracker),
      pipeline_(pipeline),
      providers_(providers),
      clock_(clock),
      random_(std::move(random)),
      token_(token),
      options_(std::move(options)) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  thread_ = std::thread([this] { Poll(); });
}

void Dispatcher::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
    absl::erase_if(running_, [](const auto& running) { return running.second->Drop(); });
    while (!running_.empty() || ending_ > 0) idle_.Wait(mu_);
  }
  if (!thread_.joinable()) return;
  thread_.join();
  const auto released = tracker_.ReleaseLeases(options_.worker);
  if (!released.ok()) LogEvent(Severity::kWarning, "leases_not_released");  // they end by themselves
}

std::optional<WorkerLease> Dispatcher::LeaseForArrivals() {
  MutexLock lock(mu_);
  if (stopping_ || running_.size() >= options_.max_running) return std::nullopt;
  return Lease();
}

void Dispatcher::OnReceived(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) {
  // A request that our policy refused arrives together with its refusal.
  absl::flat_hash_set<std::string_view> refused;
  for (const DurableRecord& record : records) {
    if (record.record.kind() == v1::RECORD_KIND_ANSWER_SENT) refused.insert(record.record.request_id());
  }
  bool waiting = false;
  for (size_t i = 0; i < records.size(); ++i) {
    const v1::JournalRecord& record = records[i].record;
    if (record.kind() == v1::RECORD_KIND_CANCELLED) CancelCall(record.request_id());
    if (record.kind() != v1::RECORD_KIND_REQUEST_RECEIVED || refused.contains(record.request_id())) continue;
    if (tracked[i].under_lease) {
      Run(record, records[i].payload, {tracked[i].attempt, token_});
    } else {
      waiting = true;
    }
  }
  if (!waiting) return;
  MutexLock lock(mu_);
  wakes_.NotifyAll();
}

void Dispatcher::Poll() {
  int64_t renewed_ms = clock_.NowMs();
  while (true) {
    {
      MutexLock lock(mu_);
      if (!stopping_) wakes_.WaitFor(mu_, options_.poll_ms);
      if (stopping_) return;
    }
    if (clock_.NowMs() - renewed_ms >= options_.lease_ms / 3) {
      renewed_ms = clock_.NowMs();
      RenewLeases();
    }
    EndLate();
    TakeWaiting();
  }
}

void Dispatcher::RenewLeases() {
  std::vector<LeaseRef> leases;
  {
    MutexLock lock(mu_);
    for (const auto& [id, attempt] : running_) leases.push_back({id, attempt->fence()});
  }
  const auto held = tracker_.Renew(leases, clock_.NowMs(), options_.lease_ms);
  if (!held.ok()) return;  // the next round tries again; two rounds may fail before a lease ends
  for (size_t i = 0; i < leases.size(); ++i) {
    if (!(*held)[i]) CancelCall(leases[i].request_id);
  }
}

void Dispatcher::EndLate() {
  const absl::Time now = absl::Now();
  std::vector<Attempt*> late;  // nobody else ends these, so they stay until OnReply
  {
    MutexLock lock(mu_);
    for (const auto& [id, attempt] : running_) {
      if (attempt->EndIfLate(now)) late.push_back(attempt.get());
    }
  }
  for (Attempt* attempt : late)
    OnReply(attempt, {.status = absl::DeadlineExceededError("no answer in time")});
}

void Dispatcher::TakeWaiting() {
  while (true) {
    size_t room = 0;
    {
      MutexLock lock(mu_);
      if (stopping_ || running_.size() >= options_.max_running) return;
      room = options_.max_running - running_.size();
    }
    const auto leased = tracker_.Lease(Lease(), std::min<size_t>(room, 256), clock_.NowMs());
    if (!leased.ok() || leased->empty()) return;
    for (const Leased& one : *leased) RunLeased(one);
  }
}

void Dispatcher::RunLeased(const Leased& leased) {
  const absl::StatusOr<DurableRecord> record = journal_.ReadAt(leased.location);
  if (!record.ok()) {
    const auto known = journal_.ReadRecordAt(leased.location);
    if (known.ok()) return Park(known->record, NameOf(record.status()));
    LogEvent(Severity::kError, "request_unreadable", {{"request_id", leased.request_id}});
    return;
  }
  if (!MayRun(options_.retry, leased.attempt)) {
    return Park(record->record, ReasonName(Reason::ATTEMPTS_EXHAUSTED));
  }
  Run(record->record, record->payload, {leased.attempt, leased.token});
}

void Dispatcher::Run(const v1::JournalRecord& request, std::string_view payload, Fence fence) {
  const int64_t now_ms = clock_.NowMs();
  if (request.deadline_ms() <= now_ms) return;  // the sweeper ends it
  ProviderTable::Provider* const provider = providers_.Find(request.operation());
  if (provider == nullptr) {
    return Answer(request,
                  {.status = MakeError(Reason::POLICY_DENIED, {.detail = "no provider is configured"})});
  }
  auto attempt = std::make_unique<Attempt>(
      request, fence, [this](Attempt* done, ProviderReply reply) { OnReply(done, std::move(reply)); });
  const int64_t timeout_ms = std::min(request.deadline_ms() - now_ms, options_.attempt_timeout_ms);
  Attempt* const started = attempt.get();
  {
    MutexLock lock(mu_);
    if (stopping_) return;
    // The same request under an older lease of ours is on its way out; its end wakes nobody, so this one
    // waits for its lease to end.
    if (!running_.emplace(request.request_id(), std::move(attempt)).second) return;
    // With the lock: Stop must not wait for a call that has not started.
    started->Start(*provider->line, payload, absl::Milliseconds(timeout_ms));
  }
}

void Dispatcher::CancelCall(const std::string& request_id) {
  std::unique_ptr<Attempt> ended;
  {
    MutexLock lock(mu_);
    const auto it = running_.find(request_id);
    if (it == running_.end() || !it->second->Drop()) return;
    ended = TakeOut(request_id);
  }
  Destroy(std::move(ended));
}

std::unique_ptr<Attempt> Dispatcher::TakeOut(const std::string& request_id) {
  const auto it = running_.find(request_id);
  std::unique_ptr<Attempt> ended = std::move(it->second);
  running_.erase(it);
  ++ending_;
  return ended;
}

void Dispatcher::Destroy(std::unique_ptr<Attempt> ended) {
  ended.reset();
  MutexLock lock(mu_);
  if (--ending_ == 0) idle_.NotifyAll();
}

void Dispatcher::OnReply(Attempt* attempt, ProviderReply reply) {
  if (!attempt->dropped()) Settle(attempt->request(), attempt->fence(), std::move(reply));
  std::unique_ptr<Attempt> ended;
  {
    MutexLock lock(mu_);
    ended = TakeOut(attempt->request().request_id());
  }
  Destroy(std::move(ended));
}

void Dispatcher::Settle(const v1::JournalRecord& request, Fence fence, ProviderReply reply) {
  if (!reply.status.ok() && MayPass(reply.status)) return Fail(request, fence, reply.status);
  if (!reply.deferred) return Answer(request, std::move(reply));
  WorkGroup group;
  group.changes.push_back(Transition{.request_id = request.request_id(),
                                     .event = Event::kDeferred,
                                     .at_ms = clock_.NowMs(),
                                     .fence = fence});
  pipeline_.Submit(std::move(group));
}

void Dispatcher::Fail(const v1::JournalRecord& request, Fence fence, const absl::Status& why) {
  const AfterFailure after = NextAttempt(options_.retry, fence.attempt, random_());
  if (after.park) return Park(request, NameOf(why));
  const int64_t now_ms = clock_.NowMs();
  WorkGroup group;
  group.changes.push_back(Transition{.request_id = request.request_id(),
                                     .event = Event::kRetry,
                                     .at_ms = now_ms,
                                     .fence = fence,
                                     .outcome = std::string(NameOf(why)),
                                     .due_ms = now_ms + after.delay_ms});
  pipeline_.Submit(std::move(group));
}

void Dispatcher::Park(const v1::JournalRecord& request, std::string_view outcome) {
  WorkGroup group;
  Draft draft{.record = About(request, v1::RECORD_KIND_PARKED)};
  draft.record.set_outcome(std::string(outcome));
  group.drafts.push_back(std::move(draft));
  pipeline_.Submit(std::move(group));
  LogEvent(Severity::kError, "request_parked", {{"request_id", request.request_id()}, {"reason", outcome}});
}

void Dispatcher::Answer(const v1::JournalRecord& request, ProviderReply reply) {
  Draft draft{.record = About(request, v1::RECORD_KIND_ANSWER_SENT)};
  if (reply.status.ok()) {
    draft.record.set_outcome("OK");
    for (std::string& field : reply.fields) draft.record.add_fields_returned(std::move(field));
    draft.payload = std::move(reply.payload);
  } else {
    const absl::Status outside = ForOutside(reply.status);
    draft.record.set_outcome(std::string(NameOf(outside)));
    draft.payload = rpc::ToGrpc(outside).error_details();
  }
  WorkGroup group;
  group.drafts.push_back(std::move(draft));
  group.done = [id = request.request_id()](const Outcome& outcome) {
    // Nothing is lost: the lease ends, and the provider gives its stored answer again.
    if (!outcome.status.ok()) LogEvent(Severity::kWarning, "answer_not_recorded", {{"request_id", id}});
  };
  pipeline_.Submit(std::move(group));
}

}  // namespace chuanyu::exchange
