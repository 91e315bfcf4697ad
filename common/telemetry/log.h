// Logs are events with fields, one line of JSON each:
//
//   LogEvent(Severity::kWarning, "peer_link_lost", {{"peer", region}, {"attempt", 3}});
//   {"time":"2026-10-01T01:02:03.456789Z","severity":"WARNING","event":"peer_link_lost","peer":"510000","attempt":3}
//
// The event is a stable name, never a sentence assembled from data. A field never holds a name, an ID number,
// an address or an account of a person; as a last line of defence, anything in a string that looks like a
// citizen's 18-digit number is written as "***". Thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"

namespace chuanyu {

enum class Severity { kDebug, kInfo, kWarning, kError };

// A value of a field; lives no longer than the call it is an argument of.
class LogValue {
 public:
  LogValue(bool value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) LogValue(T value) : value_(static_cast<int64_t>(value)) {}
  template <std::floating_point T>
  LogValue(T value) : value_(static_cast<double>(value)) {}
  LogValue(std::string_view value) : value_(value) {}
  LogValue(const std::string& value) : value_(std::string_view(value)) {}
  LogValue(const char* value) : value_(std::string_view(value)) {}

  const std::variant<bool, int64_t, double, std::string_view>& value() const { return value_; }

 private:
  std::variant<bool, int64_t, double, std::string_view> value_;
};

struct LogField {
  std::string_view key;  // [a-z0-9_]+
  LogValue value;
};

// Writes one line; before OpenLog, to stderr from kInfo up. Never fails: a line that cannot be written is
// lost.
void LogEvent(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});

struct LogOptions {
  std::string file = "";  // appended to, mode 0640; empty: stderr
  Severity lowest = Severity::kInfo;
};

// Sends what is logged from now on elsewhere. CONFIG_INVALID when the file cannot be opened. Call it at
// start.
absl::Status OpenLog(const LogOptions& options);

// The line that LogEvent writes, without its end and without the time. For tests.
std::string FormatEvent(Severity severity, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace chuanyu
