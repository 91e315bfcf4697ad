// Reads the three division tables. Kept apart from division.cc so that only this file knows CSV and files.
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/division.h"

namespace chuanyu {
namespace {

absl::Status Invalid(const std::string& document, int line, const std::string& what) {
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = "divisions", .detail = absl::StrCat(document, ":", line, " ", what)});
}

// A row that is no comment, with the number of its line.
struct Row {
  int line = 0;
  std::vector<std::string> cells;
};

std::vector<std::string> SplitAt(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

// The tables hold no quotes and no commas inside a cell: every row has exactly the cells of the header.
absl::StatusOr<std::vector<Row>> ReadRows(const std::string& document, const std::string& csv,
                                          const std::string& header) {
  std::vector<Row> rows;
  const size_t width = SplitAt(header, ',').size();
  int line = 0;
  bool header_seen = false;
  for (const std::string& text : SplitAt(csv, '\n')) {
    ++line;
    if (text.empty() || text[0] == '#') continue;
    if (!header_seen) {
      if (text != header) return Invalid(document, line, "must be the header " + header);
      header_seen = true;
      continue;
    }
    Row row{line, SplitAt(text, ',')};
    if (row.cells.size() != width) return Invalid(document, line, "has the wrong number of cells");
    rows.push_back(std::move(row));
  }
  if (!header_seen) return Invalid(document, line, "has no header");
  return rows;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "divisions", .detail = path.substr(path.rfind('/') + 1) + " cannot be read"});
  }
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace

class DivisionReader {
 public:
  explicit DivisionReader(const DivisionOptions& options) : options_(options) {}

  absl::Status ReadDivisions(const std::string& document, const std::string& csv, size_t digits) {
    CHUANYU_ASSIGN_OR_RETURN(const auto rows, ReadRows(document, csv, "code,name,valid_from,valid_to"));
    for (const Row& row : rows) {
      CHUANYU_ASSIGN_OR_RETURN(const std::string code, Code(document, row, row.cells[0], digits));
      Division division;
      division.name = row.cells[1];
      CHUANYU_ASSIGN_OR_RETURN(division.valid_from, OptionalDay(document, row, row.cells[2]));
      CHUANYU_ASSIGN_OR_RETURN(division.valid_to, OptionalDay(document, row, row.cells[3]));
      if (division.name.empty()) return Invalid(document, row.line, "has no name");
      if (division.valid_from && division.valid_to && *division.valid_to < *division.valid_from) {
        return Invalid(document, row.line, "ends before it starts");
      }
      if (!table_.divisions_.emplace(code, std::move(division)).second) {
        return Invalid(document, row.line, "lists a code for the second time");
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadChanges(const std::string& document, const std::string& csv) {
    CHUANYU_ASSIGN_OR_RETURN(const auto rows, ReadRows(document, csv, "date,code,successor"));
    for (const Row& row : rows) {
      CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> date, OptionalDay(document, row, row.cells[0]));
      if (!date) return Invalid(document, row.line, "has no date");
      const size_t digits = row.cells[1].size() == 9 ? 9 : 6;
      CHUANYU_ASSIGN_OR_RETURN(const std::string from, Code(document, row, row.cells[1], digits));
      CHUANYU_ASSIGN_OR_RETURN(const std::string successor, Code(document, row, row.cells[2], 6));
      for (const std::string& code : {from, successor}) {
        if (table_.divisions_.count(code) == 0)
          return Invalid(document, row.line, "names a code of no table");
      }
      if (!table_.changes_.emplace(from, DivisionChange{*date, from, successor}).second) {
        return Invalid(document, row.line, "changes a code for the second time");
      }
      if (HasCircle(successor)) return Invalid(document, row.line, "closes a circle of successors");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<DivisionTable> Finish() {
    for (const OrganCutover& cutover : options_.cutovers) {
      if (cutover.organ.empty() || cutover.cutover < cutover.change) {
        return MakeError(
            Reason::CONFIG_INVALID,
            {.field = "divisions.cutovers", .detail = "needs an organ, and a day not before the change"});
      }
    }
    table_.cutovers_ = options_.cutovers;
    return std::move(table_);
  }

 private:
  // Replaces @NAME by the configured code and checks the number of digits.
  absl::StatusOr<std::string> Code(const std::string& document, const Row& row, const std::string& cell,
                                   size_t digits) const {
    std::string code = cell;
    if (!cell.empty() && cell[0] == '@') {
      const auto configured = options_.codes.find(cell.substr(1));
      // Never a guess: a wrong code would send people's cases to the wrong district.
      if (configured == options_.codes.end() || configured->second.empty()) {
        return Invalid(document, row.line, "needs the code of " + cell.substr(1) + " from the configuration");
      }
      code = configured->second;
    }
    if (code.size() != digits || !DivisionCode::Parse(code).ok()) {
      return Invalid(document, row.line, "holds a code of the wrong form");
    }
    return code;
  }

  static absl::StatusOr<std::optional<Date>> OptionalDay(const std::string& document, const Row& row,
                                                         const std::string& cell) {
    if (cell.empty()) return std::optional<Date>();
    const absl::StatusOr<Date> day = ParseDate(cell);
    if (!day.ok()) return Invalid(document, row.line, "holds a day that does not exist");
    return std::optional<Date>(*day);
  }

  // Successors are counties, so only changes of counties can lead on.
  bool HasCircle(std::string code) const {
    std::set<std::string> seen;
    while (seen.insert(code).second) {
      const auto next = table_.changes_.find(code);
      if (next == table_.changes_.end()) return false;
      code = next->second.successor;
    }
    return true;
  }

  const DivisionOptions& options_;
  DivisionTable table_;
};

absl::StatusOr<DivisionTable> DivisionTable::Parse(const std::string& counties_csv,
                                                   const std::string& towns_csv,
                                                   const std::string& changes_csv,
                                                   const DivisionOptions& options) {
  DivisionReader reader(options);
  CHUANYU_RETURN_IF_ERROR(reader.ReadDivisions("counties.csv", counties_csv, 6));
  CHUANYU_RETURN_IF_ERROR(reader.ReadDivisions("towns.csv", towns_csv, 9));
  CHUANYU_RETURN_IF_ERROR(reader.ReadChanges("changes.csv", changes_csv));
  return reader.Finish();
}

absl::StatusOr<DivisionTable> DivisionTable::Load(const std::string& folder, const DivisionOptions& options) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string counties, ReadFile(folder + "/counties.csv"));
  CHUANYU_ASSIGN_OR_RETURN(const std::string towns, ReadFile(folder + "/towns.csv"));
  CHUANYU_ASSIGN_OR_RETURN(const std::string changes, ReadFile(folder + "/changes.csv"));
  return Parse(counties, towns, changes, options);
}

}  // namespace chuanyu
