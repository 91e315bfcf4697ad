// Which purpose may see which field, domain page §3.7: a table in a file (deploy/policy/fields), default
// deny.
//
//   [[grant]]
//   purposes = ["P-DIBAO", "P-TEKUN"]
//   [grant.fields]
//   A10 = ["type", "from_month", "region"]
//
// Immutable, thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {

class FieldMatrix {
 public:
  // CONFIG_INVALID for an unknown class or field, and for a purpose that is granted twice.
  static absl::StatusOr<FieldMatrix> Load(const std::string& path);

  // PURPOSE_DENIED unless `purpose` may see something of the class.
  absl::Status Check(std::string_view purpose, v1::DataClass data_class) const;
  // Removes what `purpose` may not see: a field that is not allowed is absent.
  void Strip(std::string_view purpose, v1::ClassResult& result) const;

 private:
  using Fields = std::map<v1::DataClass, std::set<std::string>>;
  FieldMatrix() = default;
  std::map<std::string, Fields, std::less<>> purposes_;
};

// The fields that results carry: "A10.state", "A10.type" ..., sorted, each once. Goes into the journal.
std::vector<std::string> FieldsOf(const std::vector<v1::ClassResult>& results);

}  // namespace chuanyu::family_economy
