// What every verb shares: how to reach a server, how to print, how to end.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/tls_files.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"

namespace chuanyu::cli {

// Exit codes, as the manual promises them.
inline constexpr int kFailed = 1;       // the answer is no: a check failed, a request was refused
inline constexpr int kUnreachable = 3;  // nobody answered; try again

struct Connection {
  std::string server;    // "127.0.0.1:7001" or "unix:/path"
  std::string identity;  // SPIFFE name that the server must have
  rpc::TlsFiles tls;
};

struct Context {
  Connection connection;
  std::string output = "table";  // or "json"
  // The verb that was chosen; set by its callback.
  std::function<absl::Status()> run;
};

// Adds --server, --identity, --cert, --key, --ca.
void AddConnection(CLI::App& verb, Context& context);
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const Connection& connection);

// BAD_REQUEST when the file is no such message in JSON.
absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* into);
// As -o json has it: "false" and 0 are printed as well, because they are answers.
void PrintJson(const google::protobuf::Message& message);
// The same in one line, at once: for a stream of messages.
void PrintJsonLine(const google::protobuf::Message& message);

// Each verb group, one file each.
void AddAudit(CLI::App& app, Context& context);
void AddOperations(CLI::App& app, Context& context);
void AddBatch(CLI::App& app, Context& context);
void AddVerification(CLI::App& app, Context& context);
void AddChild(CLI::App& app, Context& context);
void AddElderly(CLI::App& app, Context& context);
void AddEvents(CLI::App& app, Context& context);
void AddMarriage(CLI::App& app, Context& context);
void AddDisability(CLI::App& app, Context& context);

}  // namespace chuanyu::cli
