#include "services/elderly_care/rules/policy.h"

#include <filesystem>
#include <utility>

#include "common/errors/error.h"

namespace chuanyu::elderly_care {

using policy_file::ReadInt;
using policy_file::ReadSource;
using policy_file::ReadSpan;
using policy_file::ReadWord;

class PolicyReader {
 public:
  static absl::StatusOr<ElderPolicy> Read(const Config& file) {
    ElderPolicy policy;
    CHUANYU_RETURN_IF_ERROR(file.String("version").status());
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> periods, file.Tables("period"));
    if (periods.empty()) return file.Invalid("period", "is missing");
    for (const Config& table : periods) {
      CHUANYU_ASSIGN_OR_RETURN(const DateSpan span, ReadSpan(table));
      if (!policy.periods_.empty()) {
        CHUANYU_RETURN_IF_ERROR(policy_file::CheckFollows(table, policy.periods_.back().first, span));
      }
      CHUANYU_ASSIGN_OR_RETURN(PolicyDay day, ReadPeriod(table));
      policy.periods_.emplace_back(span, std::move(day));
    }
    CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
    return policy;
  }

 private:
  static absl::StatusOr<PolicyDay> ReadPeriod(const Config& period) {
    PolicyDay out;
    CHUANYU_ASSIGN_OR_RETURN(const Config threshold, period.Table("threshold"));
    CHUANYU_ASSIGN_OR_RETURN(out.beds_min, ReadInt(threshold, "beds", 1, 1000));
    CHUANYU_RETURN_IF_ERROR(ReadSource(threshold).status());
    CHUANYU_ASSIGN_OR_RETURN(const Config filing, period.Table("filing"));
    CHUANYU_ASSIGN_OR_RETURN(out.filing_days, ReadInt(filing, "working_days", 1, 365));
    CHUANYU_RETURN_IF_ERROR(ReadSource(filing).status());
    CHUANYU_ASSIGN_OR_RETURN(const Config unfiled, period.Table("unfiled"));
    CHUANYU_ASSIGN_OR_RETURN(out.unfiled_days, ReadInt(unfiled, "working_days", 1, 365));
    CHUANYU_RETURN_IF_ERROR(ReadSource(unfiled).status());
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, period.Tables("competence"));
    for (const Config& row : rows) {
      CHUANYU_ASSIGN_OR_RETURN(const v1::Nature nature,
                               ReadWord<v1::Nature>(row, "nature",
                                                    {{"FOR_PROFIT", v1::NATURE_FOR_PROFIT},
                                                     {"NON_PROFIT", v1::NATURE_NON_PROFIT},
                                                     {"PUBLIC", v1::NATURE_PUBLIC}}));
      CHUANYU_ASSIGN_OR_RETURN(const CompetentBy by,
                               ReadWord<CompetentBy>(row, "by",
                                                     {{"PREMISES", CompetentBy::kPremises},
                                                      {"REGISTRATION", CompetentBy::kRegistration}}));
      CHUANYU_RETURN_IF_ERROR(ReadSource(row).status());
      if (!out.competence.emplace(nature, by).second) return row.Invalid("nature", "is there twice");
    }
    if (out.competence.size() != 3) return period.Invalid("competence", "says nothing about one nature");
    return out;
  }
};

absl::StatusOr<ElderPolicy> ElderPolicy::Load(const std::string& folder, const std::string& region) {
  const std::string own = folder + "/" + region + ".toml";
  CHUANYU_ASSIGN_OR_RETURN(const Config file,
                           Config::Load(std::filesystem::exists(own) ? own : folder + "/national.toml"));
  return PolicyReader::Read(file);
}

absl::StatusOr<ElderPolicy> ElderPolicy::Parse(const std::string& toml, const std::string& origin) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, "", origin));
  return PolicyReader::Read(file);
}

absl::StatusOr<PolicyDay> ElderPolicy::On(Date day) const {
  for (const auto& [span, policy] : periods_) {
    if (span.Contains(day)) return policy;
  }
  return MakeError(Reason::CONFIG_INVALID, {.detail = "no policy period contains " + FormatDate(day)});
}

}  // namespace chuanyu::elderly_care
