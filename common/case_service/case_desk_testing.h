// A desk without servers, for tests: a folder of its own with keys that are no secrets, and a store on SQLite
// or on a real PostgreSQL. What would be sent stays in the outbox.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "common/case_service/case_config.h"
#include "common/sql/sql.h"
#include "common/sql/test_postgres.h"

namespace chuanyu {

class CaseDeskFiles {
 public:
  explicit CaseDeskFiles(sql::Dialect dialect) {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-desk-XXXXXX").string();
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    if (dialect == sql::Dialect::kPostgresql) postgres_ = std::make_unique<sql::TestPostgres>();
  }
  ~CaseDeskFiles() { std::filesystem::remove_all(folder_); }
  CaseDeskFiles(const CaseDeskFiles&) = delete;
  CaseDeskFiles& operator=(const CaseDeskFiles&) = delete;

  // Of a desk of `item`; the policy, flow, divisions and calendar are those that are shipped.
  CaseConfig Config(const std::string& item, const std::string& region,
                    const std::set<std::string>& peers) const {
    const std::string deploy = std::string(CHUANYU_SOURCE_DIR) + "/deploy";
    CaseConfig config;
    config.region = region;
    config.peer_regions = peers;
    config.store_url = postgres_ ? postgres_->url() : "sqlite3://db=" + folder_ + "/" + item + region + ".db";
    config.kek = KeyFile("kek", 48);
    config.index_key = KeyFile("index", 32);
    config.claim_key = KeyFile("claim", 32);
    config.claim_key_id = "test";
    config.divisions = deploy + "/data/divisions";
    config.division_options.codes = {{"LIANGJIANG", "500199"}};
    config.calendar = deploy + "/data/calendar";
    config.policy = deploy + "/policy/" + item;
    config.flow = deploy + "/policy/flows/" + item + ".toml";
    return config;
  }

 private:
  std::string KeyFile(const std::string& name, size_t size) const {
    const std::string path = folder_ + "/" + name + ".bin";
    std::ofstream(path, std::ios::binary) << std::string(size, name[0]);
    return path;
  }

  std::string folder_;
  std::unique_ptr<sql::TestPostgres> postgres_;
};

}  // namespace chuanyu
