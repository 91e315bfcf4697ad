#include "services/family_economy/sources/source_desk.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/class_groups.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {
namespace {

using Kind = RegisterClient::Reply::Kind;

constexpr int kPage = 100;
// Longer than a call, so that one ask is not made twice at the same time.
constexpr absl::Duration kLease = absl::Seconds(30);
constexpr absl::Duration kDeliveryPause = absl::Seconds(1);

std::string Named(Reason reason) { return std::string(ReasonName(reason)); }

google::protobuf::Timestamp Stamp(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

absl::Duration Doubled(absl::Duration first, int64_t times, absl::Duration most) {
  absl::Duration pause = first;
  for (int64_t i = 0; i < times && pause < most; ++i) pause *= 2;
  return std::min(pause, most);
}

bool NobodyWaits(const absl::Status& status) {
  return HasReason(status, Reason::CASE_NOT_FOUND) || HasReason(status, Reason::STATE_CONFLICT) ||
         HasReason(status, Reason::PAYLOAD_ERASED) || HasReason(status, Reason::IDEMPOTENCY_CONFLICT);
}

// The time limit has passed: what stands in place of an answer.
void End(v1::StoredAsk* ask) {
  std::vector<v1::DataClass> classes;
  for (const int one : ask->classes()) classes.push_back(static_cast<v1::DataClass>(one));
  // The last attempt says more than the clock does.
  const std::string reason = ask->last_reason().empty() ? Named(Reason::DEADLINE_PASSED) : ask->last_reason();
  for (const v1::ClassResult& result : WithoutAnswer(classes, v1::RESULT_STATE_NOT_CHECKED, reason)) {
    *ask->add_results() = result;
  }
}

void Log(const char* event, const absl::Status& why) {
  LogEvent(Severity::kError, event, {{"reason", Named(ReasonOf(why).value_or(Reason::INTERNAL))}});
}

}  // namespace

SourceDesk::SourceDesk(const Deps& deps, std::vector<std::unique_ptr<RegisterClient>> clients) : deps_(deps) {
  for (std::unique_ptr<RegisterClient>& client : clients) {
    auto department = std::make_unique<Department>();
    department->client = std::move(client);
    department->pause = department->client->config().min_pause;
    if (deps_.metrics != nullptr) {
      const auto counter = [&](const char* outcome) {
        return deps_.metrics->AddCounter("chuanyu_source_calls_total",
                                         "Calls of departments' servers by what came of them",
                                         {{"source", department->client->config().id}, {"outcome", outcome}});
      };
      department->answered = counter("answered");
      department->later = counter("later");
      department->failed = counter("failed");
      department->open = deps_.metrics->AddGauge("chuanyu_source_asks_open",
                                                 "Questions that a department's server has not answered yet",
                                                 {{"source", department->client->config().id}});
    }
    departments_.push_back(std::move(department));
  }
}

SourceDesk::~SourceDesk() { Stop(); }

const SourceDesk::Department* SourceDesk::DepartmentFor(v1::DataClass data_class) const {
  for (const auto& department : departments_) {
    const auto& classes = department->client->config().classes;
    if (std::find(classes.begin(), classes.end(), data_class) != classes.end()) return department.get();
  }
  return nullptr;
}

absl::Status SourceDesk::Begin(const std::string& request_id, LookupFor waiting,
                               const v1::StoredLookup& lookup) {
  const absl::Time now = deps_.clock.Now();
  std::map<std::string, v1::StoredAsk> asks;
  for (const v1::ClassResult& result : lookup.answer().results()) {
    if (result.reason() != Named(Reason::ANSWER_PENDING)) continue;
    const Department* const department = DepartmentFor(result.data_class());
    if (department == nullptr) return MakeError(Reason::SOURCE_NOT_CONFIGURED);
    CHUANYU_ASSIGN_OR_RETURN(const ClassDeadline deadline,
                             DeadlineFor(GroupOf(result.data_class()), now, deps_.limits, deps_.calendar));
    v1::StoredAsk& ask = asks[department->client->config().id];
    ask.add_classes(result.data_class());
    // Classes of several groups in one question wait for the quickest.
    const bool sooner = !ask.has_due_time() || absl::ToUnixSeconds(deadline.due) < ask.due_time().seconds();
    if (sooner) *ask.mutable_due_time() = Stamp(deadline.due);
    if (ask.query_id().empty()) ask.set_query_id(ids_.Next(absl::ToUnixMillis(now)));
  }
  CHUANYU_RETURN_IF_ERROR(deps_.store.Begin(request_id, waiting, lookup, {asks.begin(), asks.end()}, now));
  Wake();
  return absl::OkStatus();
}

void SourceDesk::Start(DeliverFn deliver) {
  deliver_ = std::move(deliver);
  for (const auto& department : departments_) {
    department->thread = std::thread([this, one = department.get()] { Serve(*one); });
  }
  deliverer_ = std::thread([this] { Deliver(); });
}

void SourceDesk::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  for (const auto& department : departments_) {
    if (department->thread.joinable()) department->thread.join();
  }
  if (deliverer_.joinable()) deliverer_.join();
}

void SourceDesk::Wake() {
  MutexLock lock(mu_);
  ++work_;
  wakes_.NotifyAll();
}

bool SourceDesk::Wait(uint64_t* seen) {
  // The machine's clock: waiting is its business, time limits are those of the clock that was given.
  const absl::Time next = absl::Now() + deps_.tick;
  MutexLock lock(mu_);
  while (!stopping_ && work_ == *seen && absl::Now() < next) {
    wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next - absl::Now()) + 1);
  }
  *seen = work_;
  return !stopping_;
}

void SourceDesk::Serve(Department& department) {
  uint64_t seen = 0;
  do {
    bool more = absl::Now() >= department.paused_until;
    while (more) {
      {
        MutexLock lock(mu_);
        if (stopping_) return;
      }
      const absl::Time now = deps_.clock.Now();
      // One at a time: the lease then need not outlast a page of slow calls.
      auto taken = deps_.store.Take(department.client->config().id, now, now + kLease, 1);
      if (!taken.ok()) Log("source_asks_not_read", taken.status());
      more = taken.ok() && !taken->empty() && Ask(department, std::move(taken->front()));
    }
  } while (Wait(&seen));
}

bool SourceDesk::Ask(Department& department, DueAsk ask) {
  const SourceConfig& config = department.client->config();
  const RegisterClient::Reply reply = department.client->Call(ask.lookup, ask.ask);
  const absl::Time now = deps_.clock.Now();
  absl::Status stored;
  if (reply.kind == Kind::kAnswer) {
    department.answered.Add();
    for (const v1::ClassResult& result : reply.results) *ask.ask.add_results() = result;
    stored = deps_.store.Finish(config.id, ask);
    Wake();
  } else if (reply.kind == Kind::kLater) {
    department.later.Add();
    ask.ask.set_ticket_id(reply.ticket.id());
    ask.ask.clear_last_reason();
    const absl::Time asked_for = absl::FromUnixSeconds(reply.ticket.ready_time().seconds());
    const absl::Time next = reply.ticket.has_ready_time()
                                ? std::max(asked_for, now + config.min_poll)
                                : now + Doubled(config.min_poll, ask.attempts, config.max_poll);
    ++ask.attempts;
    stored = deps_.store.Postpone(config.id, ask, next);
  } else if (reply.kind == Kind::kAnew) {
    ask.ask.clear_ticket_id();
    stored = deps_.store.Postpone(config.id, ask, now + config.min_pause);
  } else {
    department.failed.Add();
    ask.ask.set_last_reason(Named(Reason::SOURCE_UNAVAILABLE));
    stored = deps_.store.Postpone(config.id, ask, now);
    department.paused_until = absl::Now() + department.pause;
    department.pause = std::min(department.pause * 2, config.max_pause);
    if (!stored.ok()) Log("source_ask_not_stored", stored);
    return false;
  }
  department.pause = config.min_pause;
  // The lease ends by itself; the server knows the repeat by its query_id.
  if (!stored.ok()) Log("source_ask_not_stored", stored);
  return stored.ok();
}

void SourceDesk::Deliver() {
  uint64_t seen = 0;
  do {
    EndOverdue();
    DeliverRound();
    CountOpen();
  } while (Wait(&seen));
}

void SourceDesk::EndOverdue() {
  auto overdue = deps_.store.TakeOverdue(deps_.clock.Now(), kPage);
  if (!overdue.ok()) return Log("source_limits_not_checked", overdue.status());
  for (auto& [source, ask] : *overdue) {
    End(&ask.ask);
    const absl::Status stored = deps_.store.Finish(source, ask);
    if (!stored.ok()) return Log("source_ask_not_stored", stored);
  }
}

void SourceDesk::DeliverRound() {
  const absl::Time now = deps_.clock.Now();
  const auto finished = deps_.store.TakeFinished(now, now + kDeliveryPause, kPage);
  if (!finished.ok()) return Log("source_answers_not_read", finished.status());
  for (const FinishedLookup& one : *finished) {
    v1::QueryStatusResponse answer = one.lookup.answer();
    for (v1::ClassResult& result : *answer.mutable_results()) {
      const auto said =
          std::find_if(one.results.begin(), one.results.end(),
                       [&](const v1::ClassResult& each) { return each.data_class() == result.data_class(); });
      if (said != one.results.end()) result = *said;
      deps_.matrix.Strip(one.lookup.purpose(), result);
    }
    const absl::Status taken = deliver_(one, answer);
    if (taken.ok() || NobodyWaits(taken)) {
      const absl::Status removed = deps_.store.Remove(one.request_id);
      if (!removed.ok()) Log("source_answer_not_removed", removed);
      continue;
    }
    LogEvent(Severity::kWarning, "source_answer_not_delivered",
             {{"request_id", one.request_id},
              {"attempt", one.attempts},
              {"reason", Named(ReasonOf(taken).value_or(Reason::PEER_UNAVAILABLE))}});
  }
}

void SourceDesk::CountOpen() {
  const auto counts = deps_.store.CountOpen();
  if (!counts.ok()) return;
  for (const auto& department : departments_) {
    const auto found = std::find_if(counts->begin(), counts->end(), [&](const auto& one) {
      return one.first == department->client->config().id;
    });
    department->open.Set(found == counts->end() ? 0 : static_cast<double>(found->second));
  }
}

}  // namespace chuanyu::family_economy
