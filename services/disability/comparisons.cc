#include "services/disability/comparisons.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/disability/rules/overlap.h"

namespace chuanyu::disability {
namespace {

constexpr size_t kIndexBytes = 32;
constexpr int kShownOverlaps = 1000;
constexpr int kWalkedLines = 1000;  // own lines in memory at a time

std::string SubjectAt(const std::string& subjects, size_t at) {
  return absl::BytesToHexString(subjects.substr(at * kIndexBytes, kIndexBytes));
}

// Ascending, each once: what the answering side relies on when it walks both in one pass.
absl::Status CheckSubjects(const std::string& subjects) {
  const auto bad = [](const char* detail) {
    return MakeError(Reason::BAD_REQUEST, {.field = "subjects", .detail = detail});
  };
  if (subjects.empty() || subjects.size() % kIndexBytes != 0) return bad("not indexes of 32 bytes");
  const size_t count = subjects.size() / kIndexBytes;
  if (count > kChunkLines) return bad("more than 20,000");
  const std::string_view view = subjects;
  for (size_t i = 1; i < count; ++i) {
    if (view.substr((i - 1) * kIndexBytes, kIndexBytes) >= view.substr(i * kIndexBytes, kIndexBytes)) {
      return bad("not ascending");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Comparisons::Comparisons(const Desk& desk, Metrics& metrics, int chunk_lines)
    : desk_(desk),
      recoveries_(desk.rows()),
      chunk_lines_(chunk_lines),
      lines_(metrics.AddCounter("chuanyu_disability_lines_compared_total",
                                "Own ledger lines that another region has answered about")),
      overlaps_(metrics.AddCounter("chuanyu_disability_overlaps_total", "Months found paid twice")) {}

absl::Status Comparisons::Start(const Caller& caller, const v1::StartComparisonRequest& request) const {
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, "COUNTY")) return MakeError(Reason::ROLE_DENIED);
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month().value(), "month"));
  if (month > Month(desk_.Today())) return MakeError(Reason::BAD_REQUEST, {.field = "month"});
  return Begin(month);
}

absl::Status Comparisons::Begin(Month month) const {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    for (const std::string& region : desk_.config().peer_regions) {
      CHUANYU_ASSIGN_OR_RETURN(const bool fresh, desk_.ledger().BeginComparison(session, month, region));
      if (!fresh) continue;
      ComparisonRow row{.month = month, .region = region};
      CHUANYU_RETURN_IF_ERROR(SendNext(session, &row));
    }
    return absl::OkStatus();
  });
}

absl::Status Comparisons::RunClock() const {
  const Month month = Month(desk_.Today()) - 1;
  bool begun = true;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    begun = true;
    for (const std::string& region : desk_.config().peer_regions) {
      CHUANYU_ASSIGN_OR_RETURN(const auto row, desk_.ledger().FindComparison(session, month, region));
      begun = begun && row.has_value();
    }
    return absl::OkStatus();
  }));
  return begun ? absl::OkStatus() : Begin(month);
}

absl::StatusOr<std::string> Comparisons::ChunkAfter(sql::Session& session, const ComparisonRow& row) const {
  std::string subjects;
  std::string after = row.last;
  for (int left = chunk_lines_; left > 0;) {
    const int page = std::min(left, kWalkedLines);
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<PaidMonth> lines,
                             desk_.ledger().Page(session, row.month, row.benefit, after, "", page));
    for (const PaidMonth& line : lines) subjects += absl::HexStringToBytes(line.subject);
    if (lines.size() < static_cast<size_t>(page)) break;
    after = lines.back().subject;
    left -= page;
  }
  return subjects;
}

// Sends the chunk after `row->last`; with nothing left of one benefit, the next; with nothing left at all the
// comparison is done. Stores the row.
absl::Status Comparisons::SendNext(sql::Session& session, ComparisonRow* row) const {
  std::string subjects;
  while (subjects.empty() && row->state == v1::COMPARISON_STATE_RUNNING) {
    CHUANYU_ASSIGN_OR_RETURN(subjects, ChunkAfter(session, *row));
    if (!subjects.empty()) break;
    row->last.clear();
    if (row->benefit == v1::BENEFIT_LIFE)
      row->benefit = v1::BENEFIT_CARE;
    else
      row->state = v1::COMPARISON_STATE_DONE;
  }
  CHUANYU_RETURN_IF_ERROR(desk_.ledger().SaveComparison(session, *row));
  if (subjects.empty()) return absl::OkStatus();
  v1::CompareLedgerRequest chunk;
  chunk.mutable_month()->set_value(FormatMonth(row->month));
  chunk.set_benefit(row->benefit);
  chunk.set_key_id(desk_.config().claim_key_id);
  chunk.set_subjects(std::move(subjects));
  return desk_.Send(session, row->region, kCompareLedger, "ledger-" + FormatMonth(row->month), chunk,
                    kComparePurpose);
}

absl::Status Comparisons::AddMatch(sql::Session& session, const PaidMonth& line, size_t at,
                                   v1::CompareLedgerResponse* response) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto from, desk_.ledger().FirstPaid(session, line.subject, line.benefit));
  v1::CompareMatch& match = *response->add_matches();
  match.set_at(static_cast<int32_t>(at));
  match.mutable_from_month()->set_value(FormatMonth(from.value_or(line.month)));
  return absl::OkStatus();
}

absl::StatusOr<v1::CompareLedgerResponse> Comparisons::Compare(
    const v1::CompareLedgerRequest& request) const {
  if (request.key_id() != desk_.config().claim_key_id) {
    return MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month().value(), "month"));
  if (request.benefit() != v1::BENEFIT_LIFE && request.benefit() != v1::BENEFIT_CARE) {
    return MakeError(Reason::BAD_REQUEST, {.field = "benefit"});
  }
  const std::string& subjects = request.subjects();
  CHUANYU_RETURN_IF_ERROR(CheckSubjects(subjects));
  const size_t count = subjects.size() / kIndexBytes;
  const std::string last = SubjectAt(subjects, count - 1);
  v1::CompareLedgerResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    response.Clear();
    // Both are in one order: own lines are walked a page at a time beside the asked ones. Pages
    // begin after a subject, so the first asked line is looked up by itself.
    CHUANYU_ASSIGN_OR_RETURN(const auto first,
                             desk_.ledger().Find(session, month, request.benefit(), SubjectAt(subjects, 0)));
    if (first) CHUANYU_RETURN_IF_ERROR(AddMatch(session, *first, 0, &response));
    std::string after = SubjectAt(subjects, 0);
    for (size_t at = 1; at < count;) {
      CHUANYU_ASSIGN_OR_RETURN(
          const std::vector<PaidMonth> own,
          desk_.ledger().Page(session, month, request.benefit(), after, last, kWalkedLines));
      if (own.empty()) return absl::OkStatus();
      for (const PaidMonth& line : own) {
        while (at < count && SubjectAt(subjects, at) < line.subject) ++at;
        if (at == count) return absl::OkStatus();
        if (SubjectAt(subjects, at) != line.subject) continue;
        CHUANYU_RETURN_IF_ERROR(AddMatch(session, line, at, &response));
      }
      after = own.back().subject;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status Comparisons::TakeAnswer(sql::Session& session, const OutboxMessage& message,
                                     const std::string& payload) const {
  v1::CompareLedgerRequest request;
  v1::CompareLedgerResponse response;
  if (!request.ParseFromString(message.payload) || !response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month().value(), "month"));
  CHUANYU_ASSIGN_OR_RETURN(auto row, desk_.ledger().FindComparison(session, month, message.to_region));
  if (!row) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(NoteMatches(session, request, response, &*row));
  const size_t count = request.subjects().size() / kIndexBytes;
  row->lines += static_cast<int64_t>(count);
  row->last = SubjectAt(request.subjects(), count - 1);
  lines_.Add(static_cast<double>(count));
  return SendNext(session, &*row);
}

absl::Status Comparisons::NoteMatches(sql::Session& session, const v1::CompareLedgerRequest& request,
                                      const v1::CompareLedgerResponse& response, ComparisonRow* row) const {
  const size_t count = request.subjects().size() / kIndexBytes;
  int before = -1;
  for (const v1::CompareMatch& match : response.matches()) {
    if (match.at() <= before || static_cast<size_t>(match.at()) >= count) {
      return MakeError(Reason::BAD_REQUEST, {.field = "matches.at"});
    }
    before = match.at();
    const std::string subject = SubjectAt(request.subjects(), match.at());
    CHUANYU_ASSIGN_OR_RETURN(const Month theirs, ParseMonth(match.from_month().value(), "from_month"));
    CHUANYU_ASSIGN_OR_RETURN(const auto own_from,
                             desk_.ledger().FirstPaid(session, subject, request.benefit()));
    CHUANYU_ASSIGN_OR_RETURN(const auto line,
                             desk_.ledger().Find(session, row->month, request.benefit(), subject));
    if (!own_from || !line) continue;
    const OverlapRow overlap{.month = row->month,
                             .region = row->region,
                             .benefit = request.benefit(),
                             .subject = subject,
                             .grant_no = line->grant_no,
                             .duty = DutyOf(*own_from, theirs),
                             .fen = line->fen};
    CHUANYU_RETURN_IF_ERROR(desk_.ledger().AddOverlap(session, overlap));
    if (overlap.duty != v1::OVERLAP_DUTY_KEEP) {
      CHUANYU_RETURN_IF_ERROR(recoveries_.Mark(session, line->grant_no, /*left=*/true));
    }
    ++row->overlaps;
    if (overlap.duty == v1::OVERLAP_DUTY_RECOVER) row->recover_fen += overlap.fen;
    overlaps_.Add();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetComparisonResponse> Comparisons::Get(const Caller& caller,
                                                           const v1::GetComparisonRequest& request) const {
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, "COUNTY")) return MakeError(Reason::ROLE_DENIED);
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month().value(), "month"));
  v1::GetComparisonResponse out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    out.Clear();
    for (const std::string& region : desk_.config().peer_regions) {
      CHUANYU_ASSIGN_OR_RETURN(const auto row, desk_.ledger().FindComparison(session, month, region));
      if (!row) continue;
      v1::Comparison& comparison = *out.add_comparisons();
      *comparison.mutable_month() = request.month();
      comparison.mutable_region()->set_code(region);
      comparison.set_state(row->state);
      comparison.set_lines(row->lines);
      comparison.set_overlaps(row->overlaps);
      comparison.mutable_recover()->set_amount(row->recover_fen);
    }
    CHUANYU_ASSIGN_OR_RETURN(const auto overlaps,
                             desk_.ledger().Overlaps(session, month, caller.org, kShownOverlaps));
    for (const OverlapRow& row : overlaps) {
      v1::Overlap& overlap = *out.add_overlaps();
      overlap.set_grant_no(row.grant_no);
      overlap.set_benefit(row.benefit);
      *overlap.mutable_month() = request.month();
      overlap.mutable_region()->set_code(row.region);
      overlap.set_duty(row.duty);
      overlap.mutable_fen()->set_amount(row.fen);
    }
    return absl::OkStatus();
  }));
  return out;
}

}  // namespace chuanyu::disability
