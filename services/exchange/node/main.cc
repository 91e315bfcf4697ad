// chuanyu-node: the exchange node of one region.
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/synchronization/mutex.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"
#include "services/exchange/node/config.h"
#include "services/exchange/node/keys.h"
#include "services/exchange/node/node.h"
#include "services/exchange/node/rebuild.h"

namespace chuanyu::exchange {
namespace {

// Before any thread starts, so that all inherit it and the signal waits for sigwait.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

absl::Status Serve(const NodeConfig& config, const sigset_t& stop) {
  CHUANYU_RETURN_IF_ERROR(OpenLog({.file = config.log_file}));
  const SystemClock clock;
  CHUANYU_ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, Node::Start(config, clock));
  int signal = 0;
  sigwait(&stop, &signal);
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

absl::Status Run(const std::string& command, const std::string& file, const sigset_t& stop) {
  CHUANYU_ASSIGN_OR_RETURN(const NodeConfig config, LoadNodeConfig(file));
  if (command == "trust") return PrintTrust(config);
  if (command == "rebuild-tracker") return RebuildTracker(config);
  return Serve(config, stop);
}

int Main(int argc, char** argv) {
  // Debian's Abseil is built with its search for lock cycles, which follows every mutex of gRPC at run time:
  // 2 % of a busy node. The tests run with it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const sigset_t stop = BlockStopSignals();
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
  const absl::Status status = Run(app.get_subcommands().front()->get_name(), file, stop);
  if (status.ok()) return 0;
  const std::string text(status.message());
  std::fprintf(stderr, "chuanyu-node: %s\n", text.c_str());
  return 1;
}

}  // namespace
}  // namespace chuanyu::exchange

int main(int argc, char** argv) { return chuanyu::exchange::Main(argc, argv); }
