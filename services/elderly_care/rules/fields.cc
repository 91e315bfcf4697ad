#include "services/elderly_care/rules/fields.h"

#include <algorithm>

#include "common/errors/error.h"
#include "common/identity/characters.h"

namespace chuanyu::elderly_care {
namespace {

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

}  // namespace

absl::Status CheckText(const std::string& text, size_t max, const std::string& field) {
  if (text.empty()) return Bad(field, "is required");
  if (CountCodePoints(text) > max) return Bad(field, "is too long");
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return control ? Bad(field, "holds control characters") : absl::OkStatus();
}

absl::Status CheckPremisesId(const std::string& id, const std::string& field) {
  if (id.size() >= 4 && id.size() <= 40 &&
      id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string::npos) {
    return absl::OkStatus();
  }
  return Bad(field, "is not 4 to 40 of [0-9A-Z-]");
}

}  // namespace chuanyu::elderly_care
