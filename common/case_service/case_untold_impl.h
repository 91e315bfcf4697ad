// Bodies of case_work.h, which includes this; nobody else does: what a window never tells. An application
// that is decided keeps another one out, and a move of the 户籍, until its applicant was told; what nobody
// tells comes to its end by itself, so long after the limit as the flow says.
#pragma once

namespace chuanyu {

inline constexpr char kEndUntold[] = "end_untold";

template <typename T>
absl::Status CaseWork<T>::AwaitTelling(sql::Session& session, const Stored& stored) const {
  const cases::v1::CaseStep& current = cases::Current(stored.application.steps());
  if (stored.window_region != desk_.own_region() ||
      desk_.flow().FindAct(current.step(), kEndUntold) == nullptr) {
    return absl::OkStatus();
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date begun, ParseDate(current.begun().value()));
  return desk_.untold().Add(session, stored.application.application_no(), begun);
}

template <typename T>
absl::Status CaseWork<T>::EndIfUntold(sql::Session& session, const std::string& number, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(Stored stored, store_.Load(session, number));
  const cases::v1::CaseStep& current = cases::Current(stored.application.steps());
  const cases::Act* const act = desk_.flow().FindAct(current.step(), kEndUntold);
  if (stored.window_region != desk_.own_region() || act == nullptr) {
    return desk_.untold().Remove(session, number);  // somebody has told it
  }
  const std::string& since = current.has_due() ? current.due().value() : current.begun().value();
  CHUANYU_ASSIGN_OR_RETURN(Date last, ParseDate(since));
  if (act->working_days_after_limit > 0) {
    const Limit more{.days = act->working_days_after_limit, .unit = Limit::Unit::kWorkingDays};
    CHUANYU_ASSIGN_OR_RETURN(last, DeadlineDay(last, more, {}, desk_.calendar()));
  }
  if (desk_.Today() <= last) return desk_.untold().Add(session, number, last);
  CHUANYU_RETURN_IF_ERROR(ActAsSystem(session, kEndUntold, &stored, topics));
  return desk_.untold().Remove(session, number);
}

template <typename T>
absl::Status CaseWork<T>::EndUntold(int limit) {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers, desk_.untold().Until(session, desk_.Today() - 1, limit));
    return absl::OkStatus();
  }));
  for (const std::string& number : numbers) {
    CHUANYU_RETURN_IF_ERROR(desk_.Transact(
        [&](sql::Session& session, Topics* topics) { return EndIfUntold(session, number, topics); }));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu
