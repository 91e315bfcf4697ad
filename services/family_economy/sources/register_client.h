// Calls one department's server (register_source.proto). Blocks up to the timeout; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/lookup.pb.h"
#include "chuanyu/family_economy/v1/register_source.grpc.pb.h"
#include "common/rpc/tls_files.h"
#include "services/family_economy/sources/source_config.h"

namespace chuanyu::family_economy {

class RegisterClient {
 public:
  // What one call brought.
  struct Reply {
    enum class Kind {
      kAnswer,  // see results
      kLater,   // see ticket
      kRetry,   // the server could not be reached, or could not look now
      kAnew,    // it does not know the ticket: ask again from the start
    };
    Kind kind = Kind::kRetry;
    std::vector<v1::ClassResult> results;
    v1::Ticket ticket;
  };

  // CONFIG_INVALID as rpc::OpenChannel. `region`: own, 6 digits.
  static absl::StatusOr<std::unique_ptr<RegisterClient>> Open(const SourceConfig& config,
                                                              const rpc::TlsFiles& tls, std::string region);

  // Asks, or collects when `ask` has a ticket.
  Reply Call(const v1::StoredLookup& lookup, const v1::StoredAsk& ask) const;

  const SourceConfig& config() const { return config_; }

 private:
  RegisterClient(const SourceConfig& config, std::string region,
                 std::unique_ptr<v1::RegisterSource::Stub> stub)
      : config_(config), region_(std::move(region)), stub_(std::move(stub)) {}
  template <typename Response>
  Reply Read(const grpc::Status& status, const Response& response, const v1::StoredAsk& ask) const;

  const SourceConfig config_;
  const std::string region_;
  const std::unique_ptr<v1::RegisterSource::Stub> stub_;
};

}  // namespace chuanyu::family_economy
