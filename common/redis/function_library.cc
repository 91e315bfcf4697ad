#include "common/redis/function_library.h"

#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::redis {
namespace {

constexpr char kVersionMark[] = "-- version ";

// The version in the code of a loaded library; 0 when it carries none.
uint32_t VersionIn(const std::string& code) {
  const size_t at = code.find(kVersionMark);
  if (at == std::string::npos) return 0;
  return static_cast<uint32_t>(std::strtoul(code.c_str() + at + sizeof(kVersionMark) - 1, nullptr, 10));
}

// FUNCTION LIST answers one flat list of names and values for each library.
const std::string* CodeOf(const Reply& list) {
  if (list.array() == nullptr || list.array()->empty()) return nullptr;
  const std::vector<Reply>* const fields = list.array()->front().array();
  if (fields == nullptr) return nullptr;
  for (size_t i = 0; i + 1 < fields->size(); i += 2) {
    const std::string* const name = (*fields)[i].text();
    if (name != nullptr && *name == "library_code") return (*fields)[i + 1].text();
  }
  return nullptr;
}

}  // namespace

absl::Status EnsureLoaded(const RedisClient::Send& send, const FunctionLibrary& library) {
  const std::string code =
      absl::StrCat("#!lua name=", library.name, "\n", kVersionMark, library.version, "\n", library.body);
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<Reply> listed,
      send(std::vector<Command>{{"FUNCTION", "LIST", "LIBRARYNAME", library.name, "WITHCODE"}}));
  CHUANYU_RETURN_IF_ERROR(StatusOf(listed.front()));
  if (const std::string* const loaded = CodeOf(listed.front())) {
    if (*loaded == code) return absl::OkStatus();
    if (VersionIn(*loaded) > library.version) {
      return MakeError(Reason::CONFIG_INVALID,
                       {.detail = "Redis holds newer functions of library " + library.name});
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reply> replies,
                           send(std::vector<Command>{{"FUNCTION", "LOAD", "REPLACE", code}}));
  if (const RedisError* const error = replies.front().error()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = absl::StrCat("Redis refuses library ", library.name, ": ", error->text)});
  }
  return absl::OkStatus();
}

absl::Status EnsureLoaded(RedisClient& client, const FunctionLibrary& library) {
  return EnsureLoaded([&](std::span<const Command> commands) { return client.Pipeline(commands); }, library);
}

}  // namespace chuanyu::redis
