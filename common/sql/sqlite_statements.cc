#include <sqlite3.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sql/statements.h"

namespace chuanyu::sql {

std::string DateText(std::string text) {
  if (text.size() <= 10) return text;
  text[10] = 'T';
  text.resize(std::min<size_t>(text.size(), 19));
  return absl::EndsWith(text, "T00:00:00") ? text.substr(0, 10) : text;
}

namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// Gives a statement back as it was: a result that stays open would keep the file's snapshot.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* const statement_;
};

Value Read(sqlite3_stmt* statement, int at) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement, at)};
    case SQLITE_FLOAT:
      return absl::StrCat(sqlite3_column_double(statement, at));
    default:
      break;
  }
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, at));
  std::string text(bytes == nullptr ? "" : bytes, sqlite3_column_bytes(statement, at));
  const char* const declared = sqlite3_column_decltype(statement, at);
  if (declared == nullptr) return text;
  const std::string type = absl::AsciiStrToLower(declared);
  return absl::StartsWith(type, "date") || absl::StartsWith(type, "timestamp") ? DateText(std::move(text))
                                                                               : text;
}

class Sqlite final : public Statements {
 public:
  Sqlite(sqlite3* database, Reason unavailable) : database_(database), unavailable_(unavailable) {}

  absl::Status Run(const std::string& text, const Binds& binds, Result* rows, int64_t* changed) override {
    Prepared once;
    sqlite3_stmt* statement = nullptr;
    CHUANYU_RETURN_IF_ERROR(Prepare(text, &once, &statement));
    const Use use(statement);
    CHUANYU_RETURN_IF_ERROR(Bind(statement, binds));
    const int columns = sqlite3_column_count(statement);
    for (int at = 0; rows != nullptr && at < columns; ++at)
      rows->columns.emplace_back(sqlite3_column_name(statement, at));
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      if (rows == nullptr) continue;
      Row& row = rows->rows.emplace_back();
      for (int at = 0; at < columns; ++at) row.push_back(Read(statement, at));
    }
    if (code != SQLITE_DONE) return Failed(code);
    if (changed != nullptr) *changed = sqlite3_changes(database_);
    return absl::OkStatus();
  }
  absl::Status Queue(const std::string& text, const Binds& binds) override {
    return Run(text, binds, nullptr, nullptr);
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  void Forget() override { kept_.Clear(); }

 private:
  absl::Status Failed(int code) const {
    return MakeError(unavailable_, {.detail = absl::StrCat("database error: SQLite result ", code)});
  }

  absl::Status Prepare(const std::string& text, Prepared* once, sqlite3_stmt** out) {
    const bool keep = text.size() <= kLongestPrepared;
    if (keep) {
      if (Prepared* const kept = kept_.Find(text)) {
        *out = kept->get();
        return absl::OkStatus();
      }
    }
    const int code = sqlite3_prepare_v3(database_, text.data(), static_cast<int>(text.size()),
                                        keep ? SQLITE_PREPARE_PERSISTENT : 0, out, nullptr);
    once->reset(*out);
    if (code != SQLITE_OK || *out == nullptr) return Failed(code);
    if (!keep) return absl::OkStatus();
    if (kept_.full()) kept_.TakeOldest();
    kept_.Add(text, std::move(*once));
    return absl::OkStatus();
  }

  absl::Status Bind(sqlite3_stmt* statement, const Binds& binds) const {
    if (sqlite3_bind_parameter_count(statement) != static_cast<int>(binds.size()))
      return Failed(SQLITE_MISUSE);
    for (const auto& [name, value] : binds) {
      const int at = sqlite3_bind_parameter_index(statement, (":" + name).c_str());
      int code = SQLITE_OK;  // what is not bound is NULL
      // The values outlive the use of the statement: no copies.
      if (const auto* integer = std::get_if<int64_t>(&value))
        code = sqlite3_bind_int64(statement, at, *integer);
      else if (const auto* text = std::get_if<std::string>(&value))
        code = sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
      if (at == 0 || code != SQLITE_OK) return Failed(at == 0 ? SQLITE_MISUSE : code);
    }
    return absl::OkStatus();
  }

  sqlite3* const database_;
  const Reason unavailable_;
  PreparedCache<Prepared> kept_;
};

}  // namespace

std::unique_ptr<Statements> SqliteStatements(void* connection, Reason unavailable) {
  return std::make_unique<Sqlite>(static_cast<sqlite3*>(connection), unavailable);
}

}  // namespace chuanyu::sql
