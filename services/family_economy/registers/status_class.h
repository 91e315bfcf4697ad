// The classes that civil affairs' own registers answer: A02, A03 and A10 to A13, and what an item of each
// looks like in class_result.proto. One table; everything else about classes is reflection. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chuanyu/family_economy/v1/class_result.pb.h"
#include "google/protobuf/descriptor.h"

namespace chuanyu::family_economy {

struct StatusClass {
  v1::DataClass data_class;
  std::string_view code;        // "A10", as in configuration, journals and messages to people
  std::string_view item;        // field of ClassItem
  std::string_view demo_table;  // where RegisterLoader puts it
};

const std::vector<StatusClass>& StatusClasses();
// nullptr when there is none.
const StatusClass* FindStatusClass(v1::DataClass data_class);
const StatusClass* FindStatusClass(std::string_view code);

// The field of ClassItem that carries items of the class.
const google::protobuf::FieldDescriptor* ItemFieldOf(const StatusClass& status_class);
// A field of such an item ("from_month"); nullptr when there is none.
const google::protobuf::FieldDescriptor* FindItemField(const StatusClass& status_class,
                                                       const std::string& name);

}  // namespace chuanyu::family_economy
