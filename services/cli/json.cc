#include <cstdio>
#include <fstream>
#include <sstream>

#include "common/errors/error.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/command.h"

namespace chuanyu::cli {

absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* into) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return MakeError(Reason::BAD_REQUEST, {.detail = path + " cannot be read"});
  // The parser's message may repeat what stands in the file, so it is not shown.
  if (google::protobuf::util::JsonStringToMessage(text.str(), into).ok()) return absl::OkStatus();
  return MakeError(Reason::BAD_REQUEST,
                   {.detail = path + " is not a " + into->GetDescriptor()->name() + " in JSON"});
}

void PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (google::protobuf::util::MessageToJsonString(message, &json, options).ok())
    std::printf("%s", json.c_str());
}

void PrintJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  if (google::protobuf::util::MessageToJsonString(message, &json, options).ok())
    std::printf("%s\n", json.c_str());
  std::fflush(stdout);
}

}  // namespace chuanyu::cli
