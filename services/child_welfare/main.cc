// chuanyu-child-welfare: statuses of children of one region.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "common/base/status_macros.h"
#include "common/process/server_process.h"
#include "common/telemetry/log.h"
#include "services/child_welfare/config.h"
#include "services/child_welfare/service.h"

namespace chuanyu::child_welfare {
namespace {

absl::Status Serve(const ServiceConfig& config, const ServerProcess& process) {
  CHUANYU_RETURN_IF_ERROR(OpenLog({.file = config.log_file}));
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Service> service, Service::Start(config, clock));
  const int signal = process.WaitForStop();
  LogEvent(Severity::kInfo, "child_welfare_stopping", {{"signal", signal}});
  service->Stop();
  return absl::OkStatus();
}

// The public halves of the keys that sign recognitions, for those who check them.
absl::Status PrintTrust(const ServiceConfig& config) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<merkle::NoteSigner> signers, LoadRecognitionSigners(config));
  for (const merkle::NoteSigner& signer : signers) std::printf("%s\n", signer.key().Format().c_str());
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  const ServerProcess process;
  CLI::App app("Statuses of children (孤儿, 事实无人抚养儿童) of one region.");
  app.require_subcommand(0, 1);
  app.fallthrough();
  std::string file;
  app.add_option("--config", file, "child-welfare.toml")->required();
  app.add_subcommand("serve", "Serves until SIGTERM; also without a command.");
  CLI::App* const trust = app.add_subcommand("trust", "Prints the keys that sign recognitions.");
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(file);
  absl::Status status = config.status();
  if (status.ok()) status = trust->parsed() ? PrintTrust(*config) : Serve(*config, process);
  if (status.ok()) return 0;
  const std::string text(status.message());
  std::fprintf(stderr, "chuanyu-child-welfare: %s\n", text.c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::child_welfare

int main(int argc, char** argv) { return chuanyu::child_welfare::Main(argc, argv); }
