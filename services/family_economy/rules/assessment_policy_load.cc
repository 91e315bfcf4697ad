// Reads the policy files. The loader and its period file are the only ones that know TOML.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "services/family_economy/rules/assessment_policy_file.h"

namespace chuanyu::family_economy {

using policy_file::CheckFollows;
using policy_file::kMaxFen;
using policy_file::ReadDate;
using policy_file::ReadSource;
using policy_file::ReadSpan;
using policy_file::ReadWord;

namespace {

absl::StatusOr<v1::HouseholdType> ReadHouseholdType(const Config& table) {
  return ReadWord<v1::HouseholdType>(
      table, "household", {{"URBAN", v1::HOUSEHOLD_TYPE_URBAN}, {"RURAL", v1::HOUSEHOLD_TYPE_RURAL}});
}

absl::StatusOr<Standard> ReadStandard(const Config& table, const std::string& region) {
  Standard standard;
  CHUANYU_ASSIGN_OR_RETURN(standard.place, table.String("place"));
  if (standard.place.size() != 6 || standard.place.find_first_not_of("0123456789") != std::string::npos ||
      standard.place.substr(0, 2) != region.substr(0, 2)) {
    return table.Invalid("place", "is not a 6-digit code of the region");
  }
  CHUANYU_ASSIGN_OR_RETURN(standard.household, ReadHouseholdType(table));
  CHUANYU_ASSIGN_OR_RETURN(standard.in_force, ReadSpan(table));
  CHUANYU_ASSIGN_OR_RETURN(standard.fen_month, table.Int("fen_month", {.min = 1, .max = kMaxFen}));
  if (table.Has("confirmed_to")) {
    CHUANYU_ASSIGN_OR_RETURN(standard.confirmed_to, ReadDate(table, "confirmed_to"));
    if (!standard.in_force.Contains(*standard.confirmed_to)) {
      return table.Invalid("confirmed_to", "is outside the days it is in force");
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(standard.source, ReadSource(table));
  return standard;
}

}  // namespace

class AssessmentPolicyReader {
 public:
  static absl::StatusOr<AssessmentPolicy> Read(const Config& file) {
    AssessmentPolicy policy;
    CHUANYU_ASSIGN_OR_RETURN(policy.region_, file.String("region"));
    if (policy.region_.size() != 6 || policy.region_.substr(2) != "0000") {
      return file.Invalid("region", "is not the 6-digit code of a region");
    }
    CHUANYU_ASSIGN_OR_RETURN(policy.version_, file.String("version"));
    CHUANYU_RETURN_IF_ERROR(ReadStandards(file, policy));
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> periods, file.Tables("period"));
    if (periods.empty()) return file.Invalid("period", "is missing");
    for (const Config& table : periods) {
      CHUANYU_ASSIGN_OR_RETURN(PolicyPeriod period, policy_file::ReadPeriod(table));
      if (!policy.periods_.empty()) {
        CHUANYU_RETURN_IF_ERROR(CheckFollows(table, policy.periods_.back().in_force, period.in_force));
      }
      policy.periods_.push_back(std::move(period));
    }
    CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
    return policy;
  }

 private:
  // A file may have no standard at all: then no proposal can be made, which StandardOn says each time.
  static absl::Status ReadStandards(const Config& file, AssessmentPolicy& policy) {
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, file.Tables("standard"));
    for (const Config& table : tables) {
      CHUANYU_ASSIGN_OR_RETURN(Standard standard, ReadStandard(table, policy.region_));
      const auto before =
          std::find_if(policy.standards_.rbegin(), policy.standards_.rend(), [&](const Standard& other) {
            return other.place == standard.place && other.household == standard.household;
          });
      if (before != policy.standards_.rend()) {
        CHUANYU_RETURN_IF_ERROR(CheckFollows(table, before->in_force, standard.in_force));
      }
      policy.standards_.push_back(std::move(standard));
    }
    return absl::OkStatus();
  }
};

absl::StatusOr<AssessmentPolicy> AssessmentPolicy::Load(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  CHUANYU_ASSIGN_OR_RETURN(AssessmentPolicy policy, AssessmentPolicyReader::Read(file));
  if (std::filesystem::path(path).stem().string() != policy.region_) {
    return file.Invalid("region", "is not the region that the file is named after");
  }
  return policy;
}

absl::StatusOr<AssessmentPolicy> AssessmentPolicy::Parse(const std::string& toml, const std::string& name) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, ".", name));
  return AssessmentPolicyReader::Read(file);
}

}  // namespace chuanyu::family_economy
