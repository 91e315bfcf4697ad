// Bodies of case_work.h, which includes this; nobody else does: what may not be kept any longer.
#pragma once

namespace chuanyu {

template <typename T>
absl::Status CaseWork<T>::Close(sql::Session& session, const Stored& stored) const {
  return desk_.closed().Add(session, stored.application.application_no(), desk_.Today());
}

template <typename T>
absl::StatusOr<std::optional<Date>> CaseWork<T>::ClosedOn(sql::Session& session, const Stored& stored) const {
  const cases::v1::CaseStep& current = cases::Current(stored.application.steps());
  const cases::Step* const step = desk_.flow().FindStep(current.step());
  // What was pushed here ends here with the decision; its window tells it.
  const bool decided = step != nullptr && step->kind == cases::StepKind::kDecision &&
                       stored.window_region != desk_.own_region();
  if (!decided && !IsOver(stored.application)) return std::optional<Date>();
  CHUANYU_ASSIGN_OR_RETURN(const Date over, ParseDate(current.begun().value()));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> needed, NeededUntil(session, stored));
  return needed ? std::optional<Date>(std::max(over, *needed)) : std::nullopt;
}

template <typename T>
absl::StatusOr<bool> CaseWork<T>::EraseIfDue(sql::Session& session, const std::string& number, Date last) {
  CHUANYU_ASSIGN_OR_RETURN(Stored stored, store_.Load(session, number));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> closed, ClosedOn(session, stored));
  if (closed && *closed > last) {
    CHUANYU_RETURN_IF_ERROR(desk_.closed().Add(session, number, *closed));
    return false;
  }
  const bool due = closed && !stored.application.erased();
  if (due) {
    CHUANYU_RETURN_IF_ERROR(Erase(session, &stored));
    stored.application.set_erased(true);
    CHUANYU_RETURN_IF_ERROR(store_.Save(session, &stored));
    CHUANYU_RETURN_IF_ERROR(store_.ForgetSubject(session, number));
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> accounts, AccountsKeptAfter());
    if (accounts) CHUANYU_RETURN_IF_ERROR(desk_.accounts().Add(session, number, *closed));
  }
  // One that is open, or still needed, comes back when it ends.
  CHUANYU_RETURN_IF_ERROR(desk_.closed().Remove(session, number));
  return due;
}

template <typename T>
absl::StatusOr<int> CaseWork<T>::EraseOnce() {
  const CaseRetention& options = desk_.config().retention;
  const Date last = desk_.Today() - options.content_days;
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers, desk_.closed().Until(session, last, options.max_rows));
    return absl::OkStatus();
  }));
  int erased = 0;
  // Each in a transaction of its own: an officer does not wait for all of them.
  for (const std::string& number : numbers) {
    bool done = false;
    CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, Topics*) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(done, EraseIfDue(session, number, last));
      return absl::OkStatus();
    }));
    erased += done ? 1 : 0;
  }
  const absl::Time opened_before =
      desk_.clock().Now() - absl::Hours(24) * std::max(options.content_days, kRepeatsEndDays);
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, Topics*) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(deaths_.ForgetErased(session, last, options.max_rows));
    CHUANYU_RETURN_IF_ERROR(ForgetMore(session, last, options.max_rows));
    return desk_.claims().Forget(session, absl::ToUnixMillis(opened_before), options.max_rows).status();
  }));
  CHUANYU_RETURN_IF_ERROR(ForgetAccountsOnce());
  return erased;
}

template <typename T>
absl::Status CaseWork<T>::ForgetAccountsOnce() {
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> last, AccountsKeptAfter());
  if (!last) return absl::OkStatus();
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers,
                             desk_.accounts().Until(session, *last, desk_.config().retention.max_rows));
    return absl::OkStatus();
  }));
  for (const std::string& number : numbers) {
    CHUANYU_RETURN_IF_ERROR(desk_.Transact(
        [&](sql::Session& session, Topics*) { return ForgetAccountsIfDue(session, number, *last); }));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CaseWork<T>::ForgetAccountsIfDue(sql::Session& session, const std::string& number, Date last) {
  CHUANYU_ASSIGN_OR_RETURN(const Stored stored, store_.Load(session, number));
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> closed, ClosedOn(session, stored));
  // One whose persons are still kept comes when they are erased.
  if (!closed || !stored.application.erased()) return desk_.accounts().Remove(session, number);
  if (*closed > last) return desk_.accounts().Add(session, number, *closed);
  CHUANYU_ASSIGN_OR_RETURN(const bool gone, ForgetAccounts(session, number));
  return gone ? desk_.accounts().Remove(session, number)
              : desk_.accounts().Add(session, number, last + kAccountsAgainDays);
}

}  // namespace chuanyu
