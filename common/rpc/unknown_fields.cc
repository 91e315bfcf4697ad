#include "common/rpc/unknown_fields.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"

namespace chuanyu::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The path is only built once something was found: the good case allocates nothing but the field list.
std::string FindUnknown(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) return absl::StrCat("#", unknown.field(0).number());
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      const std::string inner = FindUnknown(reflection.GetMessage(message, field));
      if (!inner.empty()) return absl::StrCat(field->name(), ".", inner);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const std::string inner = FindUnknown(reflection.GetRepeatedMessage(message, field, i));
      if (!inner.empty()) return absl::StrCat(field->name(), "[", i, "].", inner);
    }
  }
  return "";
}

}  // namespace

absl::Status RejectUnknownFields(const Message& message) {
  const std::string path = FindUnknown(message);
  if (path.empty()) return absl::OkStatus();
  return MakeError(Reason::UNKNOWN_FIELD, {.field = path});
}

absl::Status RejectOversized(const Message& message) {
  if (message.ByteSizeLong() <= kMaxPayloadBytes) return absl::OkStatus();
  return MakeError(Reason::PAYLOAD_TOO_LARGE);
}

}  // namespace chuanyu::rpc
