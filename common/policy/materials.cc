#include "common/policy/materials.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {

absl::StatusOr<MaterialList::Material> MaterialList::ReadMaterial(const Config& row,
                                                                  const std::set<std::string>& words) {
  Material out;
  CHUANYU_ASSIGN_OR_RETURN(out.name, row.String("name"));
  if (out.name.empty()) return row.Invalid("name", "is empty");
  CHUANYU_ASSIGN_OR_RETURN(out.source, policy_file::ReadSource(row));
  if (row.Has("when")) {
    CHUANYU_ASSIGN_OR_RETURN(out.when, row.Strings("when"));
    if (out.when.empty()) return row.Invalid("when", "is empty");
    for (const std::string& word : out.when) {
      if (!words.contains(word)) return row.Invalid("when", "holds a word that is not known");
    }
  }
  if (!row.Has("regions")) return out;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> regions, row.Strings("regions"));
  for (const std::string& region : regions) {
    if (region.size() != 6) return row.Invalid("regions", "names no 6-digit region");
    out.regions.insert(region);
  }
  if (out.regions.empty()) return row.Invalid("regions", "is empty");
  return out;
}

absl::StatusOr<MaterialList> MaterialList::Read(const Config& file, const std::set<std::string>& words) {
  MaterialList out;
  CHUANYU_RETURN_IF_ERROR(file.String("version").status());
  const auto read = [&](const Config& table, Period* period) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> rows, table.Tables("material"));
    if (rows.empty()) return table.Invalid("material", "is missing");
    for (const Config& row : rows) {
      CHUANYU_ASSIGN_OR_RETURN(Material material, ReadMaterial(row, words));
      period->materials.push_back(std::move(material));
    }
    return absl::OkStatus();
  };
  CHUANYU_ASSIGN_OR_RETURN(out.periods_, policy_file::ReadPeriods<Period>(file, read));
  CHUANYU_RETURN_IF_ERROR(file.CheckNoUnknownKeys());
  return out;
}

absl::StatusOr<MaterialList> MaterialList::Load(const std::string& path, const std::set<std::string>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Load(path));
  return Read(file, words);
}

absl::StatusOr<MaterialList> MaterialList::Parse(const std::string& toml,
                                                 const std::set<std::string>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const Config file, Config::Parse(toml, ".", "materials.toml"));
  return Read(file, words);
}

absl::StatusOr<std::vector<cases::v1::Material>> MaterialList::For(const std::string& region, Date day,
                                                                   const std::set<std::string>& words) const {
  const auto period = std::find_if(periods_.begin(), periods_.end(),
                                   [&](const Period& each) { return each.in_force.Contains(day); });
  if (period == periods_.end()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "period", .detail = "no list of materials covers " + FormatDate(day)});
  }
  std::vector<cases::v1::Material> out;
  for (const Material& material : period->materials) {
    if (!material.regions.empty() && !material.regions.contains(region)) continue;
    std::string when;
    for (const std::string& word : material.when) {
      if (words.contains(word)) when += (when.empty() ? "" : ",") + word;
    }
    if (!material.when.empty() && when.empty()) continue;
    cases::v1::Material& one = out.emplace_back();
    one.set_name(material.name);
    one.set_when(when);
    one.set_source(material.source);
  }
  return out;
}

}  // namespace chuanyu
