#include "services/family_economy/registers/item_rules.h"

#include <cstdint>
#include <vector>

#include "absl/strings/match.h"
#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/errors/error.h"
#include "common/identity/division.h"
#include "common/identity/id_number_like.h"
#include "common/person/person.h"
#include "services/family_economy/rules/codes.h"

namespace chuanyu::family_economy {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr int64_t kWholeBp = 10'000;
constexpr size_t kTownDigits = 9;
constexpr size_t kMaxKey = 64;

absl::Status Unreadable(Reason reason, const FieldDescriptor& field) {
  return MakeError(reason, {.field = std::string(field.name()),
                            .detail = "a register holds a value that the field cannot have"});
}

absl::Status CheckNumber(int64_t number, const FieldDescriptor& field) {
  const bool share = absl::EndsWith(std::string(field.name()), "_bp");
  if (number < 0 || (share && number > kWholeBp)) return Unreadable(Reason::BAD_REQUEST, field);
  return absl::OkStatus();
}

absl::Status CheckText(const std::string& text, const FieldDescriptor& field) {
  // A mark that is shown to another region must not carry a number.
  if (field.name() == "household_key") {
    const bool opaque = IsToken(text, kMaxKey) && !LooksLikeIdNumber(text);
    return opaque ? absl::OkStatus() : Unreadable(Reason::CODE_UNKNOWN, field);
  }
  const bool known = field.name() == "relation" ? IsRelation(text) : IsMaritalStatus(text);
  return known ? absl::OkStatus() : Unreadable(Reason::CODE_UNKNOWN, field);
}

absl::Status CheckMessage(const FieldDescriptor& field, Message* value) {
  if (const auto* month = dynamic_cast<const type::v1::Month*>(value)) {
    if (!ParseDate(month->value() + "-01").ok()) return Unreadable(Reason::DATE_INVALID, field);
    return absl::OkStatus();
  }
  auto& division = dynamic_cast<type::v1::DivisionCode&>(*value);
  if (!DivisionCode::Parse(division.code()).ok()) return Unreadable(Reason::CODE_UNKNOWN, field);
  if (division.code().size() > kTownDigits) division.set_code(division.code().substr(0, kTownDigits));
  return absl::OkStatus();
}

absl::Status CheckField(const FieldDescriptor& field, Message* item) {
  const auto* reflection = item->GetReflection();
  switch (field.type()) {
    case FieldDescriptor::TYPE_ENUM: {
      const int value = reflection->GetEnumValue(*item, &field);
      const bool known = value != 0 && field.enum_type()->FindValueByNumber(value) != nullptr;
      return known ? absl::OkStatus() : Unreadable(Reason::CODE_UNKNOWN, field);
    }
    case FieldDescriptor::TYPE_INT32:
      return CheckNumber(reflection->GetInt32(*item, &field), field);
    case FieldDescriptor::TYPE_INT64:
      return CheckNumber(reflection->GetInt64(*item, &field), field);
    case FieldDescriptor::TYPE_MESSAGE:
      return CheckMessage(field, reflection->MutableMessage(item, &field));
    default:
      return CheckText(reflection->GetString(*item, &field), field);
  }
}

}  // namespace

absl::Status CheckItem(const RegisterClass& register_class, const std::string& region, v1::ClassItem* item) {
  const FieldDescriptor* const inner_field = ItemFieldOf(register_class);
  if (!item->GetReflection()->HasField(*item, inner_field)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "items", .detail = "an item of another class"});
  }
  Message* const inner = item->GetReflection()->MutableMessage(item, inner_field);
  const FieldDescriptor* const region_field = FindItemField(register_class, "region");
  if (!inner->GetReflection()->HasField(*inner, region_field)) {
    auto* value = inner->GetReflection()->MutableMessage(inner, region_field);
    dynamic_cast<type::v1::DivisionCode&>(*value).set_code(region);
  }
  std::vector<const FieldDescriptor*> present;
  inner->GetReflection()->ListFields(*inner, &present);
  for (const FieldDescriptor* field : present) CHUANYU_RETURN_IF_ERROR(CheckField(*field, inner));
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
