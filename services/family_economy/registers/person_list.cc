#include "services/family_economy/registers/person_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "common/identity/citizen_id.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kSealName[] = "register/person";

// Address codes only cause warnings, which nobody reads here.
class AnyAddress final : public AddressCodes {
 public:
  AddressCodeStatus StatusOn(std::string_view, Date) const override { return AddressCodeStatus::kInForce; }
};

size_t ColumnAt(const sql::Result& result, const std::string& name) {
  const auto found = std::find(result.columns.begin(), result.columns.end(), name);
  return static_cast<size_t>(found - result.columns.begin());
}

}  // namespace

absl::StatusOr<std::string> SealDocument(const crypto::Sealer& sealer, const RegisterPerson& person) {
  return crypto::SealText(sealer, absl::StrCat(int{person.doc_type}, ":", person.doc_no), kSealName);
}

absl::StatusOr<RegisterPerson> OpenDocument(const crypto::Sealer& sealer, const std::string& text) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string plain, crypto::OpenText(sealer, text, kSealName));
  if (plain.size() < 3 || plain[1] != ':') return MakeError(Reason::SIG_INVALID, {.detail = "no document"});
  return RegisterPerson{.doc_type = static_cast<uint8_t>(plain[0] - '0'), .doc_no = plain.substr(2)};
}

std::vector<v1::DataClass> Registers::ListableClasses() const {
  std::vector<v1::DataClass> classes;
  for (const auto& [data_class, mapping] : mappings_) {
    if (!mapping.persons.empty()) classes.push_back(data_class);
  }
  return classes;
}

absl::StatusOr<Registers::PersonPage> Registers::ListPersons(v1::DataClass data_class,
                                                             const std::string& after, int limit,
                                                             Date today) const {
  const auto mapping = mappings_.find(data_class);
  if (mapping == mappings_.end() || mapping->second.persons.empty()) {
    return MakeError(Reason::SOURCE_UNAVAILABLE, {.detail = "the register cannot be listed"});
  }
  sql::Result rows;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        rows, session.Query(mapping->second.persons, {{"after", after}, {"limit", int64_t{limit}}}));
    return absl::OkStatus();
  }));
  const size_t key = ColumnAt(rows, "person_key");
  const size_t sealed = ColumnAt(rows, "document");
  const size_t clear = ColumnAt(rows, "doc_no");
  const size_t none = rows.columns.size();
  if (!rows.rows.empty() &&
      (key == none || (sealed == none) == (clear == none) || (sealed != none && sealer_ == nullptr))) {
    return MakeError(Reason::CODE_UNKNOWN,
                     {.field = mapping->second.statement.file, .detail = "columns of persons"});
  }
  PersonPage page;
  for (const sql::Row& row : rows.rows) {
    if (sealed != none) {
      CHUANYU_ASSIGN_OR_RETURN(RegisterPerson person, OpenDocument(*sealer_, sql::TextOf(row[sealed])));
      page.persons.push_back(std::move(person));
      continue;
    }
    const auto parsed = ParseCitizenId(sql::TextOf(row[clear]), today, AnyAddress());
    if (!parsed.ok()) continue;
    page.persons.push_back(
        {.doc_type = static_cast<uint8_t>(parsed->id.doc_type()), .doc_no = parsed->id.canonical()});
  }
  if (rows.rows.size() == static_cast<size_t>(limit)) page.last_key = sql::TextOf(rows.rows.back()[key]);
  return page;
}

}  // namespace chuanyu::family_economy
