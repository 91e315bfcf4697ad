// One process of a benchmark chain. run.py starts several and reads what "load" prints.
//
//   chain_bench echo  --listen A --region R --cert C --key K --ca R
//   chain_bench relay --listen A --target B --server-spiffe S ...
//   chain_bench front --listen A --target NODE --server-spiffe S --operation OP --to-region R ...
//   chain_bench load  --target A --server-spiffe S --in-flight N --seconds T ...
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "tests/bench/hops.h"
#include "tests/bench/load.h"

namespace chuanyu::bench {
namespace {

struct Arguments {
  std::string listen;
  std::string target;
  std::string server_spiffe;
  rpc::TlsFiles tls;
  FrontOptions front;
  std::string region;  // echo: of the node that may ask over a stream
  int in_flight = 64;
  int seconds = 5;
};

void AddOptions(CLI::App& app, Arguments& args) {
  app.add_option("--listen", args.listen);
  app.add_option("--target", args.target);
  app.add_option("--server-spiffe", args.server_spiffe);
  app.add_option("--cert", args.tls.certificate)->required();
  app.add_option("--key", args.tls.key)->required();
  app.add_option("--ca", args.tls.ca)->required();
  app.add_option("--region", args.region);
  app.add_option("--operation", args.front.operation);
  app.add_option("--to-region", args.front.to_region);
  app.add_option("--in-flight", args.in_flight);
  app.add_option("--seconds", args.seconds);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "chain_bench: %s\n", status.ToString().c_str());
  return 1;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Next(const Arguments& args) {
  return rpc::OpenChannel({.target = args.target, .tls = args.tls, .server_spiffe = args.server_spiffe});
}

// Serves until SIGTERM; prints the address that was really bound.
int Serve(const Arguments& args, grpc::CallbackGenericService& service, QuestionServer* questions = nullptr) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  std::vector<grpc::Service*> services;
  if (questions != nullptr) services.push_back(questions);
  auto server = rpc::Server::Start({.listen = {args.listen}, .tls = args.tls}, services, &service);
  if (!server.ok()) return Fail(server.status());
  std::printf("%s\n", (*server)->address().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop, &signal);
  if (questions != nullptr) questions->Close();
  (*server)->Shutdown(absl::Seconds(1));
  return 0;
}

int Load(const Arguments& args) {
  auto channel = Next(args);
  if (!channel.ok()) return Fail(channel.status());
  const LoadResult result =
      RunLoad(*channel, {.in_flight = args.in_flight, .duration = absl::Seconds(args.seconds)});
  std::printf("%s\n", result.ToJson().c_str());
  return result.calls == 0 ? 1 : 0;
}

int Main(int argc, char** argv) {
  CLI::App app("one process of a benchmark chain");
  app.require_subcommand(1);
  Arguments args;
  for (const char* role : {"echo", "relay", "front", "load"}) AddOptions(*app.add_subcommand(role), args);
  CLI11_PARSE(app, argc, argv);
  const std::string role = app.get_subcommands().front()->get_name();
  if (role == "load") return Load(args);
  if (role == "echo") return Serve(args, *MakeEcho(), MakeStreamedEcho(args.region).get());
  auto next = Next(args);
  if (!next.ok()) return Fail(next.status());
  return Serve(args, role == "relay" ? *MakeRelay(*next) : *MakeFront(*next, args.front));
}

}  // namespace
}  // namespace chuanyu::bench

int main(int argc, char** argv) { return chuanyu::bench::Main(argc, argv); }
