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
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/cases/v1/register.pb.h"
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
  // every statement. CONFIG_INVALID, naming the file. Nothing (no source) without a url.
  static absl::StatusOr<std::unique_ptr<CaseRegisters>> Open(const RegistersConfig& config,
                                                             const google::protobuf::Message& record,
                                                             const std::vector<std::string>& words,
                                                             CheckFn check);

  // Asks every register about a person; somebody without a document number is NOT_CHECKED (ID_DOC_TYPE),
  // because registers are searched by number. Never fails: HIT, NO_HIT, NOT_CHECKED (SOURCE_UNAVAILABLE: its
  // database does not answer) or ERROR (a record that cannot be read: then none is told, because half a truth
  // reads like the whole).
  std::vector<Answer> Ask(const std::optional<Person>& person, Date as_of, absl::Time now) const;

  bool empty() const { return sources_.empty(); }

 private:
  CaseRegisters(const google::protobuf::Message& record, CheckFn check)
      : record_(record), check_(std::move(check)) {}
  absl::Status LoadAll(const std::string& folder, const std::vector<std::string>& words);
  std::vector<Answer> Unasked(absl::Time now) const;
  absl::Status Read(const Source& source, const sql::Binds& binds, Answer* out) const;

  const google::protobuf::Message& record_;  // of the generated code: lives as long as the program
  const CheckFn check_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<crypto::BlindIndexer> indexer_;
  std::vector<Source> sources_;
};

}  // namespace chuanyu::registers
