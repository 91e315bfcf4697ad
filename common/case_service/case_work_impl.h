// Bodies of case_work.h, which includes this; nobody else does: what own offices do.
#pragma once

namespace chuanyu {

template <typename T>
typename T::State CaseWork<T>::StateOf(const Application& application) {
  State state{};
  T::ParseState("APPLICATION_STATE_" + cases::Current(application.steps()).step(), &state);
  return state;
}

template <typename T>
bool CaseWork<T>::OutputsEmpty(const Application& in) {
  return in.application_no().empty() && in.state() == 0 && in.version() == 0 && !in.has_create_time() &&
         in.steps().empty() && in.light() == cases::v1::DEADLINE_LIGHT_UNSPECIFIED &&
         in.peer_check() == cases::v1::PEER_CHECK_UNSPECIFIED && !in.has_duplicate_of() &&
         !in.has_deciding_region() && !in.has_result() && !in.erased();
}

template <typename T>
absl::Status CaseWork<T>::Refresh(Application* application) const {
  application->set_state(StateOf(*application));
  CHUANYU_ASSIGN_OR_RETURN(
      const cases::v1::DeadlineLight light,
      cases::LightOf(desk_.flow(), desk_.calendar(), application->steps(), desk_.Today()));
  application->set_light(light);
  Derive(application);
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<typename T::Application> CaseWork<T>::Create(const Caller& caller,
                                                            const typename T::CreateRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, "WINDOW")) return MakeError(Reason::ROLE_DENIED);
  const Application& in = request.application();
  if (!OutputsEmpty(in) || !OwnOutputsEmpty(in)) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "application", .detail = "holds fields that are the service's"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string county,
                           desk_.WindowCounty(in.accept_division(), "accept_division"));
  // A repeat gets its answer also when the rules of today refuse what was taken in then.
  const absl::StatusOr<CaseFacts> facts = FactsOf(in);
  const absl::Status filing = facts.ok() ? CheckFiling(in, *facts) : facts.status();
  Stored stored{.application = in, .org = caller.org, .window_region = desk_.own_region()};
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) {
      CHUANYU_ASSIGN_OR_RETURN(stored, store_.Load(session, *known));
      return absl::OkStatus();
    }
    CHUANYU_RETURN_IF_ERROR(filing);
    CHUANYU_RETURN_IF_ERROR(CreateNew(session, *facts, county, &stored));
    return desk_.rows().RememberAct(session, key, stored.application.application_no());
  }));
  return Basic(stored.application);
}

template <typename T>
absl::Status CaseWork<T>::CreateNew(sql::Session& session, const CaseFacts& facts, const std::string& county,
                                    Stored* stored) {
  const absl::Time now = desk_.clock().Now();
  stored->subject = facts.subject;
  stored->claim_id = ids_.Next(absl::ToUnixMillis(now));
  CHUANYU_RETURN_IF_ERROR(CheckNew(session, *stored));
  CHUANYU_ASSIGN_OR_RETURN(const auto holder,
                           desk_.claims().OpenClaim(session, uniqueness::Subject{stored->subject},
                                                    stored->claim_id, absl::ToUnixMillis(now)));
  if (holder) return DuplicateOf(*holder, "application");
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.rows().NextSequence(session));
  Application& application = stored->application;
  application.set_application_no(desk_.NumberOf(letter_, county, sequence));
  application.set_version(1);
  *application.mutable_create_time() = TimestampOf(now);
  application.mutable_deciding_region()->set_code(facts.hukou_region);
  application.set_peer_check(desk_.config().peer_regions.empty() ? cases::v1::PEER_CHECK_CONFIRMED
                                                                 : cases::v1::PEER_CHECK_PENDING);
  CHUANYU_RETURN_IF_ERROR(
      cases::Begin(desk_.flow(), desk_.calendar(), "RECEIVED", desk_.Today(), application.mutable_steps()));
  CHUANYU_RETURN_IF_ERROR(Refresh(&application));
  return store_.Insert(session, *stored, sequence);
}

template <typename T>
bool CaseWork<T>::ActsFor(const std::string& org, const std::string& hukou_code) const {
  const Office* const office = FindOffice(desk_.config().offices, org);
  if (office == nullptr) return false;
  return std::any_of(office->counties.begin(), office->counties.end(), [&](const std::string& county) {
    const auto inside = IsInCounty(hukou_code, county, desk_.Today(), desk_.divisions());
    return inside.ok() && *inside;
  });
}

template <typename T>
bool CaseWork<T>::MaySee(const std::string& org, const Stored& stored) const {
  if (stored.org == org) return true;
  const auto& steps = stored.application.steps();
  const bool arrived = std::any_of(steps.begin(), steps.end(), [](const cases::v1::CaseStep& step) {
    return step.step() == "TOWN_REVIEW";
  });
  return arrived && DecidesHere(stored.application) && ActsFor(org, HukouOf(stored.application));
}

template <typename T>
absl::StatusOr<typename CaseWork<T>::Stored> CaseWork<T>::LoadFor(sql::Session& session,
                                                                  const std::string& org,
                                                                  const std::string& application_no) {
  CHUANYU_ASSIGN_OR_RETURN(Stored stored, store_.Load(session, application_no));
  if (!MaySee(org, stored)) return MakeError(Reason::CASE_NOT_FOUND);
  return stored;
}

template <typename T>
absl::StatusOr<typename T::ListResponse> CaseWork<T>::List(const std::string& org,
                                                           const typename T::ListRequest& request) {
  constexpr size_t kScanned = 500;
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  if (T::StateName(request.state()).empty()) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  const std::string scope = absl::StrCat(org, "\n", static_cast<int>(request.state()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  // Whose an application is stands in what is sealed, so some are opened in vain: at most kScanned a page.
  std::vector<std::pair<int64_t, Stored>> rows;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(rows, store_.Before(session, before, request.state(), kScanned));
    return absl::OkStatus();
  }));
  typename T::ListResponse response;
  int64_t last = 0;
  for (auto& [sequence, stored] : rows) {
    if (response.applications_size() == size) break;
    last = sequence;
    if (!MaySee(org, stored)) continue;
    CHUANYU_RETURN_IF_ERROR(Refresh(&stored.application));
    *response.add_applications() = Basic(stored.application);
  }
  const bool more = rows.size() == kScanned || (!rows.empty() && last != rows.back().first);
  if (more) response.set_next_page_token(PageToken(desk_.own_indexer(), scope, last));
  return response;
}

template <typename T>
absl::StatusOr<typename T::Application> CaseWork<T>::Get(const std::string& org,
                                                         const std::string& application_no) {
  Application out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(Stored stored, LoadFor(session, org, application_no));
    out = std::move(stored.application);
    return absl::OkStatus();
  }));
  CHUANYU_RETURN_IF_ERROR(Refresh(&out));
  return out;
}

template <typename T>
absl::StatusOr<std::optional<typename CaseWork<T>::Looked>> CaseWork<T>::LookBefore(
    const Caller& caller, const typename T::PerformRequest& request) {
  if (!Examines(request)) return std::optional<Looked>();
  Application application;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(Stored stored, LoadFor(session, caller.org, request.application_no()));
    application = std::move(stored.application);
    return absl::OkStatus();
  }));
  Looked out{.version = application.version()};
  if (DecidesHere(application)) out.up = LookUp(application, request);
  return std::optional<Looked>(std::move(out));
}

template <typename T>
absl::StatusOr<typename T::Application> CaseWork<T>::Perform(const Caller& caller,
                                                             const typename T::PerformRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  for (int looks = 1;; ++looks) {
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<Looked> looked, LookBefore(caller, request));
    absl::StatusOr<Application> done = PerformLooked(caller, key, request, looked);
    // Who names no version acts on the case as it is: the answer of another region that came while registers
    // were asked is no conflict of theirs.
    const bool again = looked && request.version() == 0 && HasReason(done.status(), Reason::STALE_VERSION);
    if (!again || looks == kMostLooks) return done;
  }
}

template <typename T>
absl::StatusOr<typename T::Application> CaseWork<T>::PerformLooked(const Caller& caller, const ActKey& key,
                                                                   const typename T::PerformRequest& request,
                                                                   const std::optional<Looked>& looked) {
  Stored stored;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(stored, LoadFor(session, caller.org, request.application_no()));
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) return absl::OkStatus();
    const int64_t version = stored.application.version();
    if ((request.version() != 0 && request.version() != version) || (looked && looked->version != version)) {
      return MakeError(Reason::STALE_VERSION, {.field = "version"});
    }
    const typename T::LookedUp looked_up = looked ? looked->up : typename T::LookedUp();
    CHUANYU_RETURN_IF_ERROR(ActOn(session, caller, request, looked_up, &stored, topics));
    CHUANYU_RETURN_IF_ERROR(Refresh(&stored.application));
    CHUANYU_RETURN_IF_ERROR(store_.Save(session, &stored));
    topics->push_back(stored.application.application_no());
    return desk_.rows().RememberAct(session, key, stored.application.application_no());
  }));
  return Basic(stored.application);
}

template <typename T>
absl::Status CaseWork<T>::CheckDecision(sql::Session& session, const Caller& caller,
                                        const Stored& stored) const {
  if (desk_.flow().FindAct(cases::Current(stored.application.steps()).step(), "approve") == nullptr) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "act"});
  }
  CHUANYU_RETURN_IF_ERROR(
      claims_.CheckHeld(session, stored.claim_id, stored.window_region == desk_.own_region()));
  return ActsFor(caller.org, HukouOf(stored.application)) ? absl::OkStatus() : NotHukou();
}

template <typename T>
absl::Status CaseWork<T>::ActOn(sql::Session& session, const Caller& caller,
                                const typename T::PerformRequest& request,
                                const typename T::LookedUp& looked_up, Stored* stored, Topics* topics) {
  const std::string& act = request.act();
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  // The window acts on what it took in; the offices of the 户籍 on what has come to them.
  if (office == nullptr || !HasRole(*office, request.role()) ||
      (request.role() == "WINDOW" && stored->org != caller.org)) {
    return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  }
  if ((act == "approve" || act == "reject") && request.version() == 0) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "version", .detail = "nobody decides on what was not seen"});
  }
  CHUANYU_RETURN_IF_ERROR(Before(session, caller, request, looked_up, stored, topics));
  if (act == "approve") {
    CHUANYU_RETURN_IF_ERROR(CheckDecision(session, caller, *stored));
    CHUANYU_RETURN_IF_ERROR(Decide(session, caller, request, stored, topics));
  }
  CHUANYU_RETURN_IF_ERROR(
      cases::Perform(desk_.flow(), desk_.calendar(), act,
                     {.role = request.role(), .officer_id = request.officer_id(), .org = caller.org},
                     desk_.Today(), stored->application.mutable_steps()));
  if (act == "resubmit") {
    Correct(request.correction(), &stored->application);
    CHUANYU_ASSIGN_OR_RETURN(const CaseFacts facts, FactsOf(stored->application));
    if (facts.subject != stored->subject) {
      return MakeError(Reason::STATE_CONFLICT, {.field = "correction", .detail = "is about another person"});
    }
    stored->application.mutable_deciding_region()->set_code(facts.hukou_region);
  }
  if (act == "push") return Forward(session, stored);
  if (act == "approve" || act == "reject" || act == "return") {
    CHUANYU_RETURN_IF_ERROR(AwaitTelling(session, *stored));
    return ReturnToWindow(session, *stored);
  }
  return ReleaseEnded(session, *stored);
}

}  // namespace chuanyu
