#include "common/telemetry/log.h"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"
#include "common/errors/error.h"
#include "common/telemetry/json_text.h"

namespace chuanyu {
namespace {

std::shared_ptr<spdlog::logger> MakeLogger(spdlog::sink_ptr sink, spdlog::level::level_enum lowest) {
  auto logger = std::make_shared<spdlog::logger>("chuanyu", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(lowest);
  // Nobody may have to kill a process to see its last line.
  logger->flush_on(spdlog::level::trace);
  // A full disk must not end up as text on stderr for every event, nor stop the service.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

spdlog::level::level_enum LevelOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return spdlog::level::debug;
    case Severity::kInfo:
      return spdlog::level::info;
    case Severity::kWarning:
      return spdlog::level::warn;
    case Severity::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

// The one logger of the process: a log is where a process writes, not something its parts differ in.
class ProcessLog {
 public:
  static ProcessLog& Get() {
    static ProcessLog& log = *new ProcessLog;
    return log;
  }
  std::shared_ptr<spdlog::logger> logger() {
    MutexLock lock(mu_);
    return logger_;
  }
  void Replace(std::shared_ptr<spdlog::logger> logger) {
    MutexLock lock(mu_);
    logger_ = std::move(logger);
  }

 private:
  Mutex mu_;
  std::shared_ptr<spdlog::logger> logger_ ABSL_GUARDED_BY(mu_) =
      MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), spdlog::level::info);
};

struct AppendValue {
  std::string& out;
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(int64_t value) const { out += std::to_string(value); }
  void operator()(double value) const { AppendJsonNumber(value, out); }
  void operator()(std::string_view value) const { AppendJsonString(MaskCitizenIds(value), out); }
};

void AppendFields(Severity severity, std::string_view event, std::initializer_list<LogField> fields,
                  std::string& out) {
  out += "\"severity\":\"";
  out += NameOf(severity);
  out += "\",\"event\":";
  AppendJsonString(event, out);
  for (const LogField& field : fields) {
    out += ',';
    AppendJsonString(field.key, out);
    out += ':';
    std::visit(AppendValue{out}, field.value.value());
  }
  out += '}';
}

}  // namespace

void LogEvent(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  const std::shared_ptr<spdlog::logger> logger = ProcessLog::Get().logger();
  if (!logger->should_log(LevelOf(severity))) return;
  std::string line =
      "{\"time\":\"" + absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()) + "\",";
  AppendFields(severity, event, fields, line);
  logger->log(LevelOf(severity), line);
}

std::string FormatEvent(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = "{";
  AppendFields(severity, event, fields, line);
  return line;
}

absl::Status OpenLog(const LogOptions& options) {
  spdlog::sink_ptr sink;
  if (options.file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    // Made here, because spdlog would let the process's umask decide who may read it.
    const int fd = open(options.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
      return MakeError(Reason::CONFIG_INVALID, {.detail = options.file + ": cannot be opened for logs"});
    close(fd);
    try {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    } catch (const spdlog::spdlog_ex&) {
      return MakeError(Reason::CONFIG_INVALID, {.detail = options.file + ": cannot be opened for logs"});
    }
  }
  ProcessLog::Get().Replace(MakeLogger(std::move(sink), LevelOf(options.lowest)));
  return absl::OkStatus();
}

}  // namespace chuanyu
