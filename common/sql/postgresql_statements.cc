#include <libpq-fe.h>

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sql/statements.h"

namespace chuanyu::sql {
namespace {

// Outcomes that nobody has read stay in the sockets' buffers: not more than fit.
constexpr size_t kMostQueued = 64;

// Types of columns, as pg_type numbers them.
enum Type : Oid {
  kBool = 16,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kDate = 1082,
  kTimestamp = 1114,
  kTimestampTz = 1184,
};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

struct Prepared {
  std::string name;
  std::vector<std::string> values;  // names of the values, in the order of $1, $2, ...
  size_t distinct = 0;
};

// ":name" to "$1", with the names in their order. Not inside quotes, and "::" is a cast.
std::string Numbered(const std::string& text, std::vector<std::string>* names) {
  std::string out;
  char quote = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ':' && at + 1 < text.size() && text[at + 1] == ':') {
      out += "::";
      ++at;
      continue;
    } else if (c == ':' && at + 1 < text.size() &&
               (absl::ascii_isalpha(text[at + 1]) || text[at + 1] == '_')) {
      size_t end = at + 1;
      while (end < text.size() && (absl::ascii_isalnum(text[end]) || text[end] == '_')) ++end;
      names->push_back(text.substr(at + 1, end - at - 1));
      absl::StrAppend(&out, "$", names->size());
      at = end - 1;
      continue;
    }
    out += c;
  }
  return out;
}

Value Read(const PGresult* answer, int row, int column) {
  if (PQgetisnull(answer, row, column) == 1) return std::monostate();
  std::string text(PQgetvalue(answer, row, column), PQgetlength(answer, row, column));
  switch (PQftype(answer, column)) {
    case kBool:
      return int64_t{text == "t" ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8: {
      int64_t integer = 0;
      if (absl::SimpleAtoi(text, &integer)) return integer;
      return text;
    }
    case kDate:
    case kTimestamp:
    case kTimestampTz:
      return DateText(std::move(text));
    default:
      return text;
  }
}

// In libpq's pipeline mode throughout: what is queued goes out with what is run next, in one round trip.
class Postgresql final : public Statements {
 public:
  Postgresql(PGconn* connection, Reason unavailable) : connection_(connection), unavailable_(unavailable) {
    PQenterPipelineMode(connection_);
  }

  absl::Status Run(const std::string& text, const Binds& binds, Result* rows, int64_t* changed) override {
    CHUANYU_RETURN_IF_ERROR(Put(text, binds));
    return Collect(rows, changed);
  }
  absl::Status Queue(const std::string& text, const Binds& binds) override {
    CHUANYU_RETURN_IF_ERROR(Put(text, binds));
    return queued_ < kMostQueued ? absl::OkStatus() : Collect(nullptr, nullptr);
  }
  absl::Status Flush() override { return queued_ == 0 ? absl::OkStatus() : Collect(nullptr, nullptr); }
  void Forget() override {
    kept_.Clear();
    // Under names of their own: when this fails, they are only never used again.
    (void)Run("DEALLOCATE ALL", {}, nullptr, nullptr);
    kept_.Clear();
  }

 private:
  absl::Status Failed(const std::string& code) const {
    return MakeError(unavailable_, {.detail = absl::StrCat("database error: ", code)});
  }
  absl::Status Lost() const { return Failed("the connection is lost"); }

  absl::Status Put(const std::string& text, const Binds& binds) {
    Prepared once;
    const bool keep = text.size() <= kLongestPrepared;
    Prepared* statement = keep ? kept_.Find(text) : nullptr;
    if (statement == nullptr) {
      const std::string numbered = Numbered(text, &once.values);
      once.distinct = std::set<std::string>(once.values.begin(), once.values.end()).size();
      // The unnamed one lasts until the next of its kind.
      if (keep) once.name = absl::StrCat("s", ++names_);
      if (keep && kept_.full()) CHUANYU_RETURN_IF_ERROR(Drop(kept_.TakeOldest()));
      if (PQsendPrepare(connection_, once.name.c_str(), numbered.c_str(), 0, nullptr) != 1) return Lost();
      ++queued_;
      statement = keep ? kept_.Add(text, std::move(once)) : &once;
    }
    if (statement->distinct != binds.size()) return Failed("other values than the statement's");
    std::vector<std::string> integers;
    integers.reserve(statement->values.size());
    std::vector<const char*> values;
    for (const std::string& name : statement->values) {
      const auto found = binds.find(name);
      if (found == binds.end()) return Failed("other values than the statement's");
      const char* value = nullptr;
      if (const auto* integer = std::get_if<int64_t>(&found->second))
        value = integers.emplace_back(absl::StrCat(*integer)).c_str();
      else if (const auto* words = std::get_if<std::string>(&found->second))
        value = words->c_str();
      values.push_back(value);
    }
    if (PQsendQueryPrepared(connection_, statement->name.c_str(), static_cast<int>(values.size()),
                            values.data(), nullptr, nullptr, 0) != 1) {
      return Lost();
    }
    ++queued_;
    return absl::OkStatus();
  }

  absl::Status Drop(const Prepared& oldest) {
    const std::string text = absl::StrCat("DEALLOCATE ", oldest.name);
    if (PQsendQueryParams(connection_, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
      return Lost();
    ++queued_;
    return absl::OkStatus();
  }

  // Reads the outcomes of all that is queued; `rows` and `changed` are the last one's. The first error.
  absl::Status Collect(Result* rows, int64_t* changed) {
    if (PQpipelineSync(connection_) != 1) return Lost();
    absl::Status first = absl::OkStatus();
    for (; queued_ > 0; --queued_) {
      const Answer answer(PQgetResult(connection_));
      if (answer == nullptr) return Lost();
      first.Update(StatusOf(*answer));
      if (queued_ == 1 && first.ok()) ReadAll(answer.get(), rows, changed);
      // Each outcome ends with a null.
      if (const Answer end(PQgetResult(connection_)); end != nullptr) return Lost();
    }
    const Answer synchronised(PQgetResult(connection_));
    if (synchronised == nullptr || PQresultStatus(synchronised.get()) != PGRES_PIPELINE_SYNC) return Lost();
    return first;
  }

  absl::Status StatusOf(const PGresult& answer) const {
    const ExecStatusType status = PQresultStatus(&answer);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    const char* const state = PQresultErrorField(&answer, PG_DIAG_SQLSTATE);
    return state == nullptr ? Lost() : Failed(absl::StrCat("SQLSTATE ", state));
  }

  static void ReadAll(const PGresult* answer, Result* rows, int64_t* changed) {
    if (changed != nullptr && !absl::SimpleAtoi(PQcmdTuples(const_cast<PGresult*>(answer)), changed))
      *changed = 0;
    if (rows == nullptr) return;
    const int columns = PQnfields(answer);
    for (int at = 0; at < columns; ++at) rows->columns.emplace_back(PQfname(answer, at));
    for (int row = 0; row < PQntuples(answer); ++row) {
      Row& values = rows->rows.emplace_back();
      for (int at = 0; at < columns; ++at) values.push_back(Read(answer, row, at));
    }
  }

  PGconn* const connection_;
  const Reason unavailable_;
  size_t queued_ = 0;  // outcomes that were not read
  int64_t names_ = 0;
  PreparedCache<Prepared> kept_;
};

}  // namespace

std::unique_ptr<Statements> PostgresqlStatements(void* connection, Reason unavailable) {
  return std::make_unique<Postgresql>(static_cast<PGconn*>(connection), unavailable);
}

}  // namespace chuanyu::sql
