#include "services/family_economy/registers/own_registers.h"

#include <algorithm>
#include <set>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kKeyDigits = 32;

absl::Status CheckClasses(const v1::QueryStatusRequest& question, const FieldMatrix& matrix,
                          const std::string& purpose) {
  if (question.classes().empty()) return MakeError(Reason::BAD_REQUEST, {.field = "classes"});
  std::set<int> seen;
  for (int i = 0; i < question.classes_size(); ++i) {
    const std::string field = "classes[" + std::to_string(i) + "]";
    if (FindRegisterClass(question.classes(i)) == nullptr)
      return MakeError(Reason::CODE_UNKNOWN, {.field = field});
    if (!seen.insert(question.classes(i)).second) {
      return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = "asked twice"});
    }
    CHUANYU_RETURN_IF_ERROR(matrix.Check(purpose, question.classes(i)));
  }
  return absl::OkStatus();
}

v1::ClassResult NotChecked(v1::DataClass data_class, Reason reason) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(v1::RESULT_STATE_NOT_CHECKED);
  result.set_reason(std::string(ReasonName(reason)));
  return result;
}

}  // namespace

// The 户号 stays here: what is told only says who is in the same 户.
void OwnRegisters::HideHouseholds(v1::ClassResult* result) const {
  for (v1::ClassItem& item : *result->mutable_items()) {
    if (!item.has_hukou_record() || !item.hukou_record().has_household_key()) continue;
    v1::HukouRecord& record = *item.mutable_hukou_record();
    const std::string named = "household " + record.household_key();
    // Type 0 is no kind of document, so this is never the index of a person.
    const crypto::BlindIndex index = deps_.indexer.Index({.type = 0, .number = named});
    record.set_household_key(index.ToHex().substr(0, kKeyDigits));
  }
}

absl::StatusOr<v1::QueryStatusResponse> OwnRegisters::Answer(const v1::QueryStatusRequest& question,
                                                             const std::string& purpose) const {
  CHUANYU_RETURN_IF_ERROR(CheckClasses(question, deps_.matrix, purpose));
  CHUANYU_ASSIGN_OR_RETURN(const Date as_of, ParseDate(question.as_of().value(), "as_of"));
  const RuleContext context{.now = deps_.clock.Now(),
                            .today = TodayShanghai(deps_.clock),
                            .own_region = deps_.region,
                            .divisions = deps_.divisions};
  std::vector<v1::Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(question.person(), context, "person", &warnings));
  v1::QueryStatusResponse answer;
  for (int i = 0; i < question.classes_size(); ++i) {
    const v1::DataClass data_class = question.classes(i);
    if (!person.document) {
      *answer.add_results() = NotChecked(data_class, Reason::ID_DOC_TYPE);
      continue;
    }
    if (deps_.servers.contains(data_class)) {
      *answer.add_results() = NotChecked(data_class, Reason::ANSWER_PENDING);
      continue;
    }
    const auto [type, number] = person.Key();
    *answer.add_results() =
        deps_.registers.Ask(data_class, deps_.indexer.Index({.type = type, .number = number}), as_of);
    HideHouseholds(answer.mutable_results(i));
    deps_.matrix.Strip(purpose, *answer.mutable_results(i));
  }
  return answer;
}

bool OwnRegisters::IsPending(const v1::QueryStatusResponse& answer) {
  return std::any_of(answer.results().begin(), answer.results().end(), [](const v1::ClassResult& result) {
    return result.reason() == ReasonName(Reason::ANSWER_PENDING);
  });
}

}  // namespace chuanyu::family_economy
