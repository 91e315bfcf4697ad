#include "services/family_economy/sources/source_config.h"

#include <set>

#include "common/base/status_macros.h"
#include "services/family_economy/registers/register_class.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

absl::Status ReadClasses(const Config& table, SourceConfig* source) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, table.String("channel", "department"));
  Channel channel = Channel::kDepartment;
  if (!ParseChannel(text, &channel)) return table.Invalid("channel", "is neither department nor province");
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> codes, table.Strings("classes"));
  if (codes.empty()) return table.Invalid("classes", "names none");
  for (const std::string& code : codes) {
    const RegisterClass* const found = FindRegisterClass(code);
    if (found == nullptr) return table.Invalid("classes", "names none of A01 to A15");
    if (!MayUse(channel, *found)) return table.Invalid("channel", "must be province for " + code);
    source->classes.push_back(found->data_class);
  }
  return absl::OkStatus();
}

absl::Status ReadPauses(const Config& table, SourceConfig* source) {
  CHUANYU_ASSIGN_OR_RETURN(source->timeout, table.Duration("timeout", source->timeout));
  CHUANYU_ASSIGN_OR_RETURN(source->min_pause, table.Duration("min_pause", source->min_pause));
  CHUANYU_ASSIGN_OR_RETURN(source->max_pause, table.Duration("max_pause", source->max_pause));
  CHUANYU_ASSIGN_OR_RETURN(source->min_poll, table.Duration("min_poll", source->min_poll));
  CHUANYU_ASSIGN_OR_RETURN(source->max_poll, table.Duration("max_poll", source->max_poll));
  for (const auto& [key, value] :
       {std::pair{"timeout", source->timeout}, std::pair{"min_pause", source->min_pause},
        std::pair{"min_poll", source->min_poll}}) {
    if (value < absl::Milliseconds(10)) return table.Invalid(key, "is less than 10 ms");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<SourceConfig>> ReadSources(const Config& top) {
  std::vector<SourceConfig> sources;
  std::set<std::string> ids;
  std::set<v1::DataClass> classes;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, top.Tables("source"));
  for (const Config& table : tables) {
    SourceConfig source;
    CHUANYU_ASSIGN_OR_RETURN(source.id, table.String("id"));
    if (!IsToken(source.id, 32) || !ids.insert(source.id).second) {
      return table.Invalid("id", "is not 1 to 32 of [A-Za-z0-9_-], or used twice");
    }
    CHUANYU_ASSIGN_OR_RETURN(source.name, table.String("name"));
    CHUANYU_ASSIGN_OR_RETURN(source.target, table.String("target"));
    CHUANYU_ASSIGN_OR_RETURN(source.identity, table.String("identity"));
    CHUANYU_RETURN_IF_ERROR(ReadClasses(table, &source));
    CHUANYU_RETURN_IF_ERROR(ReadPauses(table, &source));
    for (const v1::DataClass data_class : source.classes) {
      if (!classes.insert(data_class).second) return table.Invalid("classes", "names a class a second time");
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace chuanyu::family_economy
