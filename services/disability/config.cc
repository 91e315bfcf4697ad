#include "services/disability/config.h"

#include "common/base/status_macros.h"
#include "common/config/config.h"

namespace chuanyu::disability {

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  ServiceConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadCaseConfig(top,
                                         {.item = "disability",
                                          .roles = {"WINDOW", "TOWN", "DISABLED_FED", "COUNTY"},
                                          .signs = "",
                                          .erases = true,
                                          .looks_up = true},
                                         out));
  CHUANYU_ASSIGN_OR_RETURN(const Config policy, top.Table("policy"));
  CHUANYU_ASSIGN_OR_RETURN(out.standards, policy.Path("standards"));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu::disability
