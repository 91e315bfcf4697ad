// Bodies of case_work.h, which includes this; nobody else does: what crosses the border.
#pragma once

namespace chuanyu {

template <typename T>
absl::Status CaseWork<T>::Forward(sql::Session& session, Stored* stored) {
  Application& application = stored->application;
  if (cases::Current(application.steps()).step() != "PUSHED") return absl::OkStatus();
  if (DecidesHere(application)) {
    CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.flow(), desk_.calendar(), "arrive", {.role = cases::kSystem},
                                           desk_.Today(), application.mutable_steps()));
    return Arrived(session, stored);
  }
  // Another region takes it in for a claim that it has granted.
  if (application.peer_check() != cases::v1::PEER_CHECK_CONFIRMED) return absl::OkStatus();
  typename T::PushRequest push;
  push.set_claim_id(stored->claim_id);
  CopyPushed(application, push.mutable_application());
  return desk_.Send(session, application.deciding_region().code(), "PushApplication",
                    application.application_no(), push);
}

template <typename T>
absl::Status CaseWork<T>::ReturnToWindow(sql::Session& session, const Stored& stored) const {
  if (stored.window_region == desk_.own_region()) return absl::OkStatus();
  typename T::ResultRequest message;
  message.set_application_no(stored.application.application_no());
  message.set_state(StateOf(stored.application));
  CopyResult(stored.application, &message);
  CHUANYU_RETURN_IF_ERROR(desk_.Send(session, stored.window_region, "ReturnResult",
                                     stored.application.application_no(), message));
  return Close(session, stored);
}

template <typename T>
absl::StatusOr<typename T::PushResponse> CaseWork<T>::Push(const std::string& from,
                                                           const typename T::PushRequest& request) {
  typename T::PushResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, store_.FindByClaim(session, request.claim_id()));
    if (known) return absl::OkStatus();  // a repeat
    const auto refuse = [&](const absl::Status& why) {
      response.set_refused_reason(std::string(ReasonName(ReasonOf(why).value_or(Reason::BAD_REQUEST))));
      return absl::OkStatus();
    };
    CHUANYU_ASSIGN_OR_RETURN(const bool granted, claims_.IsGranted(session, request.claim_id(), from));
    if (!granted) return refuse(MakeError(Reason::DUP_ACTIVE_APPLICATION));
    Stored stored{.window_region = from, .claim_id = request.claim_id()};
    Application& application = stored.application;
    CopyPushed(request.application(), &application);
    const absl::StatusOr<CaseFacts> facts = FactsOf(application);
    if (!facts.ok()) return refuse(facts.status());
    if (facts->hukou_region != desk_.own_region()) return refuse(NotHukou());
    stored.subject = facts->subject;
    CHUANYU_ASSIGN_OR_RETURN(const bool about, claims_.IsAbout(session, request.claim_id(), stored.subject));
    if (!about) return refuse(MakeError(Reason::DUP_ACTIVE_APPLICATION));
    application.mutable_deciding_region()->set_code(desk_.own_region());
    application.set_version(1);
    application.set_peer_check(cases::v1::PEER_CHECK_CONFIRMED);
    CHUANYU_RETURN_IF_ERROR(cases::Begin(desk_.flow(), desk_.calendar(), "TOWN_REVIEW", desk_.Today(),
                                         application.mutable_steps()));
    CHUANYU_RETURN_IF_ERROR(Arrived(session, &stored));
    CHUANYU_RETURN_IF_ERROR(Refresh(&application));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.rows().NextSequence(session));
    return store_.Insert(session, stored, sequence);
  }));
  return response;
}

template <typename T>
absl::Status CaseWork<T>::ActAsSystem(sql::Session& session, const std::string& act, Stored* stored,
                                      Topics* topics) {
  CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.flow(), desk_.calendar(), act, {.role = cases::kSystem},
                                         desk_.Today(), stored->application.mutable_steps()));
  CHUANYU_RETURN_IF_ERROR(ReleaseEnded(session, *stored));
  CHUANYU_RETURN_IF_ERROR(AwaitTelling(session, *stored));
  return Store(session, stored, topics);
}

template <typename T>
absl::Status CaseWork<T>::Store(sql::Session& session, Stored* stored, Topics* topics) {
  CHUANYU_RETURN_IF_ERROR(Refresh(&stored->application));
  topics->push_back(stored->application.application_no());
  return store_.Save(session, stored);
}

template <typename T>
absl::Status CaseWork<T>::ReleaseEnded(sql::Session& session, const Stored& stored) const {
  if (!IsOver(stored.application)) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(Close(session, stored));
  if (stored.window_region != desk_.own_region()) return absl::OkStatus();
  return desk_.claims().Release(session, stored.claim_id);
}

template <typename T>
absl::Status CaseWork<T>::TakeDeath(sql::Session& session, const std::string& subject, Date day,
                                    Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const bool added, deaths_.Add(session, subject, day));
  if (!added) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(Died(session, subject, day, topics));
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Stored> filed, store_.OfSubject(session, subject));
  for (Stored& stored : filed) {
    if (!IsOver(stored.application)) CHUANYU_RETURN_IF_ERROR(Stop(session, &stored, topics));
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CaseWork<T>::TakeResult(const std::string& from, const typename T::ResultRequest& request) {
  // "APPLICATION_STATE_APPROVED" arrives by the act "result_approved", if the flow knows it.
  const std::string state = T::StateName(request.state());
  const std::string act =
      absl::StrCat("result_", absl::AsciiStrToLower(absl::StripPrefix(state, "APPLICATION_STATE_")));
  if (desk_.flow().FindAct("PUSHED", act) == nullptr) {
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  }
  return desk_.Transact([&](sql::Session& session, Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(Stored stored, store_.Load(session, request.application_no()));
    // Only the region that was asked to decide can have.
    if (stored.application.deciding_region().code() != from) return MakeError(Reason::CASE_NOT_FOUND);
    if (cases::Current(stored.application.steps()).step() != "PUSHED") return absl::OkStatus();  // a repeat
    CopyResult(request, &stored.application);
    CHUANYU_RETURN_IF_ERROR(ActAsSystem(session, act, &stored, topics));
    return Settled(session, &stored, topics);
  });
}

template <typename T>
absl::Status CaseWork<T>::TakeAnswer(const OutboxMessage& message, const std::string& payload) {
  return desk_.Transact([&](sql::Session& session, Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const bool there, desk_.outbox().Remove(session, message.request_id));
    if (!there) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const bool claim, claims_.TakeAnswer(session, message, payload));
    if (claim) return absl::OkStatus();
    if (message.operation != desk_.Operation("PushApplication")) {
      return TakeOther(session, message, payload, topics);
    }
    typename T::PushResponse response;
    if (!response.ParseFromString(payload)) {
      return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
    }
    if (response.refused_reason().empty()) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(Stored stored, store_.Load(session, message.correlation_id));
    if (cases::Current(stored.application.steps()).step() != "PUSHED") return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(ActAsSystem(session, "result_returned", &stored, topics));
    return Settled(session, &stored, topics);
  });
}

template <typename T>
absl::Status CaseWork<T>::TellCases() {
  return claims_.TellCases([&](sql::Session& session, const uniqueness::Claim& claim, Topics* topics) {
    return TellCase(session, claim, topics);
  });
}

template <typename T>
absl::Status CaseWork<T>::TellCase(sql::Session& session, const uniqueness::Claim& claim, Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(auto stored, store_.FindByClaim(session, claim.id));
  if (!stored) return absl::OkStatus();
  Application& application = stored->application;
  if (claim.state == uniqueness::ClaimState::kRefused) {
    application.set_peer_check(cases::v1::PEER_CHECK_REFUSED);
    if (claim.holder) SetHolder(*claim.holder, application.mutable_duplicate_of());
    const std::string step = cases::Current(application.steps()).step();
    if (desk_.flow().FindAct(step, "end_duplicate") != nullptr) {
      CHUANYU_RETURN_IF_ERROR(ActAsSystem(session, "end_duplicate", &*stored, topics));
      return Settled(session, &*stored, topics);
    }
  } else if (claim.state == uniqueness::ClaimState::kConfirmed) {
    application.set_peer_check(cases::v1::PEER_CHECK_CONFIRMED);
    if (!DecidesHere(application)) CHUANYU_RETURN_IF_ERROR(Forward(session, &*stored));
  }
  topics->push_back(application.application_no());
  return store_.Save(session, &*stored);
}

}  // namespace chuanyu
