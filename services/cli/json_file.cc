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

}  // namespace chuanyu::cli
