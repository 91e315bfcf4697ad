#include "common/service/ready_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

std::string JsonList(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) {
    absl::StrAppend(&text, text.empty() ? "" : ",", "\"", address, "\"");
  }
  return "[" + text + "]";
}

}  // namespace

absl::Status WriteReadyFile(const std::string& path, const ReadyFile& ready) {
  const std::string temporary = path + ".tmp";
  {
    std::ofstream file(temporary, std::ios::trunc);
    file << "{\"front_listen\":" << JsonList(ready.front_listen)
         << ",\"provider_listen\":" << JsonList(ready.provider_listen)
         << ",\"metrics_port\":" << ready.metrics_port << ",\"pid\":" << getpid() << "}\n";
    file.flush();
    if (!file) return MakeError(Reason::CONFIG_INVALID, {.detail = path + " cannot be written"});
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return MakeError(Reason::CONFIG_INVALID, {.detail = path + " cannot be written"});
  return absl::OkStatus();
}

}  // namespace chuanyu
