// The classes A01 to A15, and what an item of each looks like in class_result.proto. One table; everything
// else about classes is reflection. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chuanyu/family_economy/v1/class_result.pb.h"
#include "google/protobuf/descriptor.h"

namespace chuanyu::family_economy {

struct RegisterClass {
  v1::DataClass data_class;
  std::string_view code;        // "A10", as in configuration, journals and messages to people
  std::string_view item;        // field of ClassItem
  std::string_view demo_table;  // where RegisterLoader puts it
};

const std::vector<RegisterClass>& RegisterClasses();
// nullptr when there is none.
const RegisterClass* FindRegisterClass(v1::DataClass data_class);
const RegisterClass* FindRegisterClass(std::string_view code);

// The field of ClassItem that carries items of the class.
const google::protobuf::FieldDescriptor* ItemFieldOf(const RegisterClass& register_class);
// A field of such an item ("from_month"); nullptr when there is none.
const google::protobuf::FieldDescriptor* FindItemField(const RegisterClass& register_class,
                                                       const std::string& name);

// Which way a source is reached. Deposits, securities and insurance (A14) only come through the province's
// channel: no county asks a bank (domain page §4.1).
enum class Channel { kDepartment, kProvince };
// "department" or "province"; false for anything else.
bool ParseChannel(std::string_view text, Channel* channel);
bool MayUse(Channel channel, const RegisterClass& register_class);

}  // namespace chuanyu::family_economy
