#include "services/disability/ledger_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

absl::StatusOr<PaidMonth> ReadLine(const sql::Row& row) {
  PaidMonth out{.subject = sql::TextOf(row[0]),
                .benefit = static_cast<v1::Benefit>(sql::IntOf(row[1])),
                .grant_no = sql::TextOf(row[3]),
                .fen = sql::IntOf(row[4])};
  CHUANYU_ASSIGN_OR_RETURN(out.month, ParseMonth(sql::TextOf(row[2])));
  return out;
}

absl::StatusOr<std::vector<PaidMonth>> ReadLines(const sql::Result& found) {
  std::vector<PaidMonth> out;
  out.reserve(found.rows.size());
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(out.emplace_back(), ReadLine(row));
  }
  return out;
}

constexpr char kLine[] = "SELECT subject, benefit, month, grant_no, fen FROM dis_ledger WHERE ";

}  // namespace

absl::Status LedgerStore::Post(sql::Session& session, const PaidMonth& line) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO dis_ledger (month, benefit, subject, grant_no, fen) VALUES (:month, "
                      ":benefit, :subject, :no, :fen) ON CONFLICT DO NOTHING",
                      {{"month", FormatMonth(line.month)},
                       {"benefit", int64_t{line.benefit}},
                       {"subject", line.subject},
                       {"no", line.grant_no},
                       {"fen", line.fen}}));
  return inserted == 1 ? absl::OkStatus() : MakeError(Reason::DUP_BENEFIT, {.field = "month"});
}

absl::StatusOr<std::vector<PaidMonth>> LedgerStore::OfGrant(sql::Session& session,
                                                            const std::string& grant_no) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kLine, "grant_no = :no ORDER BY month"), {{"no", grant_no}}));
  return ReadLines(found);
}

absl::StatusOr<std::optional<Month>> LedgerStore::FirstPaid(sql::Session& session, const std::string& subject,
                                                            v1::Benefit benefit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT month FROM dis_ledger WHERE subject = :subject AND benefit = :benefit ORDER BY "
                    "month LIMIT 1",
                    {{"subject", subject}, {"benefit", int64_t{benefit}}}));
  if (found.rows.empty()) return std::optional<Month>();
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(sql::TextOf(found.rows[0][0])));
  return std::optional<Month>(month);
}

absl::StatusOr<std::optional<PaidMonth>> LedgerStore::Find(sql::Session& session, Month month,
                                                           v1::Benefit benefit,
                                                           const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kLine, "month = :month AND benefit = :benefit AND subject = :subject"),
                    {{"month", FormatMonth(month)}, {"benefit", int64_t{benefit}}, {"subject", subject}}));
  if (found.rows.empty()) return std::optional<PaidMonth>();
  CHUANYU_ASSIGN_OR_RETURN(PaidMonth line, ReadLine(found.rows[0]));
  return std::optional<PaidMonth>(std::move(line));
}

absl::StatusOr<std::vector<PaidMonth>> LedgerStore::Page(sql::Session& session, Month month,
                                                         v1::Benefit benefit, const std::string& after,
                                                         const std::string& last, int limit) const {
  sql::Binds binds = {{"month", FormatMonth(month)}, {"benefit", int64_t{benefit}}, {"after", after}};
  if (!last.empty()) binds["last"] = last;
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat(kLine, "month = :month AND benefit = :benefit AND subject > :after",
                       last.empty() ? "" : " AND subject <= :last", " ORDER BY subject LIMIT ", limit),
          binds));
  return ReadLines(found);
}

absl::StatusOr<std::vector<OverlapRow>> LedgerStore::OverlapsOf(sql::Session& session,
                                                                const std::string& grant_no) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT month, region, benefit, subject, duty, fen FROM dis_overlap WHERE grant_no = :no "
                    "ORDER BY month, region",
                    {{"no", grant_no}}));
  std::vector<OverlapRow> out;
  for (const sql::Row& row : found.rows) {
    OverlapRow& overlap = out.emplace_back();
    CHUANYU_ASSIGN_OR_RETURN(overlap.month, ParseMonth(sql::TextOf(row[0])));
    overlap.region = sql::TextOf(row[1]);
    overlap.benefit = static_cast<v1::Benefit>(sql::IntOf(row[2]));
    overlap.subject = sql::TextOf(row[3]);
    overlap.grant_no = grant_no;
    overlap.duty = static_cast<v1::OverlapDuty>(sql::IntOf(row[4]));
    overlap.fen = sql::IntOf(row[5]);
  }
  return out;
}

absl::Status LedgerStore::Forget(sql::Session& session, const std::string& grant_no) const {
  for (const char* statement :
       {"DELETE FROM dis_recovery WHERE grant_no = :no", "DELETE FROM dis_overlap WHERE grant_no = :no",
        "DELETE FROM dis_ledger WHERE grant_no = :no"}) {
    CHUANYU_RETURN_IF_ERROR(session.Execute(statement, {{"no", grant_no}}).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerStore::BeginComparison(sql::Session& session, Month month,
                                                  const std::string& region) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t inserted,
      session.Execute("INSERT INTO dis_comparison (month, region, state, benefit, last, lines, matched, "
                      "recover_fen) VALUES "
                      "(:month, :region, :state, :benefit, '', 0, 0, 0) ON CONFLICT DO NOTHING",
                      {{"month", FormatMonth(month)},
                       {"region", region},
                       {"state", int64_t{v1::COMPARISON_STATE_RUNNING}},
                       {"benefit", int64_t{v1::BENEFIT_LIFE}}}));
  return inserted == 1;
}

absl::StatusOr<std::optional<ComparisonRow>> LedgerStore::FindComparison(sql::Session& session, Month month,
                                                                         const std::string& region) const {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query("SELECT state, benefit, last, lines, matched, recover_fen FROM "
                                         "dis_comparison WHERE month = :month AND region "
                                         "= :region",
                                         {{"month", FormatMonth(month)}, {"region", region}}));
  if (found.rows.empty()) return std::optional<ComparisonRow>();
  const sql::Row& row = found.rows[0];
  return std::optional<ComparisonRow>({.month = month,
                                       .region = region,
                                       .state = static_cast<v1::ComparisonState>(sql::IntOf(row[0])),
                                       .benefit = static_cast<v1::Benefit>(sql::IntOf(row[1])),
                                       .last = sql::TextOf(row[2]),
                                       .lines = sql::IntOf(row[3]),
                                       .overlaps = sql::IntOf(row[4]),
                                       .recover_fen = sql::IntOf(row[5])});
}

absl::Status LedgerStore::SaveComparison(sql::Session& session, const ComparisonRow& row) const {
  return session
      .Execute(
          "UPDATE dis_comparison SET state = :state, benefit = :benefit, last = :last, lines = :lines, "
          "matched = :matched, recover_fen = :recover WHERE month = :month AND region = :region",
          {{"month", FormatMonth(row.month)},
           {"region", row.region},
           {"state", int64_t{row.state}},
           {"benefit", int64_t{row.benefit}},
           {"last", row.last},
           {"lines", row.lines},
           {"matched", row.overlaps},
           {"recover", row.recover_fen}})
      .status();
}

absl::Status LedgerStore::AddOverlap(sql::Session& session, const OverlapRow& row) const {
  return session
      .Execute(
          "INSERT INTO dis_overlap (month, region, benefit, subject, grant_no, duty, fen) VALUES "
          "(:month, :region, :benefit, :subject, :no, :duty, :fen)",
          {{"month", FormatMonth(row.month)},
           {"region", row.region},
           {"benefit", int64_t{row.benefit}},
           {"subject", row.subject},
           {"no", row.grant_no},
           {"duty", int64_t{row.duty}},
           {"fen", row.fen}})
      .status();
}

absl::StatusOr<std::vector<OverlapRow>> LedgerStore::Overlaps(sql::Session& session, Month month,
                                                              const std::string& org, int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT o.region, o.benefit, o.subject, o.grant_no, o.duty, o.fen FROM "
                                 "dis_overlap o JOIN dis_grant g ON g.grant_no = o.grant_no WHERE o.month = "
                                 ":month AND g.org = :org ORDER BY o.grant_no LIMIT ",
                                 limit),
                    {{"month", FormatMonth(month)}, {"org", org}}));
  std::vector<OverlapRow> out;
  for (const sql::Row& row : found.rows) {
    out.push_back({.month = month,
                   .region = sql::TextOf(row[0]),
                   .benefit = static_cast<v1::Benefit>(sql::IntOf(row[1])),
                   .subject = sql::TextOf(row[2]),
                   .grant_no = sql::TextOf(row[3]),
                   .duty = static_cast<v1::OverlapDuty>(sql::IntOf(row[4])),
                   .fen = sql::IntOf(row[5])});
  }
  return out;
}

}  // namespace chuanyu::disability
