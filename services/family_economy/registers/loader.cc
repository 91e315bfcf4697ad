#include "services/family_economy/registers/loader.h"

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/errors/error.h"
#include "common/identity/citizen_id.h"
#include "common/sql/migrate.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/family_economy/registers/person_list.h"
#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {
namespace {

using ::google::protobuf::Struct;

// Columns of the demo's tables beside person_index; days and months are ISO 8601 text, which sorts as time
// does.
const std::map<std::string, std::set<std::string>, std::less<>>& DemoColumns() {
  static const auto* const columns = new std::map<std::string, std::set<std::string>, std::less<>>{
      {"reg_marriage", {"marital_code", "from_day", "to_day"}},
      {"reg_death", {"kind", "day"}},
      {"reg_assistance", {"kind", "from_month", "to_month"}},
      {"reg_disability_subsidy", {"kind", "from_month", "to_month"}},
      {"reg_child_welfare", {"category", "from_month", "to_month"}},
      {"reg_temporary_relief", {"granted_on"}},
      {"reg_hukou",
       {"state", "division", "relation", "from_month", "to_month", "household_no", "household_persons"}},
      {"reg_social_insurance", {"kind", "role", "benefit_fen", "base_fen", "from_month", "to_month"}},
      {"reg_real_estate", {"usage_code", "area_centi_m2", "share_bp", "division", "from_month", "to_month"}},
      {"reg_vehicle", {"kind", "from_month", "to_month"}},
      {"reg_business", {"role", "share_bp", "capital_fen", "from_month", "to_month"}},
      {"reg_housing_fund", {"balance_fen", "base_fen", "from_month", "to_month"}},
      {"reg_tax", {"kind", "income_fen", "from_month"}},
      {"reg_finance", {"kind", "balance_fen", "from_month", "to_month"}},
      {"reg_utility", {"kind", "paid_fen", "from_month", "to_month"}},
  };
  return *columns;
}

// The tables that came first; those of other departments followed in a migration of their own.
bool IsFirst(std::string_view table) {
  static const auto* const first = new std::set<std::string, std::less<>>{
      "reg_marriage",           "reg_death",         "reg_assistance",
      "reg_disability_subsidy", "reg_child_welfare", "reg_temporary_relief"};
  return first->contains(table);
}

// Columns that came after their table.
bool IsLater(std::string_view column) { return column == "household_no" || column == "household_persons"; }

std::vector<sql::Migration> DemoTables() {
  sql::Migration first;
  sql::Migration departments;
  for (const auto& [table, columns] : DemoColumns()) {
    sql::Migration& migration = IsFirst(table) ? first : departments;
    std::string statement = "CREATE TABLE " + table + " (person_index VARCHAR(64) NOT NULL";
    for (const std::string& column : columns) {
      if (!IsLater(column)) statement += ", " + column + " VARCHAR(16)";
    }
    migration.statements.push_back(statement + ")");
    migration.statements.push_back("CREATE INDEX " + table + "_person ON " + table + " (person_index)");
  }
  first.statements.push_back("CREATE TABLE reg_status (complete_until VARCHAR(32) NOT NULL)");
  return {
      first,
      {{"CREATE TABLE reg_person (person_index VARCHAR(64) PRIMARY KEY, document VARCHAR(256) NOT NULL)"}},
      departments,
      {{"ALTER TABLE reg_hukou ADD COLUMN household_no VARCHAR(16)",
        "ALTER TABLE reg_hukou ADD COLUMN household_persons VARCHAR(16)"}}};
}

// Address codes only cause warnings, which nobody reads here.
class AnyAddress final : public AddressCodes {
 public:
  AddressCodeStatus StatusOn(std::string_view, Date) const override { return AddressCodeStatus::kInForce; }
};

absl::Status Invalid(int record, const std::string& what) {
  return MakeError(Reason::CONFIG_INVALID, {.field = absl::StrCat("records[", record, "]"), .detail = what});
}

std::string TextAt(const Struct& object, const std::string& key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? "" : found->second.string_value();
}

struct Insert {
  std::string statement;
  sql::Binds binds;
  std::string document;  // sealed
};

absl::StatusOr<Insert> ReadRecord(int at, const Struct& record, Date today,
                                  const crypto::BlindIndexer& indexer, const crypto::Sealer& sealer) {
  const RegisterClass* register_class = FindRegisterClass(TextAt(record, "register"));
  if (register_class == nullptr) return Invalid(at, "register is none of A01 to A15");
  const auto parsed = ParseCitizenId(TextAt(record, "doc_no"), today, AnyAddress());
  if (!parsed.ok()) return Invalid(at, "doc_no is not valid");
  const std::string number = parsed->id.canonical();
  const auto type = static_cast<uint8_t>(parsed->id.doc_type());
  Insert insert;
  insert.binds["person_index"] = indexer.Index({.type = type, .number = number}).ToHex();
  CHUANYU_ASSIGN_OR_RETURN(insert.document, SealDocument(sealer, {.doc_type = type, .doc_no = number}));
  std::string names = "person_index", places = ":person_index";
  const std::string table(register_class->demo_table);
  for (const auto& [key, value] : record.fields()) {
    if (key == "register" || key == "doc_no" || key == "person") continue;
    if (!DemoColumns().at(table).contains(key)) return Invalid(at, "unknown key");
    if (value.kind_case() != google::protobuf::Value::kStringValue) return Invalid(at, "values are strings");
    absl::StrAppend(&names, ", ", key);
    absl::StrAppend(&places, ", :", key);
    insert.binds[key] = value.string_value();
  }
  insert.statement = absl::StrCat("INSERT INTO ", table, " (", names, ") VALUES (", places, ")");
  return insert;
}

absl::StatusOr<Struct> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  Struct data;
  // The parser's message quotes the text.
  if (!file || !google::protobuf::util::JsonStringToMessage(text.str(), &data).ok()) {
    return MakeError(Reason::CONFIG_INVALID, {.field = path, .detail = "cannot be read as JSON"});
  }
  const auto synthetic = data.fields().find("synthetic");
  if (synthetic == data.fields().end() || !synthetic->second.bool_value()) {
    return MakeError(Reason::CONFIG_INVALID, {.field = path, .detail = "not marked \"synthetic\": true"});
  }
  return data;
}

}  // namespace

absl::Status LoadRegisters(sql::Pool& pool, const crypto::BlindIndexer& indexer, const crypto::Sealer& sealer,
                           const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Struct data, ReadFile(path));
  const std::string complete_until = TextAt(data, "complete_until");
  CHUANYU_ASSIGN_OR_RETURN(const Date today, ParseDate(complete_until.substr(0, 10), "complete_until"));
  std::vector<Insert> inserts;
  const auto records = data.fields().find("records");
  if (records == data.fields().end()) return MakeError(Reason::CONFIG_INVALID, {.field = "records"});
  for (const auto& record : records->second.list_value().values()) {
    const int at = static_cast<int>(inserts.size());
    CHUANYU_ASSIGN_OR_RETURN(Insert insert, ReadRecord(at, record.struct_value(), today, indexer, sealer));
    inserts.push_back(std::move(insert));
  }
  CHUANYU_RETURN_IF_ERROR(sql::Migrate(pool, "demo_registers", DemoTables()));
  return pool.Transact([&](sql::Session& session) -> absl::Status {
    for (const auto& [table, columns] : DemoColumns()) {
      CHUANYU_RETURN_IF_ERROR(session.Execute("DELETE FROM " + table).status());
    }
    CHUANYU_RETURN_IF_ERROR(session.Execute("DELETE FROM reg_status").status());
    CHUANYU_RETURN_IF_ERROR(session.Execute("DELETE FROM reg_person").status());
    for (const Insert& insert : inserts) {
      CHUANYU_RETURN_IF_ERROR(session.Execute(insert.statement, insert.binds).status());
      CHUANYU_RETURN_IF_ERROR(
          session
              .Execute("INSERT INTO reg_person (person_index, document) "
                       "VALUES (:person, :document) ON CONFLICT DO NOTHING",
                       {{"person", insert.binds.at("person_index")}, {"document", insert.document}})
              .status());
    }
    return session
        .Execute("INSERT INTO reg_status (complete_until) VALUES (:until)", {{"until", complete_until}})
        .status();
  });
}

}  // namespace chuanyu::family_economy
