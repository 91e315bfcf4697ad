#include "common/outbox/outbox_sender.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu {
namespace {

constexpr int kPage = 200;

std::string NameOf(const absl::Status& status) {
  return std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)));
}

}  // namespace

OutboxSender::OutboxSender(OutboxStore& store, const Clock& clock, std::shared_ptr<grpc::Channel> node,
                           const Options& options, TakeFn take, TickFn each_tick)
    : store_(store),
      clock_(clock),
      options_(options),
      take_(std::move(take)),
      each_tick_(std::move(each_tick)),
      own_client_(std::make_unique<ExchangeClient>(
          std::move(node), options.client,
          [this](exchange::v1::Answer answer) {
            const std::string id = answer.request_id();
            const absl::Status status = StatusFromProto(answer.status());
            // Who asked waits: not behind what is stored first.
            if (Settle(id, status.ok() ? absl::StatusOr<std::string>(answer.payload()) : status)) {
              client_->Acknowledge(id);
              return;
            }
            TakeLater(std::move(answer));
          })),
      client_(own_client_.get()) {}

OutboxSender::OutboxSender(OutboxStore& store, const Clock& clock, const Options& options, TakeFn take,
                           TickFn each_tick)
    : store_(store),
      clock_(clock),
      options_(options),
      take_(std::move(take)),
      each_tick_(std::move(each_tick)) {}

void OutboxSender::TakeLater(exchange::v1::Answer answer) {
  std::string id = answer.request_id();
  Push({.request_id = std::move(id), .answer = std::make_unique<exchange::v1::Answer>(std::move(answer))});
}

void OutboxSender::Start() {
  thread_ = std::thread([this] { Run(); });
}

void OutboxSender::Start(ExchangeClient& client) {
  client_ = &client;
  Start();
}

OutboxSender::~OutboxSender() { Stop(); }

void OutboxSender::Push(Event event) {
  MutexLock lock(mu_);
  events_.push_back(std::move(event));
  wakes_.NotifyOne();
}

void OutboxSender::Wake() {
  MutexLock lock(mu_);
  woken_ = true;
  wakes_.NotifyOne();
}

void OutboxSender::Stop() {
  if (own_client_ != nullptr) own_client_->Shutdown();  // after this no callback runs
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyOne();
  }
  thread_.join();
  std::vector<std::string> left;
  {
    MutexLock lock(mu_);
    for (const auto& [id, asked] : asked_) left.push_back(id);
  }
  for (const std::string& id : left) Settle(id, MakeError(Reason::SHUTTING_DOWN));
}

void OutboxSender::Run() {
  std::deque<Event> failed;
  absl::Time next_full_look = absl::InfinitePast();
  for (;;) {
    const absl::Time next = absl::Now() + options_.tick;
    std::deque<Event> events;
    bool last = false;
    bool tick = false;
    {
      MutexLock lock(mu_);
      while (events_.empty() && !woken_ && !stopping_ && absl::Now() < next) {
        wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next - absl::Now()) + 1);
      }
      last = stopping_;
      events.swap(events_);
      tick = events.empty();
      woken_ = false;
    }
    if (tick) {
      // What failed waits for a tick: the store is away, and nothing was acknowledged.
      for (Event& event : failed) events.push_back(std::move(event));
      failed.clear();
    }
    for (Event& event : events) {
      if (!Handle(event)) failed.push_back(std::move(event));
    }
    if (last) return;
    EndOverdue();
    each_tick_();
    // Not all of it for each answer: during an outage, and under load, there may be many.
    const bool everything = absl::Now() >= next_full_look;
    if (everything) next_full_look = absl::Now() + options_.tick;
    SendDue(everything);
  }
}

void OutboxSender::SendDue(bool everything) {
  // Ids grow with time: what was added since comes after the newest. One that was added before it and
  // committed after it is found at the next tick.
  std::string after = everything ? "" : newest_;
  for (;;) {
    const auto due = store_.Due(clock_.Now(), after, kPage);
    if (!due.ok()) {
      LogEvent(Severity::kError, "outbox_not_read", {{"reason", NameOf(due.status())}});
      return;
    }
    if (!due->empty() && due->back() > newest_) newest_ = due->back();
    for (const std::string& id : *due) {
      if (submitted_.contains(id)) continue;  // not opened again: during an outage there may be many
      const auto message = store_.Find(id);
      if (message.ok() && message->has_value()) Submit(**message);
    }
    if (due->size() < kPage) return;
    after = due->back();
  }
}

exchange::v1::Submission OutboxSender::SubmissionOf(const OutboxMessage& message, absl::Time deadline) const {
  exchange::v1::Submission submission;
  exchange::v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(message.request_id);
  envelope.set_correlation_id(message.correlation_id);
  envelope.set_operation(message.operation);
  envelope.set_to_region(message.to_region);
  envelope.set_purpose(message.purpose);
  envelope.set_legal_basis(options_.legal_basis);
  *envelope.mutable_sent_at() = TimestampOf(clock_.Now());
  *envelope.mutable_deadline() = TimestampOf(deadline);
  envelope.set_subject_count(message.subjects);
  submission.set_payload(message.payload);
  return submission;
}

void OutboxSender::Submit(const OutboxMessage& message) {
  const std::string id = message.request_id;
  // Counted from the id and not from now: a repeat must have the same envelope.
  const absl::Time deadline = absl::FromUnixMillis(UuidV7Millis(id)) + options_.deadline;
  const absl::Status taken = client_->Submit(
      SubmissionOf(message, deadline), [this, id](const absl::StatusOr<exchange::v1::Receipt>& receipt) {
        if (!receipt.ok()) Push({.request_id = id, .refused = receipt.status()});
      });
  // Else again at the next tick.
  if (taken.ok()) submitted_.insert(id);
}

void OutboxSender::Ask(OutboxMessage message, absl::Duration deadline, AnsweredFn answered) {
  const absl::Time now = clock_.Now();
  message.request_id = ids_.Next(absl::ToUnixMillis(now));
  const std::string id = message.request_id;
  {
    MutexLock lock(mu_);
    asked_.emplace(id, Asked{.until = absl::Now() + deadline, .answered = std::move(answered)});
  }
  const absl::Status taken =
      client_->Submit(SubmissionOf(message, now + deadline),
                      [this, id](const absl::StatusOr<exchange::v1::Receipt>& receipt) {
                        if (!receipt.ok()) Settle(id, receipt.status());
                      });
  if (!taken.ok()) Settle(id, taken);
}

bool OutboxSender::Settle(const std::string& request_id, absl::StatusOr<std::string> outcome) {
  AnsweredFn answered;
  {
    MutexLock lock(mu_);
    const auto found = asked_.find(request_id);
    if (found == asked_.end()) return false;
    answered = std::move(found->second.answered);
    asked_.erase(found);
  }
  answered(std::move(outcome));
  return true;
}

void OutboxSender::EndOverdue() {
  std::vector<std::string> overdue;
  {
    MutexLock lock(mu_);
    for (const auto& [id, asked] : asked_) {
      if (asked.until <= absl::Now()) overdue.push_back(id);
    }
  }
  for (const std::string& id : overdue) {
    client_->Withdraw(id);
    Settle(id, MakeError(Reason::DEADLINE_PASSED));
  }
}

bool OutboxSender::Handle(const Event& event) {
  if (event.answer != nullptr) return TakeAnswer(*event.answer);
  submitted_.erase(event.request_id);
  if (MayBeTakenLater(event.refused) || HasReason(event.refused, Reason::SHUTTING_DOWN)) return true;
  return SendLater(event.request_id, event.refused);
}

bool OutboxSender::TakeAnswer(const exchange::v1::Answer& answer) {
  const std::string& id = answer.request_id();
  const absl::StatusOr<std::optional<OutboxMessage>> message = store_.Find(id);
  if (!message.ok()) return false;
  bool done = true;  // without message: its answer was taken in before, and only the acknowledgement got lost
  if (message->has_value()) {
    const absl::Status status = StatusFromProto(answer.status());
    if (!status.ok()) {
      done = SendLater(id, status);
    } else {
      const absl::Status taken = take_(**message, answer.payload());
      done = taken.ok();
      if (!done) {
        LogEvent(Severity::kError, "answer_not_stored", {{"request_id", id}, {"reason", NameOf(taken)}});
      }
    }
  }
  if (!done) return false;
  submitted_.erase(id);
  client_->Acknowledge(id);
  return true;
}

bool OutboxSender::SendLater(const std::string& request_id, const absl::Status& why) {
  LogEvent(Severity::kWarning, "message_came_back", {{"request_id", request_id}, {"reason", NameOf(why)}});
  const absl::Time now = clock_.Now();
  return store_.Renew(request_id, now, now + options_.retry_after).ok();
}

}  // namespace chuanyu
