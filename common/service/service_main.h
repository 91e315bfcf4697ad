// The program of a domain service: `serve` (also without a command) until SIGTERM, `trust`, which prints the
// public halves of the keys that sign what it states, and further commands of its own.
//
//   int main(int argc, char** argv) {
//     return chuanyu::ServiceMain<Service, ServiceConfig>(
//         argc, argv, {.program = "chuanyu-child-welfare", .about = "...", .config_file =
//         "child-welfare.toml",
//                      .name = "child_welfare", .load = LoadServiceConfig, .signers =
//                      LoadRecognitionSigners});
//   }
//
// `Service` has Start(config, clock), serving on return, and Stop().
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/clock/program_clock.h"
#include "common/merkle/note_key.h"
#include "common/process/server_process.h"
#include "common/telemetry/log.h"

namespace chuanyu {

// One command more, with an argument --data.
template <typename ConfigT>
struct ServiceCommand {
  const char* name;
  const char* about;
  const char* about_data;
  std::function<absl::Status(const ConfigT& config, const std::string& data)> run;
};

template <typename ConfigT>
struct ServiceProgram {
  const char* program;      // "chuanyu-child-welfare"
  const char* about;        // one sentence
  const char* config_file;  // "child-welfare.toml"
  std::string name;         // "child_welfare", in log events
  absl::StatusOr<ConfigT> (*load)(const std::string& file);
  // nullptr: it signs nothing, and there is no `trust`.
  absl::StatusOr<std::vector<merkle::NoteSigner>> (*signers)(const ConfigT& config) = nullptr;
  std::vector<ServiceCommand<ConfigT>> commands = {};
};

template <typename ServiceT, typename ConfigT>
absl::Status ServeUntilStopped(const ConfigT& config, const std::string& name, const ServerProcess& process) {
  CHUANYU_RETURN_IF_ERROR(OpenLog({.file = config.log_file}));
  const std::unique_ptr<Clock> clock = ProgramClock();
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<ServiceT> service, ServiceT::Start(config, *clock));
  const int signal = process.WaitForStop();
  LogEvent(Severity::kInfo, name + "_stopping", {{"signal", signal}});
  service->Stop();
  return absl::OkStatus();
}

template <typename ConfigT>
absl::Status PrintTrust(const ServiceProgram<ConfigT>& program, const ConfigT& config) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<merkle::NoteSigner> signers, program.signers(config));
  for (const merkle::NoteSigner& signer : signers) std::printf("%s\n", signer.key().Format().c_str());
  return absl::OkStatus();
}

// The exit code. Call it first in main, on its only thread.
template <typename ServiceT, typename ConfigT>
int ServiceMain(int argc, char** argv, const ServiceProgram<ConfigT>& program) {
  const ServerProcess process;
  CLI::App app(program.about);
  app.require_subcommand(0, 1);
  app.fallthrough();
  std::string file;
  app.add_option("--config", file, program.config_file)->required();
  std::function<absl::Status(const ConfigT&)> run = [&](const ConfigT& config) {
    return ServeUntilStopped<ServiceT>(config, program.name, process);
  };
  app.add_subcommand("serve", "Serves until SIGTERM; also without a command.");
  if (program.signers != nullptr) {
    app.add_subcommand("trust", "Prints the keys that sign what the service states, to check it with.")
        ->callback([&] { run = [&](const ConfigT& config) { return PrintTrust(program, config); }; });
  }
  std::deque<std::string> data;  // one a command; elements stay where they are
  for (const auto& command : program.commands) {
    std::string& value = data.emplace_back();
    CLI::App* const sub = app.add_subcommand(command.name, command.about);
    sub->add_option("--data", value, command.about_data)->required();
    sub->callback([&run, &command, &value] {
      run = [&command, &value](const ConfigT& config) { return command.run(config, value); };
    });
  }
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<ConfigT> config = program.load(file);
  const absl::Status status = config.ok() ? run(*config) : config.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", program.program, std::string(status.message()).c_str());
  return 1;
}

}  // namespace chuanyu
