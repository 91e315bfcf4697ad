#include "services/family_economy/batch/batch_runner.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kMatch[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/MatchPersons";
constexpr char kDetails[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";
// Of one transaction: enough to pay its sync, few enough that the store is free again soon.
constexpr size_t kGroup = 128;
constexpr size_t kIndexBytes = 32;

google::protobuf::Timestamp Stamp(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

// Persons in a question about a chunk.
uint32_t CountOf(const std::string& payload) {
  v1::MatchPersonsRequest question;
  if (!question.ParseFromString(payload)) return 0;
  return static_cast<uint32_t>(question.indexes().size() / kIndexBytes);
}

std::string CodeOf(const absl::Status& status) {
  return std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)));
}

}  // namespace

BatchRunner::BatchRunner(BatchStore& store, BatchStore::Rules rules, const Clock& clock,
                         const Options& options, ChangedFn changed)
    : store_(store),
      rules_(std::move(rules)),
      clock_(clock),
      options_(options),
      changed_(std::move(changed)) {}

BatchRunner::~BatchRunner() { Stop(); }

void BatchRunner::Start(ExchangeClient& client) {
  client_ = &client;
  thread_ = std::thread([this] { Run(); });
}

void BatchRunner::Wake() {
  MutexLock lock(mu_);
  woken_ = true;
  wakes_.NotifyOne();
}

void BatchRunner::Take(exchange::v1::Answer answer) {
  MutexLock lock(mu_);
  answers_.push_back({.request_id = answer.request_id(),
                      .status = StatusFromProto(answer.status()),
                      .payload = std::move(*answer.mutable_payload())});
  wakes_.NotifyOne();
}

void BatchRunner::Stop() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyOne();
  }
  thread_.join();
}

void BatchRunner::Run() {
  absl::Time next_tick = absl::InfinitePast();
  bool last_round = false;
  bool store_down = false;
  while (!last_round) {
    std::vector<BatchAnswer> answers;
    std::deque<std::string> refused;
    bool look = false;
    {
      MutexLock lock(mu_);
      // The machine's clock: waiting is its business, deadlines are those of clock_.
      while (!stopping_ && absl::Now() < next_tick && (store_down || (answers_.empty() && !woken_))) {
        wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next_tick - absl::Now()) + 1);
      }
      last_round = stopping_;
      look = std::exchange(woken_, false) || absl::Now() >= next_tick;
      while (!answers_.empty() && answers.size() < kGroup) {
        answers.push_back(std::move(answers_.front()));
        answers_.pop_front();
      }
      // What the node refused for the moment is asked again at the next tick.
      if (absl::Now() >= next_tick) refused.swap(refused_);
    }
    if (absl::Now() >= next_tick) next_tick = absl::Now() + options_.tick;
    store_down = !answers.empty() && !Store(answers);
    if (store_down) {
      MutexLock lock(mu_);
      for (BatchAnswer& answer : answers) answers_.push_front(std::move(answer));
      continue;
    }
    for (const std::string& request_id : refused) Settle(request_id);
    if (!refused.empty()) cursors_.clear();
    if (last_round) break;
    if (look) {
      auto running = store_.Running();
      if (running.ok()) running_ = *std::move(running);
    }
    Fill();
    ForgetPersons();
  }
}

void BatchRunner::Settle(const std::string& request_id) {
  matches_.erase(request_id);
  details_.erase(request_id);
}

bool BatchRunner::Store(const std::vector<BatchAnswer>& answers) {
  const absl::StatusOr<BatchStore::Taken> taken = store_.TakeAnswers(answers, rules_, clock_.Now());
  if (!taken.ok()) {
    LogEvent(Severity::kError, "batch_answers_not_stored", {{"reason", CodeOf(taken.status())}});
    return false;
  }
  for (const BatchAnswer& answer : answers) Settle(answer.request_id);
  for (const std::string& request_id : taken->acknowledge) client_->Acknowledge(request_id);
  for (const auto& [seq, name] : taken->changed) changed_(name);
  if (!taken->over) return true;
  forget_ = true;
  cursors_.clear();  // of batches that are over; the others look from the beginning again
  auto running = store_.Running();
  if (running.ok()) running_ = *std::move(running);
  return true;
}

void BatchRunner::Fill() {
  for (const StoredBatch& batch : running_) {
    const absl::Status filled = FillBatch(batch);
    if (filled.ok()) continue;
    LogEvent(Severity::kError, "batch_questions_not_read", {{"reason", CodeOf(filled)}});
    return;
  }
}

absl::Status BatchRunner::FillBatch(const StoredBatch& batch) {
  Cursors& cursors = cursors_[batch.seq];
  // Details first: they end chunks that have begun.
  CHUANYU_RETURN_IF_ERROR(
      Ask(batch, BatchStore::Step::kDetails, cursors.details, details_, options_.max_details));
  return Ask(batch, BatchStore::Step::kMatch, cursors.match, matches_, options_.max_matches);
}

absl::Status BatchRunner::Ask(const StoredBatch& batch, BatchStore::Step step, std::string& cursor,
                              absl::flat_hash_set<std::string>& asked, size_t limit) {
  while (asked.size() < limit) {
    const int room = static_cast<int>(limit - asked.size());
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<BatchQuestion> questions,
                             store_.OpenQuestions(batch.seq, step, cursor, room));
    for (const BatchQuestion& question : questions) {
      cursor = question.request_id;
      // After the cursor went back to the beginning some are on their way already.
      if (asked.insert(question.request_id).second) Submit(batch, question);
    }
    if (questions.size() < static_cast<size_t>(room)) break;
  }
  return absl::OkStatus();
}

void BatchRunner::Submit(const StoredBatch& batch, const BatchQuestion& question) {
  const bool match = question.line_no == 0;
  exchange::v1::Submission submission;
  exchange::v1::Envelope& envelope = *submission.mutable_envelope();
  envelope.set_request_id(question.request_id);
  envelope.set_correlation_id(batch.manifest.batch_no());
  envelope.set_operation(match ? kMatch : kDetails);
  envelope.set_to_region(question.region);
  envelope.set_purpose(batch.manifest.purpose());
  envelope.set_legal_basis(options_.legal_basis);
  envelope.set_authorization_no(question.auth_no);
  *envelope.mutable_sent_at() = Stamp(clock_.Now());
  // The same at every repeat.
  *envelope.mutable_deadline() = Stamp(batch.started + options_.answer_within);
  envelope.set_subject_count(match ? CountOf(question.payload) : 1);
  submission.set_payload(question.payload);
  const auto refuse = [this, id = question.request_id](const absl::Status& why) {
    MutexLock lock(mu_);
    if (MayBeTakenLater(why)) {
      refused_.push_back(id);
    } else {
      answers_.push_back({.request_id = id, .status = why});
      wakes_.NotifyOne();
    }
  };
  const absl::Status taken =
      client_->Submit(std::move(submission), [refuse](absl::StatusOr<exchange::v1::Receipt> receipt) {
        if (!receipt.ok()) refuse(receipt.status());
      });
  // MSG_REPLAYED: it is on its way already.
  if (!taken.ok() && !HasReason(taken, Reason::MSG_REPLAYED)) refuse(taken);
}

void BatchRunner::ForgetPersons() {
  if (!std::exchange(forget_, false)) return;
  const auto batches = store_.OverWithPersons();
  if (!batches.ok()) return;
  for (const int64_t seq : *batches) {
    const absl::Status forgotten = store_.ForgetPersons(seq);
    if (!forgotten.ok()) {
      LogEvent(Severity::kError, "batch_persons_not_forgotten", {{"reason", CodeOf(forgotten)}});
    }
  }
}

}  // namespace chuanyu::family_economy
