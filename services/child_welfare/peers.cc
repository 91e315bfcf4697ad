#include "services/child_welfare/peers.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/child_welfare/recognition_signature.h"

namespace chuanyu::child_welfare {

absl::StatusOr<v1::Recognition> Peers::Recognise(const std::string& from, const std::string& purpose,
                                                 const v1::CheckStatusRequest& request) const {
  if (purpose != kPurpose && purpose != kServicePurpose) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  }
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(request.person(), desk_.Today(),
                                                            desk_.divisions(), "person", &warnings));
  const std::string subject = desk_.SubjectOf(person);
  v1::Recognition out;
  const auto recognise = [&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, determinations_.Recognise(session, subject, person, purpose));
    return absl::OkStatus();
  };
  if (!request.subscribe()) {
    CHUANYU_RETURN_IF_ERROR(desk_.Read(recognise));
    return out;
  }
  // With the subscription in one transaction: a change after this answer is told.
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(desk_.store().Subscribe(session, subject, from));
    return recognise(session);
  }));
  return out;
}

void Peers::CheckStatus(const std::string& from, const std::string& purpose,
                        const v1::CheckStatusRequest& request, Done done) {
  const absl::StatusOr<v1::Recognition> recognition = Recognise(from, purpose, request);
  if (!recognition.ok()) return done(recognition.status());
  merkle::Statement statement = StatementOf(*recognition);
  v1::SignedRecognition out;
  out.set_statement(statement.bytes);
  // Outside of the transaction: a signature takes longer than the rest.
  signer_.Sign(std::move(statement),
               [out = std::move(out), done = std::move(done)](absl::StatusOr<std::string> note) mutable {
                 if (!note.ok()) return done(note.status());
                 out.set_note(*std::move(note));
                 done(std::move(out));
               });
}

absl::Status Peers::TakeChange(const std::string& from, const v1::StatusChangedRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, desk_.ReadSubject(request.subject(), request.key_id()));
  v1::Recognition recognition;
  // A region speaks of its own statuses.
  if (!recognition.ParseFromString(request.signed_recognition().statement()) ||
      recognition.region().code() != from) {
    return MakeError(Reason::BAD_REQUEST, {.field = "signed_recognition"});
  }
  if (request.sequence() <= 0) return MakeError(Reason::BAD_REQUEST, {.field = "sequence"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto orgs, desk_.store().Watchers(session, subject));
    if (orgs.empty()) return absl::OkStatus();
    // A repeat; or messages overtook each other: what is newer has been told.
    CHUANYU_ASSIGN_OR_RETURN(const bool news, desk_.store().Hear(session, subject, from, request.sequence()));
    if (!news) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(
        desk_.store().AddChange(session, subject, request.signed_recognition(), desk_.Today()));
    for (const std::string& org : orgs) topics->push_back(OrgTopic(org));
    return absl::OkStatus();
  });
}

}  // namespace chuanyu::child_welfare
