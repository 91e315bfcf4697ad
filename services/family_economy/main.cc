// chuanyu-family-economy: household economy checks of one region.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "common/base/status_macros.h"
#include "common/process/server_process.h"
#include "common/service/keys.h"
#include "common/telemetry/log.h"
#include "services/family_economy/config.h"
#include "services/family_economy/registers/loader.h"
#include "services/family_economy/service.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Serve(const ServiceConfig& config, const ServerProcess& process) {
  CHUANYU_RETURN_IF_ERROR(OpenLog({.file = config.log_file}));
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Service> service, Service::Start(config, clock));
  const int signal = process.WaitForStop();
  LogEvent(Severity::kInfo, "family_economy_stopping", {{"signal", signal}});
  service->Stop();
  return absl::OkStatus();
}

absl::Status Load(const ServiceConfig& config, const std::string& data) {
  CHUANYU_ASSIGN_OR_RETURN(const auto indexer, LoadIndexer(config.index_key));
  CHUANYU_ASSIGN_OR_RETURN(const auto sealer, LoadSealer(config.kek, kSealName));
  CHUANYU_ASSIGN_OR_RETURN(const auto pool, sql::Pool::Open({.url = config.registers_url,
                                                             .unavailable = Reason::SOURCE_UNAVAILABLE}));
  return LoadRegisters(*pool, *indexer, *sealer, data);
}

// The public halves of the keys that sign reports, for those who check them.
absl::Status PrintTrust(const ServiceConfig& config) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<merkle::NoteSigner> signers, LoadReportSigners(config));
  for (const merkle::NoteSigner& signer : signers) std::printf("%s\n", signer.key().Format().c_str());
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  const ServerProcess process;
  CLI::App app("Household economy checks of one region.");
  app.require_subcommand(0, 1);
  app.fallthrough();
  std::string file;
  std::string data;
  app.add_option("--config", file, "family-economy.toml")->required();
  app.add_subcommand("serve", "Serves until SIGTERM; also without a command.");
  CLI::App* const load =
      app.add_subcommand("load-registers", "Fills the demo's registers with synthetic data.");
  load->add_option("--data", data, "deploy/demo/registers/<region>.json")->required();
  CLI::App* const trust =
      app.add_subcommand("trust", "Prints the keys that sign reports, to check them with.");
  CLI11_PARSE(app, argc, argv);

  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(file);
  absl::Status status = config.status();
  if (status.ok())
    status = load->parsed()    ? Load(*config, data)
             : trust->parsed() ? PrintTrust(*config)
                               : Serve(*config, process);
  if (status.ok()) return 0;
  const std::string text(status.message());
  std::fprintf(stderr, "chuanyu-family-economy: %s\n", text.c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::family_economy

int main(int argc, char** argv) { return chuanyu::family_economy::Main(argc, argv); }
