#include "common/policy/archive.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/calendar/month.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

constexpr int kLeastMonths = 36;
constexpr int kMostMonths = 1200;

}  // namespace

absl::StatusOr<ArchiveRule> ArchiveRule::Read(const Config& file) {
  ArchiveRule out;
  CHUANYU_RETURN_IF_ERROR(file.String("version").status());
  const auto read = [](const Config& table, Period* period) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(period->months,
                             policy_file::ReadInt(table, "months", kLeastMonths, kMostMonths));
    return policy_file::ReadSource(table).status();
  };
  CHUANYU_ASSIGN_OR_RETURN(out.periods_, policy_file::ReadPeriods<Period>(file, read));
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return out;
}

absl::StatusOr<ArchiveRule> ArchiveRule::Load(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  return Read(file);
}

absl::StatusOr<ArchiveRule> ArchiveRule::Parse(const std::string& toml) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, ".", "archive.toml"));
  return Read(file);
}

absl::StatusOr<Date> ArchiveRule::KeptAfter(Date day) const {
  const auto period = std::find_if(periods_.begin(), periods_.end(),
                                   [&](const Period& each) { return each.in_force.Contains(day); });
  if (period == periods_.end()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "period", .detail = "no rule for accounts covers " + FormatDate(day)});
  }
  return AddMonths(day, -period->months);
}

}  // namespace chuanyu
