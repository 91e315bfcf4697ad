#include "services/family_economy/batch/match_answerer.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/class_groups.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kIndexBytes = 32;
constexpr size_t kMaxIndexes = 5'000;  // a chunk

}  // namespace

MatchAnswerer::MatchAnswerer(const Deps& deps) : deps_(deps), thread_([this] { Run(); }) {}

MatchAnswerer::~MatchAnswerer() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyOne();
  }
  thread_.join();
}

void MatchAnswerer::Run() {
  for (;;) {
    const absl::Status status = deps_.index.Refresh(
        deps_.registers, deps_.keys.InForce(TodayShanghai(deps_.clock)), deps_.clock.Now());
    if (!status.ok()) {
      LogEvent(Severity::kWarning, "match_index_not_refreshed",
               {{"reason", ReasonName(ReasonOf(status).value_or(Reason::INTERNAL))}});
    }
    const absl::Time until = absl::Now() + (status.ok() ? deps_.refresh : deps_.retry);
    MutexLock lock(mu_);
    while (!stopping_ && absl::Now() < until) {
      wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(until - absl::Now()) + 1);
    }
    if (stopping_) return;
  }
}

absl::StatusOr<v1::MatchPersonsResponse> MatchAnswerer::Answer(const v1::MatchPersonsRequest& question,
                                                               const std::string& from_region,
                                                               const std::string& purpose) {
  const size_t count = question.indexes().size() / kIndexBytes;
  if (question.indexes().size() % kIndexBytes != 0 || count == 0 || count > kMaxIndexes) {
    return MakeError(Reason::BAD_REQUEST, {.field = "indexes", .detail = "not 1 to 5,000 of 32 bytes"});
  }
  if (question.classes().empty()) return MakeError(Reason::BAD_REQUEST, {.field = "classes"});
  std::set<int> seen;
  std::vector<v1::DataClass> classes;
  for (int i = 0; i < question.classes_size(); ++i) {
    const std::string field = absl::StrCat("classes[", i, "]");
    if (!IsDataClass(question.classes(i))) return MakeError(Reason::CODE_UNKNOWN, {.field = field});
    if (!deps_.registers.Lists(question.classes(i))) {
      return MakeError(Reason::SOURCE_NOT_CONFIGURED, {.field = field});
    }
    if (!seen.insert(question.classes(i)).second) return MakeError(Reason::BAD_REQUEST, {.field = field});
    CHUANYU_RETURN_IF_ERROR(deps_.matrix.Check(purpose, question.classes(i)));
    classes.push_back(question.classes(i));
  }
  CHUANYU_RETURN_IF_ERROR(
      deps_.keys.CheckAnswering(from_region, question.key_id(), TodayShanghai(deps_.clock)));
  CHUANYU_ASSIGN_OR_RETURN(const MatchIndex::Hits hits,
                           deps_.index.Find(question.key_id(), question.indexes(), classes));
  v1::MatchPersonsResponse answer;
  answer.mutable_hits()->Add(hits.positions.begin(), hits.positions.end());
  answer.mutable_data_as_of()->set_seconds(absl::ToUnixSeconds(hits.as_of));
  return answer;
}

}  // namespace chuanyu::family_economy
