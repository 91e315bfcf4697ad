// A client connection as every process of Chuanyu opens it: mutual TLS 1.3 with certificates reloaded from
// their files, to a server that must prove who it is by its SPIFFE name. Addresses prove nothing and are not
// checked, so a server may move.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/tls_files.h"

namespace grpc {
class Channel;
}

namespace chuanyu::rpc {

struct ChannelOptions {
  // "127.0.0.1:7001", "unix:/run/chuanyu/node.sock" or "dns:///node.example:7001".
  std::string target;
  TlsFiles tls;
  // The server's URI SAN must be exactly this: "spiffe://510000.chuanyu/exchange/node".
  std::string server_spiffe;
  // How often the TLS files are looked at; whole seconds, at least 1.
  absl::Duration reload_interval = absl::Seconds(10);
  // As in ServerOptions.
  int max_message_bytes = (4 << 20) + (256 << 10);
  // As in ServerOptions; sent without running calls too, so that a dead link shows before it is needed.
  absl::Duration keepalive_interval = absl::Seconds(30);
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // First wait after a failed connection; doubles up to the second. A restarted peer is found within seconds.
  absl::Duration min_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(2);
};

// Returns at once; the connection is made with the first call, and made again for as long as the channel
// lives. While there is none, calls fail with UNAVAILABLE (or wait, with wait_for_ready). A server that is
// not `server_spiffe` looks like one that cannot be reached. CONFIG_INVALID for unusable TLS files or a
// malformed `server_spiffe`. The channel is thread-safe. Each has its own connection: open several to use
// several.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ChannelOptions& options);

}  // namespace chuanyu::rpc
