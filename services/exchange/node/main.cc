// chuanyu-node: the exchange node of one region.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "common/base/status_macros.h"
#include "common/clock/program_clock.h"
#include "common/process/server_process.h"
#include "common/telemetry/log.h"
#include "services/exchange/node/config.h"
#include "services/exchange/node/keys.h"
#include "services/exchange/node/node.h"
#include "services/exchange/node/rebuild.h"

namespace chuanyu::exchange {
namespace {

absl::Status Serve(const NodeConfig& config, const ServerProcess& process) {
  CHUANYU_RETURN_IF_ERROR(OpenLog({.file = config.log_file}));
  const std::unique_ptr<Clock> clock = ProgramClock();
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, Node::Start(config, *clock));
  const int signal = process.WaitForStop();
  LogEvent(Severity::kInfo, "node_stopping", {{"signal", signal}});
  node->Stop();
  return absl::OkStatus();
}

absl::Status PrintTrust(const NodeConfig& config) {
  CHUANYU_ASSIGN_OR_RETURN(const NodeKeys keys, LoadNodeKeys(config));
  CHUANYU_ASSIGN_OR_RETURN(const std::string lines, TrustLines(config, keys));
  std::printf("# %s: two checkpoint keys, two cosignature keys\n%s", config.origin().c_str(), lines.c_str());
  return absl::OkStatus();
}

absl::Status Run(const std::string& command, const std::string& file, const ServerProcess& process) {
  CHUANYU_ASSIGN_OR_RETURN(const NodeConfig config, LoadNodeConfig(file));
  if (command == "trust") return PrintTrust(config);
  if (command == "rebuild-tracker") return RebuildTracker(config);
  return Serve(config, process);
}

int Main(int argc, char** argv) {
  const ServerProcess process;
  CLI::App app("The exchange node of one region.");
  app.require_subcommand(1);
  std::string file;
  for (const auto& [name, help] :
       {std::pair{"serve", "Serves until SIGTERM."},
        std::pair{"rebuild-tracker", "Rebuilds the tracker from the journal; the node must not run."},
        std::pair{"trust", "Prints this node's trust file for its peers and auditors."}}) {
    app.add_subcommand(name, help)->add_option("--config", file, "node.toml")->required();
  }
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(app.get_subcommands().front()->get_name(), file, process);
  if (status.ok()) return 0;
  const std::string text(status.message());
  std::fprintf(stderr, "chuanyu-node: %s\n", text.c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::exchange

int main(int argc, char** argv) { return chuanyu::exchange::Main(argc, argv); }
