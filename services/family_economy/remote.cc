#include "services/family_economy/remote.h"

#include <algorithm>
#include <optional>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/other_checks.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kOperation[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";
constexpr int kPage = 500;

std::string OutcomeOf(const absl::Status& status) {
  return std::string(ReasonName(ReasonOf(status).value_or(Reason::PEER_UNAVAILABLE)));
}

}  // namespace

Remote::Remote(CaseStore& store, const Clock& clock, std::shared_ptr<grpc::Channel> node,
               const Options& options, ChangedFn changed)
    : store_(store), clock_(clock), options_(options), changed_(std::move(changed)) {
  if (options_.metrics != nullptr) AddCounters(*options_.metrics);
  client_ =
      std::make_unique<ExchangeClient>(std::move(node), options_.client, [this](exchange::v1::Answer answer) {
        MutexLock lock(mu_);
        answers_.push_back(std::move(answer));
        wakes_.NotifyOne();
      });
  thread_ = std::thread([this] { Run(); });
}

Remote::~Remote() { Stop(); }

exchange::v1::Submission Remote::SubmissionFor(const v1::Verification& verification,
                                               const std::string& request_id,
                                               const std::string& payload) const {
  exchange::v1::Submission submission;
  exchange::v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(request_id);
  envelope.set_correlation_id(verification.verification_no());
  envelope.set_operation(kOperation);
  envelope.set_purpose(verification.assist_type());
  // Own data that is late stays queued until the check itself ends; slower classes end at their time limit.
  *envelope.mutable_deadline() = verification.deadline();
  for (const v1::RemoteQuery& query : verification.remote_queries()) {
    if (query.request_id() != request_id) continue;
    const bool slow = query.has_due_time() && query.group() != v1::SOURCE_GROUP_OWN_DATA;
    if (slow) *envelope.mutable_deadline() = query.due_time();
    envelope.set_to_region(query.region().code());
    if (!query.purpose().empty()) envelope.set_purpose(query.purpose());
  }
  envelope.set_legal_basis(options_.legal_basis);
  envelope.set_authorization_no(verification.authorization().auth_no());
  *envelope.mutable_sent_at() = TimestampOf(clock_.Now());
  envelope.set_subject_count(1);
  submission.set_payload(payload);
  return submission;
}

absl::Status Remote::AskSource(const v1::Verification& verification, const v1::RemoteQuery& query,
                               const std::string& payload) const {
  if (!options_.ask_source) return MakeError(Reason::SOURCE_UNAVAILABLE);
  SourceQuestion question{.request_id = query.request_id(),
                          .question = {},
                          .purpose = query.purpose(),
                          .authorization_no = verification.authorization().auth_no(),
                          .from_region = options_.own_region};
  if (!question.question.ParseFromString(payload)) {
    return MakeError(Reason::INTERNAL, {.detail = "a stored question cannot be read"});
  }
  return options_.ask_source(question);
}

void Remote::Ask(const v1::Verification& verification, const std::string& request_id,
                 const std::string& payload) {
  for (const v1::RemoteQuery& query : verification.remote_queries()) {
    if (query.request_id() != request_id || query.region().code() != options_.own_region) continue;
    const absl::Status asked = AskSource(verification, query, payload);
    MutexLock lock(mu_);
    receipts_.push_back({request_id, asked});
    return wakes_.NotifyOne();
  }
  const absl::Status taken =
      client_->Submit(SubmissionFor(verification, request_id, payload),
                      [this, request_id](const absl::StatusOr<exchange::v1::Receipt>& receipt) {
                        MutexLock lock(mu_);
                        receipts_.push_back({request_id, receipt.status()});
                        wakes_.NotifyOne();
                      });
  // MSG_REPLAYED: it is on its way already.
  if (taken.ok() || HasReason(taken, Reason::MSG_REPLAYED)) return;
  MutexLock lock(mu_);
  ask_again_ = true;
}

void Remote::Wake() {
  MutexLock lock(mu_);
  woken_ = true;
  wakes_.NotifyOne();
}

void Remote::Stop() {
  if (!thread_.joinable()) return;
  client_->Shutdown();  // after this no callback runs
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyOne();
  }
  thread_.join();
}

void Remote::Run() {
  absl::Time next_tick = absl::InfinitePast();
  bool last_round = false;
  while (!last_round) {
    std::deque<Receipt> receipts;
    std::deque<exchange::v1::Answer> answers;
    bool tick = false;
    {
      MutexLock lock(mu_);
      // The machine's clock: waiting is its business, deadlines are those of clock_.
      absl::Time next = next_tick;
      if (!unstored_receipts_.empty()) next = std::min(next, unstored_receipts_.front().due);
      while (receipts_.empty() && answers_.empty() && !woken_ && !stopping_ && absl::Now() < next) {
        wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next - absl::Now()) + 1);
      }
      last_round = stopping_;
      receipts.swap(receipts_);
      answers.swap(answers_);
      tick = std::exchange(woken_, false) || absl::Now() >= next_tick;
    }
    for (Receipt& receipt : receipts) {
      receipt.due = absl::Now() + options_.receipt_pause;
      unstored_receipts_.push_back(std::move(receipt));
    }
    std::deque<exchange::v1::Answer> unstored;
    for (exchange::v1::Answer& answer : answers) {
      if (!StoreAnswer(answer)) unstored.push_back(std::move(answer));
    }
    TakeReceipts(last_round);
    if (tick && !last_round) {
      next_tick = absl::Now() + options_.tick;
      FollowTimeLimits();
      WithdrawOpen();
      AskAgain();
    }
    if (unstored.empty()) continue;
    // The store is away: not before the next tick, and not lost meanwhile, for nothing was acknowledged.
    MutexLock lock(mu_);
    while (!stopping_ && absl::Now() < next_tick) {
      wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next_tick - absl::Now()) + 1);
    }
    for (exchange::v1::Answer& answer : unstored) answers_.push_back(std::move(answer));
  }
}

void Remote::TakeReceipts(bool all) {
  const absl::Time now = absl::Now();
  while (!unstored_receipts_.empty() && (all || unstored_receipts_.front().due <= now)) {
    const Receipt receipt = std::move(unstored_receipts_.front());
    unstored_receipts_.pop_front();
    TakeReceipt(receipt);
  }
}

void Remote::TakeReceipt(const Receipt& receipt) {
  if (receipt.status.ok()) {
    absl::StatusOr<std::string> number = store_.CaseOfQuestion(receipt.request_id);
    absl::Status stored = number.status();
    if (number.ok()) {
      stored = store_
                   .Change(*number, clock_.Now(),
                           [&](v1::Verification* verification) {
                             // One that is over stays as its officer sees it.
                             const bool marked = AwaitsAnswers(*verification) &&
                                                 MarkSubmitted(receipt.request_id, verification);
                             return Advance(clock_.Now(), options_.own_region, verification) || marked;
                           })
                   .status();
    }
    if (stored.ok()) return changed_(*number);
    // The question only goes out once more, which is harmless.
    LogEvent(Severity::kWarning, "receipt_not_stored",
             {{"request_id", receipt.request_id}, {"reason", OutcomeOf(stored)}});
  } else if (!MayBeTakenLater(receipt.status)) {
    const std::string outcome = OutcomeOf(receipt.status);
    const absl::Status stored =
        Record(receipt.request_id, false, outcome, [&](const std::vector<v1::DataClass>& classes) {
          return Said{WithoutAnswer(classes, v1::RESULT_STATE_NOT_CHECKED, outcome)};
        });
    LogEvent(Severity::kWarning, "question_refused",
             {{"request_id", receipt.request_id}, {"reason", outcome}});
    if (stored.ok()) return;
  }
  MutexLock lock(mu_);
  ask_again_ = true;
}

absl::Status Remote::Record(const std::string& request_id, bool arrived, const std::string& outcome,
                            const std::function<Said(const std::vector<v1::DataClass>&)>& read) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string number, store_.CaseOfQuestion(request_id));
  const absl::Time now = clock_.Now();
  const auto take = [&](v1::Verification* verification) {
    // A deadline that has passed ends the waiting first: the answer is late then, however close.
    bool changed = Advance(now, options_.own_region, verification);
    for (const v1::RemoteQuery& query : verification->remote_queries()) {
      if (query.request_id() != request_id) continue;
      // Nobody waits for it: discarded unread (domain page §4.2, after REVOKED).
      const bool wanted = !query.answered() && AwaitsAnswers(*verification);
      const Said said = wanted ? read(ClassesOf(query)) : Said{};
      TakeOpenChecks(request_id, said.open_checks, verification);
      if (arrived) MarkSubmitted(request_id, verification);
      changed = TakeAnswer(request_id, outcome, said.results, verification) || changed;
      break;
    }
    return Advance(now, options_.own_region, verification) || changed;
  };
  CHUANYU_RETURN_IF_ERROR(store_.Change(number, now, take).status());
  changed_(number);
  return absl::OkStatus();
}

bool Remote::StoreAnswer(const exchange::v1::Answer& answer) {
  const absl::Status status = StatusFromProto(answer.status());
  const std::string outcome = status.ok() ? kOutcomeOk : OutcomeOf(status);
  const absl::Status stored =
      Record(answer.request_id(), true, outcome, [&](const std::vector<v1::DataClass>& classes) {
        if (!status.ok()) return Said{WithoutAnswer(classes, v1::RESULT_STATE_NOT_CHECKED, outcome)};
        v1::QueryStatusResponse response;
        if (!response.ParseFromString(answer.payload())) {
          const std::string bad(ReasonName(Reason::BAD_REQUEST));
          return Said{WithoutAnswer(classes, v1::RESULT_STATE_ERROR, bad)};
        }
        Said said{.results = ReadAnswer(response, classes)};
        for (const int type : response.open_checks()) {
          said.open_checks.push_back(static_cast<v1::VerificationType>(type));
        }
        return said;
      });
  if (stored.ok()) {
    client_->Acknowledge(answer.request_id());
    std::erase_if(unstored_receipts_, [&](const Receipt& receipt) {
      return receipt.status.ok() && receipt.request_id == answer.request_id();
    });
    return true;
  }
  if (options_.others && HasReason(stored, Reason::CASE_NOT_FOUND)) {
    options_.others(answer);
    return true;
  }
  LogEvent(Severity::kError, "answer_not_stored",
           {{"request_id", answer.request_id()}, {"reason", OutcomeOf(stored)}});
  // Not ours to keep (a database restored from an older backup): never acknowledged, so the node keeps it.
  return HasReason(stored, Reason::CASE_NOT_FOUND);
}

absl::Status Remote::TakeSourceAnswer(const std::string& request_id,
                                      const v1::QueryStatusResponse& response) {
  return Record(request_id, true, kOutcomeOk, [&](const std::vector<v1::DataClass>& classes) {
    return Said{ReadAnswer(response, classes)};
  });
}

void Remote::AskAgain() {
  {
    MutexLock lock(mu_);
    if (!std::exchange(ask_again_, false)) return;
  }
  std::string after;
  for (;;) {
    const absl::StatusOr<std::vector<OpenQuestion>> questions = store_.Unsubmitted(after, kPage);
    if (!questions.ok()) {
      LogEvent(Severity::kError, "questions_not_read", {{"reason", OutcomeOf(questions.status())}});
      MutexLock lock(mu_);
      ask_again_ = true;
      return;
    }
    for (const OpenQuestion& question : *questions) {
      Ask(question.verification, question.request_id, question.payload);
    }
    if (questions->size() < kPage) return;
    after = questions->back().request_id;
  }
}

}  // namespace chuanyu::family_economy
