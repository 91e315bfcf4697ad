// The shipped mappings, matrix and synthetic data of Sichuan in a database of the test's own. Synthetic
// persons.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "common/sql/sql.h"
#include "common/sql/test_postgres.h"
#include "gtest/gtest.h"
#include "services/family_economy/registers/loader.h"
#include "services/family_economy/registers/own_registers.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {

inline std::string Shipped(const std::string& path) {
  return std::string(CHUANYU_SOURCE_DIR) + "/deploy/" + path;
}

class TestRegisters {
 public:
  explicit TestRegisters(sql::Dialect dialect) {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-reg-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    if (dialect == sql::Dialect::kPostgresql) postgres = std::make_unique<sql::TestPostgres>();
    const std::string url = postgres ? postgres->url() : "sqlite3://db=" + folder_ + "/registers.db";
    pool = sql::Pool::Open({.url = url, .unavailable = Reason::SOURCE_UNAVAILABLE}).value();
    const absl::Status loaded =
        LoadRegisters(*pool, *indexer, *sealer, Shipped("demo/registers/510000.json"));
    EXPECT_TRUE(loaded.ok()) << loaded;
    auto made =
        Registers::Load(*pool, {.folder = Shipped("registers"), .region = kSichuan, .sealer = sealer.get()});
    EXPECT_TRUE(made.ok()) << made.status();
    registers = *std::move(made);
    own = std::make_unique<OwnRegisters>(OwnRegisters::Deps{.registers = *registers,
                                                            .matrix = matrix,
                                                            .indexer = *indexer,
                                                            .divisions = TestDivisions(),
                                                            .clock = clock,
                                                            .region = kSichuan});
  }
  ~TestRegisters() {
    pool.reset();
    std::filesystem::remove_all(folder_);
  }

  void Execute(const std::string& statement) {
    const absl::Status status =
        pool->Run([&](sql::Session& session) { return session.Execute(statement).status(); });
    EXPECT_TRUE(status.ok()) << status;
  }

  std::unique_ptr<sql::TestPostgres> postgres;
  const std::unique_ptr<crypto::BlindIndexer> indexer =
      crypto::BlindIndexer::Create(std::string(32, 'k')).value();
  const std::unique_ptr<crypto::Sealer> sealer =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(48, 'r'), "test").value();
  const FieldMatrix matrix = FieldMatrix::Load(Shipped("policy/fields/family_economy.toml")).value();
  const FakeClock clock{TestNow()};
  std::unique_ptr<sql::Pool> pool;
  std::unique_ptr<Registers> registers;
  std::unique_ptr<OwnRegisters> own;

 private:
  std::string folder_;
};

inline v1::QueryStatusRequest Question(const std::string& doc_no, const std::vector<v1::DataClass>& classes,
                                       const std::string& as_of = "2026-03-20") {
  v1::QueryStatusRequest question;
  question.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  question.mutable_person()->set_doc_no(doc_no);
  question.mutable_person()->set_name("李测乙");
  for (const v1::DataClass one : classes) question.add_classes(one);
  question.mutable_as_of()->set_value(as_of);
  return question;
}

}  // namespace chuanyu::family_economy
