// The list of materials that the place of the 户籍 asks for, which a window of any region tells the applicant
// once (民办发〔2021〕10号; domain page §5.3). A file an item, the same in all regions:
//
//   version = "2026-11-26"
//   [[period]]
//   from = 2021-06-30
//   [[period.material]]
//   name = "监护关系证明"
//   when = ["FAMILY"]           # words of the item; without it: always
//   regions = ["500000"]        # whose 户籍地 asks for it; without it: all
//   source = "..."
//
// Immutable once loaded, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/cases/v1/material.pb.h"
#include "common/calendar/date.h"
#include "common/policy/period.h"

namespace chuanyu {

class MaterialList {
 public:
  // `words`: those that `when` may hold. CONFIG_INVALID, naming file, line and key.
  static absl::StatusOr<MaterialList> Load(const std::string& path, const std::set<std::string>& words);
  static absl::StatusOr<MaterialList> Parse(const std::string& toml, const std::set<std::string>& words);

  // What `region` asks for on a day of an application of which `words` are true, in the order of the file;
  // `when` of each names those that make it so. CONFIG_INVALID for a day that no period covers.
  absl::StatusOr<std::vector<cases::v1::Material>> For(const std::string& region, Date day,
                                                       const std::set<std::string>& words) const;

 private:
  struct Material {
    std::string name;
    std::string source;
    std::vector<std::string> when;
    std::set<std::string> regions;
  };
  struct Period {
    DateSpan in_force;
    std::vector<Material> materials;
  };
  static absl::StatusOr<MaterialList> Read(const Config& file, const std::set<std::string>& words);
  static absl::StatusOr<Material> ReadMaterial(const Config& row, const std::set<std::string>& words);

  std::vector<Period> periods_;
};

}  // namespace chuanyu
