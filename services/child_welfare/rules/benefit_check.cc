#include "services/child_welfare/rules/benefit_check.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

constexpr char kPrefix[] = "OTHER_BENEFIT_KIND_";
constexpr v1::OtherBenefitKind kAllKinds[] = {v1::OTHER_BENEFIT_KIND_DIBAO, v1::OTHER_BENEFIT_KIND_TEKUN,
                                              v1::OTHER_BENEFIT_KIND_DISABILITY_LIFE};

struct Said {
  bool has = false;
  std::optional<int64_t> fen;  // nothing when no register says how much
  std::string source;
  bool unknown = false;  // a register of the kind was not asked, or holds what cannot be read
};

absl::Status Conflict(const std::string& field, const char* detail) {
  return MakeError(Reason::B_EVIDENCE_CONFLICT, {.field = field, .detail = detail});
}

absl::StatusOr<Said> Hear(const BenefitChecks& checks, v1::OtherBenefitKind kind) {
  Said out;
  for (const v1::BenefitCheck& check : checks) {
    for (const v1::BenefitRecord& record : check.records()) {
      if (record.kind() != kind) continue;
      if (record.has_fen_month() && out.fen && *out.fen != record.fen_month()) {
        return Conflict("other_benefits", "two registers have two amounts");
      }
      out.has = true;
      if (record.has_fen_month()) out.fen = record.fen_month();
      out.source = check.answer().source();
    }
    const bool knows = std::find(check.kinds().begin(), check.kinds().end(), kind) != check.kinds().end();
    const cases::v1::RegisterState state = check.answer().state();
    out.unknown |=
        knows && state != cases::v1::REGISTER_STATE_HIT && state != cases::v1::REGISTER_STATE_NO_HIT;
  }
  return out;
}

// What is stated of the kind from the beginning on.
int StatedAt(const StatedBenefits& stated, v1::OtherBenefitKind kind) {
  for (int at = 0; at < stated.size(); ++at) {
    if (stated[at].kind() == kind && !stated[at].has_from_month()) return at;
  }
  return -1;
}

}  // namespace

std::vector<std::string> BenefitNames() {
  std::vector<std::string> out;
  for (const v1::OtherBenefitKind kind : kAllKinds) {
    out.push_back(v1::OtherBenefitKind_Name(kind).substr(sizeof(kPrefix) - 1));
  }
  return out;
}

v1::OtherBenefitKind BenefitNamed(const std::string& name) {
  v1::OtherBenefitKind out = v1::OTHER_BENEFIT_KIND_UNSPECIFIED;
  v1::OtherBenefitKind_Parse(kPrefix + name, &out);
  return out;
}

absl::StatusOr<StatedBenefits> TakeBenefits(const BenefitChecks& checks, const StatedBenefits& stated,
                                            const std::set<v1::OtherBenefitKind>& deducted) {
  StatedBenefits out = stated;
  for (const v1::OtherBenefitKind kind : kAllKinds) {
    CHUANYU_ASSIGN_OR_RETURN(const Said said, Hear(checks, kind));
    const int at = StatedAt(stated, kind);
    if (said.has && at >= 0) {
      const int64_t fen = stated[at].fen_month().amount();
      if (said.fen ? fen != *said.fen : fen == 0) {
        return Conflict(absl::StrCat("other_benefits[", at, "].fen_month"), "a register says otherwise");
      }
    } else if (said.has && !said.fen) {
      return Conflict("other_benefits", "a register has one and not how much it is: an officer states it");
    } else if (said.has) {
      v1::OtherBenefit& each = *out.Add();
      each.set_kind(kind);
      each.mutable_fen_month()->set_amount(*said.fen);
      each.set_source(said.source);
    } else if (said.unknown && at < 0 && deducted.contains(kind)) {
      return MakeError(
          Reason::SOURCE_UNAVAILABLE,
          {.field = "other_benefits", .detail = "a register was not asked: an officer states it"});
    }
  }
  return out;
}

}  // namespace chuanyu::child_welfare
