// One region of the test world: its exchange node and services as real processes, its Redis, its files.
// Everything listens on Unix sockets inside the region's folder, so no two tests meet on a port.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/redis/test_server.h"
#include "common/rpc/test_pki.h"
#include "common/sql/test_postgres.h"
#include "grpcpp/channel.h"
#include "tests/support/process.h"
#include "tests/support/region_service.h"

namespace chuanyu::testing {

// What family_economy keeps its checks in, and where its registers are.
enum class Backend { kSqlite, kPostgresql };

struct WorldOptions {
  // Without it, the test itself serves FamilyEconomyProvider on Region::provider_socket().
  bool family_economy = true;
  // Further services in each region; what the pointers lead to is never deleted.
  std::vector<const RegionService*> services = {};
  // Short, so that a killed provider costs a test seconds and not minutes.
  std::string attempt_timeout = "3s";
  std::string witness_grace = "10m";
  Backend backend = Backend::kSqlite;
  // Folder of <region>.json with synthetic records; empty: those of the demo.
  std::string registers = "";
  // How long own data may take before a first report is made without it. Long, so that a test that kills
  // something sees the complete report only.
  std::string own_data_limit = "60s";
  // A05 is answered by a department's server (chuanyu-test-register) in each region, not by a mapping.
  bool departments = false;
  // When it is in the regions as they start, Asia/Shanghai; without it, now. Their programs are then
  // chuanyu-test-node and so on (tests/support/CMakeLists.txt has those that there are).
  std::optional<absl::CivilSecond> at = {};
};

class Region {
 public:
  Region(const std::string& world_folder, std::string code, std::string peer_code, const rpc::TestPki& pki,
         WorldOptions options);

  const std::string& code() const { return code_; }
  const std::string& folder() const { return folder_; }
  std::string journal_folder() const { return folder_ + "/data/journal"; }
  std::string origin() const { return code_ + ".chuanyu/node1"; }
  std::string trust_file() const { return folder_ + "/trust/" + code_ + ".keys"; }
  std::string node_config() const { return folder_ + "/node.toml"; }
  // PostgreSQL: one server a region, for the checks and for the registers.
  std::string store_url() const;
  std::string registers_url() const;
  std::string family_config() const { return folder_ + "/family-economy.toml"; }

  std::string node_target() const { return "unix:" + folder_ + "/node.sock"; }
  std::string peer_target() const { return "unix:" + folder_ + "/peer.sock"; }
  std::string front_target() const { return "unix:" + folder_ + "/front.sock"; }
  std::string provider_target() const { return "unix:" + folder_ + "/prov.sock"; }
  std::string NodeSpiffe() const { return "spiffe://" + code_ + ".chuanyu/exchange/node"; }
  std::string FamilySpiffe() const { return "spiffe://" + code_ + ".chuanyu/mzj/family-economy"; }

  // Of one of WorldOptions::services.
  std::string config(const RegionService& service) const { return folder_ + "/" + service.name + ".toml"; }
  std::string front_target(const RegionService& service) const {
    return "unix:" + folder_ + "/" + service.name + "-f.sock";
  }
  std::string provider_target(const RegionService& service) const {
    return "unix:" + folder_ + "/" + service.name + "-p.sock";
  }
  std::string Spiffe(const RegionService& service) const {
    return "spiffe://" + code_ + ".chuanyu/mzj/" + service.system;
  }
  Process& process(const RegionService& service) { return services_.at(&service); }
  // Returns when it serves.
  absl::Status Start(const RegionService& service);
  std::shared_ptr<grpc::Channel> ToFront(const RegionService& service, std::string_view identity) const;
  // What it shows to Prometheus now.
  std::string Metrics(const RegionService& service) const;

  // For configurations.
  const std::string& peer_code() const { return peer_code_; }
  std::string keys_folder() const { return pki_.folder() + "/" + code_ + "/keys"; }
  std::string claim_key() const { return pki_.folder() + "/match.bin"; }  // the same in both regions
  // A database of its own on SQLite, the region's on PostgreSQL.
  std::string StoreUrl(const std::string& name) const;
  std::string TlsTable(std::string_view identity) const;

  Process& node() { return node_; }
  Process& family_economy() { return family_; }
  // The department's server; only with WorldOptions::departments. It does what the mode says.
  Process& department() { return department_; }
  absl::Status StartDepartment();
  void SetDepartmentMode(const std::string& mode) const;
  redis::TestRedis& redis() { return redis_; }
  // Only with Backend::kPostgresql.
  sql::TestPostgres& postgres() { return *postgres_; }
  // Every folder that a process of the region writes to.
  std::vector<std::string> DataFolders() const;

  // Each returns when the process serves. The error of a process that refused to start holds what it wrote.
  absl::Status StartNode();
  absl::Status StartFamilyEconomy();
  absl::Status Stop();
  // What node and family_economy show to Prometheus now.
  std::string NodeMetrics() const;
  std::string FamilyMetrics() const;

  // Connections with the certificate of `identity`, "500000/county/platform".
  std::shared_ptr<grpc::Channel> ToNode(std::string_view identity) const;
  std::shared_ptr<grpc::Channel> ToFront(std::string_view identity) const;

  // Steps of World's setup, in this order.
  void WriteConfigs(const std::string& peer_folder) const;
  absl::Status ExportTrust(const std::string& peer_folder) const;
  // Of programs that start from now on; only with WorldOptions::at.
  void SetAhead(absl::Duration ahead) { ahead_ = ahead; }
  absl::Status LoadRegisters() const;

 private:
  void WriteNodeConfig(const std::string& peer_folder) const;
  // Tables about services that others follow.
  std::string ToFollow() const;
  void WriteFamilyConfig() const;
  void WritePolicy() const;
  void WriteAssessmentPolicy() const;
  std::string MappingFolder() const;
  std::string SourceTable() const;
  std::string RegistersFile() const;
  // Where a program is: that with a clock of its own when the region has one.
  std::string Program(const std::string& name) const;
  absl::Status StartAndWait(Process& process, const std::vector<std::string>& argv, const std::string& name);

  const std::string code_;
  const std::string peer_code_;
  const std::string folder_;
  const rpc::TestPki& pki_;
  const WorldOptions options_;
  absl::Duration ahead_;
  redis::TestRedis redis_;
  std::optional<sql::TestPostgres> postgres_;
  Process node_;
  Process family_;
  std::map<const RegionService*, Process> services_;
  Process department_;
};

}  // namespace chuanyu::testing
