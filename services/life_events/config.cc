#include "services/life_events/config.h"

#include <utility>

#include "chuanyu/life_events/v1/life_events.pb.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"

namespace chuanyu::life_events {
namespace {

absl::StatusOr<std::set<int>> ReadKinds(const Config& table) {
  std::set<int> out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, table.Strings("kinds"));
  for (const std::string& name : names) {
    v1::LifeEventKind kind = v1::LIFE_EVENT_KIND_UNSPECIFIED;
    if (!v1::LifeEventKind_Parse("LIFE_EVENT_KIND_" + name, &kind) || kind == 0) {
      return table.Invalid("kinds", "names another kind than DEATH, PRISON_RELEASE, HUKOU_MOVE");
    }
    out.insert(kind);
  }
  if (out.empty()) return table.Invalid("kinds", "names no kind");
  return out;
}

absl::StatusOr<std::set<int>> ReadSources(const Config& table) {
  std::set<int> out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> names, table.Strings("sources"));
  for (const std::string& name : names) {
    v1::LifeEventSource source = v1::LIFE_EVENT_SOURCE_UNSPECIFIED;
    if (!v1::LifeEventSource_Parse("LIFE_EVENT_SOURCE_" + name, &source) || source == 0) {
      return table.Invalid("sources", "names another source than FUNERAL, POLICE, HEALTH, JUSTICE");
    }
    out.insert(source);
  }
  if (out.empty()) return table.Invalid("sources", "names no source");
  return out;
}

absl::StatusOr<std::vector<Grant>> ReadGrants(const Config& top, const std::string& name, bool feeds) {
  std::vector<Grant> grants;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, top.Tables(name));
  for (const Config& table : tables) {
    Grant grant;
    CHUANYU_ASSIGN_OR_RETURN(grant.system, table.String("system"));
    if (FindGrant(grants, grant.system) != nullptr) return table.Invalid("system", "is there twice");
    CHUANYU_ASSIGN_OR_RETURN(grant.kinds, ReadKinds(table));
    if (feeds) {
      CHUANYU_ASSIGN_OR_RETURN(grant.sources, ReadSources(table));
    }
    grants.push_back(std::move(grant));
  }
  return grants;
}

}  // namespace

const Grant* FindGrant(const std::vector<Grant>& grants, const std::string& system) {
  for (const Grant& grant : grants) {
    if (grant.system == system) return &grant;
  }
  return nullptr;
}

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  ServiceConfig out;
  CHUANYU_RETURN_IF_ERROR(ReadCommonConfig(top, out));
  CHUANYU_ASSIGN_OR_RETURN(out.feeds, ReadGrants(top, "feed", true));
  CHUANYU_ASSIGN_OR_RETURN(out.readers, ReadGrants(top, "reader", false));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return out;
}

}  // namespace chuanyu::life_events
