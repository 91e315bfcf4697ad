// Registers of a region that a case service asks about a person: a folder of mapping files, each a statement
// (statement.h) whose rows are messages of the service (column_mapping.h), and what the register knows of:
//
//   knows = ["DECEASED"]
//   source = "殡葬管理库"
//   sql = ...
//   [columns] ...
//
// Blocks; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/cases/v1/register.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/person/person.h"
#include "common/registers/statement.h"

namespace chuanyu::registers {

// [registers] of a service's configuration; without it none is asked.
struct RegistersConfig {
  std::string url;      // of the database; empty: there is none
  std::string mapping;  // folder of *.toml
  std::string index;    // file of 32 bytes: the region's index key, by which registers know persons
};
// CONFIG_INVALID.
absl::StatusOr<RegistersConfig> ReadRegistersConfig(const Config& top);

class CaseRegisters {
 public:
  struct Source {
    Statement statement;
    std::vector<std::string> knows;  // words of the service: what no record means is not there
  };
  using Records = std::vector<std::unique_ptr<google::protobuf::Message>>;
  // What one of them said.
  struct Answer {
    const Source* source = nullptr;
    cases::v1::RegisterAnswer answer;
    Records records;
  };

  // Why what a source gave cannot be read, by the service's rules.
  using CheckFn = std::function<absl::Status(const Source& source, const Records& records)>;

  // `record`: what a row is read into; `words`: those that `knows` may hold. Reads the mappings and tries
  // every statement. CONFIG_INVALID, naming the file. A register that is away is no reason not to start: it
  // is logged, tried when it is asked next, and used from then on. Nothing (no source) without a url.
  static absl::StatusOr<std::unique_ptr<CaseRegisters>> Open(const RegistersConfig& config,
                                                             const google::protobuf::Message& record,
                                                             const std::vector<std::string>& words,
                                                             CheckFn check);

  // Asks every register about a person; somebody without a document number is NOT_CHECKED (ID_DOC_TYPE),
  // because registers are searched by number. Never fails: HIT, NO_HIT, NOT_CHECKED (SOURCE_UNAVAILABLE: its
  // database does not answer) or ERROR (a record that cannot be read: then none is told, because half a truth
  // reads like the whole; or, of a register that was away at the start, a statement that it does not know:
  // CONFIG_INVALID).
  std::vector<Answer> Ask(const std::optional<Person>& person, Date as_of, absl::Time now) const;

  bool empty() const { return sources_.empty(); }
  // What the registers know a person by, also as somebody else's relative. Not when there are none.
  crypto::BlindIndex IndexOf(const Person& person) const;

 private:
  CaseRegisters(RegistersConfig config, const google::protobuf::Message& record, CheckFn check)
      : config_(std::move(config)), record_(record), check_(std::move(check)) {}
  absl::Status LoadAll(const std::vector<std::string>& words);
  // Opened at first use.
  absl::StatusOr<sql::Pool*> Database() const ABSL_LOCKS_EXCLUDED(mu_);
  // Unless it was before.
  absl::Status TryOnce(sql::Pool& pool, const Source& source) const ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<Answer> Unasked(absl::Time now) const;
  absl::Status Read(const Source& source, const sql::Binds& binds, Answer* out) const;

  const RegistersConfig config_;
  const google::protobuf::Message& record_;  // of the generated code: lives as long as the program
  const CheckFn check_;
  std::unique_ptr<crypto::BlindIndexer> indexer_;
  std::vector<Source> sources_;
  mutable Mutex mu_;
  mutable std::unique_ptr<sql::Pool> pool_ ABSL_GUARDED_BY(mu_);  // never changed once it is there
  mutable std::set<std::string> tried_ ABSL_GUARDED_BY(mu_);      // by file
};

}  // namespace chuanyu::registers
