#include "services/elderly_care/rules/competence.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::elderly_care {
namespace {

Authority Of(const DivisionCode& code) { return {.division = code.str(), .region = code.Region().str()}; }

absl::StatusOr<DivisionCode> CountyOfPremises(const v1::Filing& filing, Date day,
                                              const DivisionTable& divisions) {
  const std::string field = "premises.address_code";
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address,
                           DivisionCode::Parse(filing.premises().address_code().code(), field));
  if (!address.has_town()) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = field, .detail = "names no town"});
  }
  auto county = divisions.CompetentCounty(address, day);
  if (!county.ok()) return MakeError(Reason::CODE_UNKNOWN, {.field = field});
  return county;
}

absl::StatusOr<DivisionCode> RegistrationLevel(const v1::Filing& filing, Date day,
                                               const DivisionTable& divisions) {
  const std::string field = "institution.registered_at";
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode code,
                           DivisionCode::Parse(filing.institution().registered_at().code(), field));
  if (code.has_town()) return MakeError(Reason::CODE_UNKNOWN, {.field = field, .detail = "not 6 digits"});
  // A city or a province has no successor in these tables.
  if (absl::EndsWith(code.str(), "00")) {
    if (divisions.StatusOn(code.str(), day) == AddressCodeStatus::kInForce) return code;
    return MakeError(Reason::CODE_UNKNOWN, {.field = field});
  }
  auto county = divisions.CompetentCounty(code, day);
  if (county.ok()) return county;
  // The county was divided: the part in which the premises are.
  const auto successors = divisions.Successors(code, day);
  const auto premises = CountyOfPremises(filing, day, divisions);
  if (premises.ok() && std::find(successors.begin(), successors.end(), *premises) != successors.end()) {
    return premises;
  }
  return MakeError(Reason::CODE_UNKNOWN, {.field = field});
}

}  // namespace

absl::StatusOr<Authority> AuthorityOf(const v1::Filing& filing, const PolicyDay& policy, Date day,
                                      const DivisionTable& divisions) {
  const auto rule = policy.competence.find(filing.institution().nature());
  if (rule == policy.competence.end()) {
    return MakeError(Reason::BAD_REQUEST, {.field = "institution.nature", .detail = "missing or unknown"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode code, rule->second == CompetentBy::kPremises
                                                        ? CountyOfPremises(filing, day, divisions)
                                                        : RegistrationLevel(filing, day, divisions));
  return Of(code);
}

}  // namespace chuanyu::elderly_care
