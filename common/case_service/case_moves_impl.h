// Bodies of case_moves.h, which includes this; nobody else does: moves of the 户籍 that were reported.
#pragma once

namespace chuanyu {

// Where it is examined: somebody still has to decide.
template <typename T>
bool MovingCases<T>::IsUndecided(const Application& application) const {
  const cases::Step* const step = this->desk_.flow().FindStep(cases::Current(application.steps()).step());
  return step != nullptr && step->kind != cases::StepKind::kDecision && step->kind != cases::StepKind::kEnd;
}

// So that nobody decides on what was seen before (STALE_VERSION).
template <typename T>
absl::Status MovingCases<T>::Mark(sql::Session& session, const cases::v1::ReportedMove& move, Stored* stored,
                                  Topics* topics) {
  cases::v1::ReportedMove& known = *stored->application.mutable_reported_move();
  if (known.SerializeAsString() == move.SerializeAsString()) return absl::OkStatus();
  known = move;
  return this->Store(session, stored, topics);
}

inline cases::v1::ReportedMove ReportedMoveOf(const HukouMove& move) {
  cases::v1::ReportedMove out;
  if (!move.from.empty()) out.mutable_from()->set_code(move.from);
  out.mutable_to()->set_code(move.to);
  out.mutable_moved_on()->set_value(FormatDate(move.day));
  if (!move.region.empty()) out.mutable_region()->set_code(move.region);
  out.set_disputed(move.disputed);
  return out;
}

template <typename T>
absl::Status MovingCases<T>::TakeMove(sql::Session& session, const std::string& subject,
                                      const HukouMove& move, Topics* topics) {
  const bool from_here = RegionOf(move.from) == this->desk_.own_region();
  const bool to_here = RegionOf(move.to) == this->desk_.own_region();
  if (move.disputed || (from_here && !to_here)) {
    CHUANYU_RETURN_IF_ERROR(moves_.Add(session, {.subject = subject, .move = move}));
    return Recall(session, subject, topics);
  }
  // What carries something over says itself where from; it may come before the report, or after. Within the
  // region, or not of this one, nothing moves; what was known of that day before was wrong.
  CHUANYU_RETURN_IF_ERROR(to_here && !from_here ? moves_.CameHere(session, subject, move.day, move.to)
                                                : moves_.Forget(session, subject, move.day));
  CHUANYU_RETURN_IF_ERROR(Recall(session, subject, topics));
  return MarkWithdrawn(session, subject, move, /*stands=*/true, topics);
}

template <typename T>
absl::Status MovingCases<T>::Recall(sql::Session& session, const std::string& subject, Topics* topics,
                                    const std::string& but) {
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<HukouMove> last, moves_.NotFollowed(session, subject));
  if (!last || last->to == but) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> in_force, InForceBy(session, subject));
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Stored> filed, this->store_.OfSubject(session, subject));
  const auto concerned = [&](const Stored& stored) {
    const Application& application = stored.application;
    return this->DecidesHere(application) &&
           (IsUndecided(application) ||
            std::find(in_force.begin(), in_force.end(), application.application_no()) != in_force.end());
  };
  if (std::none_of(filed.begin(), filed.end(), concerned)) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(moves_.Begin(session, subject));
  for (Stored& stored : filed) {
    if (concerned(stored)) CHUANYU_RETURN_IF_ERROR(Mark(session, ReportedMoveOf(*last), &stored, topics));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status MovingCases<T>::RecallFor(sql::Session& session, Stored* stored) {
  Application& application = stored->application;
  CHUANYU_ASSIGN_OR_RETURN(std::optional<HukouMove> last, moves_.NotFollowed(session, stored->subject));
  if (application.has_transfer() && !(last && last->disputed)) {
    // Says itself that the 户籍 has come here: what left before has come back.
    CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(application.transfer().moved_on().value()));
    CHUANYU_RETURN_IF_ERROR(moves_.CameHere(session, stored->subject, on, this->HukouOf(application)));
    CHUANYU_ASSIGN_OR_RETURN(last, moves_.NotFollowed(session, stored->subject));
  }
  if (!last) return absl::OkStatus();
  *application.mutable_reported_move() = ReportedMoveOf(*last);
  return moves_.Begin(session, stored->subject);
}

template <typename T>
absl::Status MovingCases<T>::TakeBackMove(sql::Session& session, const std::string& subject,
                                          const HukouMove& move, Topics* topics) {
  CHUANYU_RETURN_IF_ERROR(moves_.Forget(session, subject, move.day));
  CHUANYU_RETURN_IF_ERROR(Recall(session, subject, topics));
  return MarkWithdrawn(session, subject, move, /*stands=*/false, topics);
}

template <typename T>
absl::Status MovingCases<T>::MarkWithdrawn(sql::Session& session, const std::string& subject,
                                           const HukouMove& move, bool stands, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Stored> filed, this->store_.OfSubject(session, subject));
  const std::string day = FormatDate(move.day);
  for (Stored& stored : filed) {
    const Application& application = stored.application;
    if (!this->DecidesHere(application)) continue;
    const bool told = application.reported_move().moved_on().value() == day;
    const bool carried = IsUndecided(application) && application.transfer().moved_on().value() == day;
    if (!told && (stands || !carried)) continue;
    // By the move that stands it was carried here.
    const bool right = stands && carried;
    cases::v1::ReportedMove mark = told && !right ? application.reported_move() : ReportedMoveOf(move);
    mark.set_withdrawn(!right);
    mark.set_disputed(false);
    CHUANYU_RETURN_IF_ERROR(Mark(session, mark, &stored, topics));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status MovingCases<T>::FollowMoves(int limit) {
  std::vector<Waiting> waiting;
  CHUANYU_RETURN_IF_ERROR(this->desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(waiting, moves_.ToFollow(session, limit));
    return absl::OkStatus();
  }));
  absl::Status failed;
  for (const Waiting& move : waiting) failed.Update(Follow(move));
  return failed;
}

template <typename T>
absl::Status MovingCases<T>::Follow(const Waiting& move) {
  // Most wait for an officer of another application: no lock is taken for them.
  bool held = true;
  CHUANYU_RETURN_IF_ERROR(this->desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(held, this->desk_.claims().HasOpen(session, uniqueness::Subject{move.subject}));
    return absl::OkStatus();
  }));
  if (held && this->desk_.config().peer_regions.contains(RegionOf(move.move.to))) return absl::OkStatus();
  const absl::Status followed =
      this->desk_.Transact([&](sql::Session& session, Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(const bool waits, moves_.IsToBeFollowed(session, move));
        if (!waits) return absl::OkStatus();
        CHUANYU_ASSIGN_OR_RETURN(const Outcome outcome, TryToFollow(session, move, topics));
        if (outcome == Outcome::kWaits) return absl::OkStatus();
        return outcome == Outcome::kFollowed ? moves_.Followed(session, move.subject)
                                             : moves_.Keep(session, move.subject);
      });
  const auto reason = ReasonOf(followed);
  const bool passes = !reason || *reason == Reason::STORE_UNAVAILABLE || *reason == Reason::STALE_VERSION ||
                      *reason == Reason::DUP_ACTIVE_APPLICATION;
  if (followed.ok() || passes) return followed;
  LogEvent(Severity::kWarning, "hukou_move_left_to_officer",
           {{"item", this->desk_.item().name}, {"reason", std::string(ReasonName(*reason))}});
  return this->desk_.Transact(
      [&](sql::Session& session, Topics*) { return moves_.LeaveToOfficer(session, move); });
}

template <typename T>
absl::StatusOr<typename MovingCases<T>::Outcome> MovingCases<T>::TryToFollow(sql::Session& session,
                                                                             const Waiting& waiting,
                                                                             Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> in_force, InForceBy(session, waiting.subject));
  const uniqueness::Subject subject{waiting.subject};
  CHUANYU_ASSIGN_OR_RETURN(const bool held, this->desk_.claims().HasOpen(session, subject));
  // What is open may still lead to something.
  if (in_force.empty()) return held ? Outcome::kWaits : Outcome::kNothingHere;
  // The clock of who told it may be ahead.
  const Date on = std::min(waiting.move.day, this->desk_.Today());
  const std::string& to = waiting.move.to;
  if (this->desk_.config().peer_regions.contains(RegionOf(to))) {
    if (held) return Outcome::kWaits;
    CHUANYU_ASSIGN_OR_RETURN(const bool all, MoveAway(session, waiting.subject, to, on, topics));
    return all ? Outcome::kFollowed : Outcome::kWaits;
  }
  CHUANYU_RETURN_IF_ERROR(EndMovedAway(session, waiting.subject, on, topics));
  return held ? Outcome::kWaits : Outcome::kFollowed;
}

}  // namespace chuanyu
