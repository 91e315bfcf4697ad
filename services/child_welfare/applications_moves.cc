// Of applications.h: the 户籍 of a child moves, and its status with it (domain page §5.4).
#include <utility>

#include "common/base/status_macros.h"
#include "services/child_welfare/applications.h"

namespace chuanyu::child_welfare {

absl::Status Applications::MoveTo(sql::Session& session, const std::string& hukou_code, Date on,
                                  v1::Determination* determination, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const Month from,
                           child_welfare::Move(on, desk_.Today(), hukou_code, determination));
  CHUANYU_ASSIGN_OR_RETURN(const std::string number,
                           FileMove(session, *determination, hukou_code, from, topics));
  determination->set_move_application_no(number);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Applications::FileMove(sql::Session& session, const v1::Determination& moved,
                                                   const std::string& hukou_code, Month from,
                                                   Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const StoredApplication decided,
                           desk_.store().Load(session, moved.application_no()));
  StoredApplication stored{.org = moved.org(), .window_region = desk_.own_region()};
  v1::Application& out = stored.application;
  *out.mutable_child() = decided.application.child();
  *out.mutable_parents() = decided.application.parents();
  *out.mutable_guardian() = decided.application.guardian();
  *out.mutable_accept_division() = out.child().hukou_code();  // the county that files it
  out.mutable_child()->mutable_hukou_code()->set_code(hukou_code);
  v1::Transfer& transfer = *out.mutable_transfer();
  transfer.set_determination_no(moved.determination_no());
  transfer.set_category(moved.category());
  transfer.mutable_from_month()->set_value(FormatMonth(from));
  *transfer.mutable_moved_on() = moved.ended_on();
  *transfer.mutable_confirmed_on() = moved.confirmed_on();
  CHUANYU_ASSIGN_OR_RETURN(const auto regions, desk_.store().Subscribers(session, decided.subject));
  CHUANYU_ASSIGN_OR_RETURN(const auto watching, desk_.store().Watchers(session, decided.subject));
  for (const std::string& region : regions) transfer.add_subscriber_regions(region);
  if (!watching.empty()) transfer.add_subscriber_regions(desk_.own_region());
  transfer.set_suspended(moved.has_suspended_on());
  CHUANYU_RETURN_IF_ERROR(FileTransfer(session, &stored, topics));
  return out.application_no();
}

absl::Status Applications::MoveAnswered(sql::Session& session, const v1::Application& moved, MoveEnd end,
                                        Topics* topics) {
  const v1::Transfer& transfer = moved.transfer();
  CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored,
                           desk_.store().LoadDetermination(session, transfer.determination_no()));
  CHUANYU_ASSIGN_OR_RETURN(const Month from, ParseMonth(transfer.from_month().value()));
  // Taken there: it counts on without a break, and the new side tells of it.
  const auto tell =
      end == MoveEnd::kTaken ? Determinations::Tell::kNobody : Determinations::Tell::kWhenItCounts;
  return determinations_.Change(
      session, &stored,
      [&](v1::Determination* determination) {
        if (end == MoveEnd::kBack) {
          UndoMove(from, determination);
        } else {
          EndMove(determination);
        }
        return absl::OkStatus();
      },
      topics, tell);
}

absl::StatusOr<std::vector<std::string>> Applications::InForceBy(sql::Session& session,
                                                                 const std::string& subject) {
  std::vector<std::string> out;
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  if (newest && (newest->determination.state() == v1::DETERMINATION_STATE_ACTIVE ||
                 newest->determination.state() == v1::DETERMINATION_STATE_SUSPENDED)) {
    out.push_back(newest->determination.application_no());
  }
  return out;
}

absl::StatusOr<bool> Applications::MoveAway(sql::Session& session, const std::string& subject,
                                            const std::string& hukou_code, Date on, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.store().Newest(session, subject));
  if (!stored) return true;
  CHUANYU_RETURN_IF_ERROR(determinations_.Change(
      session, &*stored,
      [&](v1::Determination* determination) {
        determination->clear_officer_id();
        return MoveTo(session, hukou_code, on, determination, topics);
      },
      topics));
  return true;
}

absl::Status Applications::EndMovedAway(sql::Session& session, const std::string& subject, Date on,
                                        Topics* topics) {
  return determinations_.EndOf(session, subject, v1::END_REASON_HUKOU_MOVED, on, topics);
}

}  // namespace chuanyu::child_welfare
