// A region's registers for tests: a SQLite database with one table, a folder of mappings, and a key that is
// no secret. Synthetic persons.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/crypto/blind_index.h"
#include "common/errors/error.h"
#include "common/registers/register_source.h"
#include "gtest/gtest.h"

namespace chuanyu::registers {

class TestRegisters {
 public:
  // `columns`: of the table "record" besides person_index, "kind VARCHAR(16), since VARCHAR(10)".
  explicit TestRegisters(const std::string& columns) {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-registers-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    std::filesystem::create_directory(folder_ + "/mapping");
    std::ofstream(folder_ + "/index.bin", std::ios::binary) << std::string(32, 'r');
    pool_ = sql::Pool::Open({.url = config().url, .unavailable = Reason::SOURCE_UNAVAILABLE}).value();
    Execute("CREATE TABLE record (person_index VARCHAR(64), " + columns + ")");
  }
  ~TestRegisters() { std::filesystem::remove_all(folder_); }
  TestRegisters(const TestRegisters&) = delete;
  TestRegisters& operator=(const TestRegisters&) = delete;

  RegistersConfig config() const {
    return {.url = "sqlite3://db=" + folder_ + "/registers.db",
            .mapping = folder_ + "/mapping",
            .index = folder_ + "/index.bin"};
  }
  // A mapping file; `name` may begin with a folder.
  void Map(const std::string& name, const std::string& toml) {
    const std::filesystem::path path = folder_ + "/mapping/" + name + ".toml";
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << toml;
  }
  void Execute(const std::string& statement) {
    const absl::Status done =
        pool_->Transact([&](sql::Session& session) { return session.Execute(statement).status(); });
    EXPECT_TRUE(done.ok()) << done;
  }
  // A record of the holder of a resident ID; `values` as SQL has them, "'SW', '2025-01-10'".
  void Add(const std::string& doc_no, const std::string& values) {
    const auto indexer = crypto::BlindIndexer::Create(std::string(32, 'r')).value();
    const std::string index =
        indexer->Index({.type = type::v1::DOC_TYPE_RESIDENT_ID, .number = doc_no}).ToHex();
    Execute("INSERT INTO record VALUES ('" + index + "', " + values + ")");
  }
  // The configuration of a database that is not there yet, and what brings it: a copy of this one.
  RegistersConfig later() const {
    RegistersConfig out = config();
    out.url = "sqlite3://db=" + folder_ + "/later/registers.db";
    return out;
  }
  void Arrive() {
    pool_.reset();  // closes it: everything is in the one file
    std::filesystem::create_directory(folder_ + "/later");
    std::filesystem::copy_file(folder_ + "/registers.db", folder_ + "/later/registers.db");
  }
  // The database goes away and comes back: its table is not there meanwhile.
  void Spoil() { Execute("ALTER TABLE record RENAME TO away"); }
  void Mend() { Execute("ALTER TABLE away RENAME TO record"); }

 private:
  std::string folder_;
  std::unique_ptr<sql::Pool> pool_;
};

}  // namespace chuanyu::registers
