// A gRPC server as every process of Chuanyu runs it: mutual TLS 1.3, certificates reloaded from their files,
// the standard health service, reflection, a size limit, and a shutdown that lets running calls finish.
//
//   auto server = rpc::Server::Start({.listen = {"127.0.0.1:0"}, .tls = files}, {&exchange, &operations});
//   ...
//   (*server)->Shutdown(absl::Seconds(10));
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/tls_files.h"

namespace grpc {
class CallbackGenericService;
class Server;
class Service;
}  // namespace grpc

namespace chuanyu::rpc {

struct ServerOptions {
  // "127.0.0.1:7001", "[::1]:0" (port 0: any free one) or "unix:/run/chuanyu/node.sock". At least one.
  std::vector<std::string> listen;
  TlsFiles tls;
  // How often the TLS files are looked at; whole seconds, at least 1.
  absl::Duration reload_interval = absl::Seconds(10);
  // 4 MiB of payload and room for its envelope; more is refused before it reaches a handler.
  int max_message_bytes = (4 << 20) + (256 << 10);
  // A quiet connection is probed this often and dropped when the probe stays unanswered for the timeout: a
  // vanished peer is noticed within a minute without loading idle links.
  absl::Duration keepalive_interval = absl::Seconds(30);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // A connection this old takes no new calls (those running go on), so that its client comes back with a new
  // handshake and a withdrawn or expired certificate stops working.
  absl::Duration max_connection_age = absl::Hours(1);
  // Lets grpcurl list the services. Decided by the first server that a process starts with it: gRPC keeps
  // reflection on for the process.
  bool reflection = true;
};

// Thread-safe.
class Server {
 public:
  // Listening, and healthy, on return. `services` and `generic` (may be null; takes every method that no
  // service has) must outlive the server. CONFIG_INVALID when a TLS file is unusable or an address cannot be
  // bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services,
                                                       grpc::CallbackGenericService* generic = nullptr);
  // As Shutdown(absl::ZeroDuration()).
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The listening addresses in the order of the options, with the ports really bound.
  const std::vector<std::string>& addresses() const { return addresses_; }
  // addresses()[0].
  const std::string& address() const { return addresses_.front(); }

  // What the health service answers for "", the whole server: SERVING or NOT_SERVING. It knows no other name.
  void SetServing(bool serving);

  // Tells the health watchers, takes no new calls, lets running ones finish for up to `grace`, cancels what
  // is left and returns when no handler runs any more. The second and later calls do nothing.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, std::vector<std::string> addresses);

  const std::vector<std::string> addresses_;
  const std::unique_ptr<grpc::Server> server_;
};

}  // namespace chuanyu::rpc
