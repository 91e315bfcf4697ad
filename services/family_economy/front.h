// chuanyu.family_economy.v1.FamilyEconomy: what systems of this region ask. Every handler authorises first
// (role system, own region), refuses what it does not know, and hands blocking work to the worker pool.
//
// Shutdown order: Drain, rpc::Server::Shutdown, Remote::Stop, workers, store.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/service/watchers.h"
#include "common/telemetry/metrics.h"
#include "services/family_economy/acts.h"
#include "services/family_economy/cases.h"
#include "services/family_economy/listing.h"
#include "services/family_economy/open_questions.h"
#include "services/family_economy/reveal_desk.h"

namespace chuanyu::family_economy {

struct FrontDeps {
  Cases& cases;
  Acts& acts;
  Listing& listing;
  OpenQuestionList& open_questions;
  CaseStore& store;
  Watchers& watchers;
  WorkerPool& workers;
  RevealDesk& reveals;
  const DivisionTable& divisions;
  const Clock& clock;
  std::string own_region;
  Metrics* metrics = nullptr;
};

class Front final : public v1::FamilyEconomy::CallbackService {
 public:
  explicit Front(const FrontDeps& deps);

  // Ends the watching calls with SHUTTING_DOWN; later ones get it at once.
  void Drain();

  grpc::ServerUnaryReactor* CreateVerification(grpc::CallbackServerContext* context,
                                               const v1::CreateVerificationRequest* request,
                                               v1::CreateVerificationResponse* response) override;
  grpc::ServerUnaryReactor* GetVerification(grpc::CallbackServerContext* context,
                                            const v1::GetVerificationRequest* request,
                                            v1::GetVerificationResponse* response) override;
  grpc::ServerUnaryReactor* ListVerifications(grpc::CallbackServerContext* context,
                                              const v1::ListVerificationsRequest* request,
                                              v1::ListVerificationsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchVerificationResponse>* WatchVerification(
      grpc::CallbackServerContext* context, const v1::WatchVerificationRequest* request) override;
  grpc::ServerUnaryReactor* CancelVerification(grpc::CallbackServerContext* context,
                                               const v1::CancelVerificationRequest* request,
                                               v1::CancelVerificationResponse* response) override;
  grpc::ServerUnaryReactor* RevokeAuthorization(grpc::CallbackServerContext* context,
                                                const v1::RevokeAuthorizationRequest* request,
                                                v1::RevokeAuthorizationResponse* response) override;
  grpc::ServerUnaryReactor* ListOpenQuestions(grpc::CallbackServerContext* context,
                                              const v1::ListOpenQuestionsRequest* request,
                                              v1::ListOpenQuestionsResponse* response) override;
  grpc::ServerUnaryReactor* RedispatchVerification(grpc::CallbackServerContext* context,
                                                   const v1::RedispatchVerificationRequest* request,
                                                   v1::RedispatchVerificationResponse* response) override;
  grpc::ServerUnaryReactor* RequestReview(grpc::CallbackServerContext* context,
                                          const v1::RequestReviewRequest* request,
                                          v1::RequestReviewResponse* response) override;
  grpc::ServerUnaryReactor* ProposeAssessment(grpc::CallbackServerContext* context,
                                              const v1::ProposeAssessmentRequest* request,
                                              v1::ProposeAssessmentResponse* response) override;
  grpc::ServerUnaryReactor* DecideVerification(grpc::CallbackServerContext* context,
                                               const v1::DecideVerificationRequest* request,
                                               v1::DecideVerificationResponse* response) override;
  grpc::ServerUnaryReactor* GetVerificationOverview(grpc::CallbackServerContext* context,
                                                    const v1::GetVerificationOverviewRequest* request,
                                                    v1::GetVerificationOverviewResponse* response) override;
  grpc::ServerUnaryReactor* RevealPersons(grpc::CallbackServerContext* context,
                                          const v1::RevealPersonsRequest* request,
                                          v1::RevealPersonsResponse* response) override;
  grpc::ServerUnaryReactor* ListAuditEvents(grpc::CallbackServerContext* context,
                                            const v1::ListAuditEventsRequest* request,
                                            v1::ListAuditEventsResponse* response) override;
  grpc::ServerUnaryReactor* RecordProcedure(grpc::CallbackServerContext* context,
                                            const v1::RecordProcedureRequest* request,
                                            v1::RecordProcedureResponse* response) override;
  grpc::ServerUnaryReactor* ArchiveVerification(grpc::CallbackServerContext* context,
                                                const v1::ArchiveVerificationRequest* request,
                                                v1::ArchiveVerificationResponse* response) override;

 private:
  // Authorises, then runs `work` with the caller on a worker and finishes with its status.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const Caller& caller)> work);
  // The same for an act: `response` shows the check after it.
  template <typename Response>
  grpc::ServerUnaryReactor* RunAct(grpc::CallbackServerContext* context,
                                   const google::protobuf::Message& request, Response* response,
                                   std::function<absl::StatusOr<v1::Verification>(const Caller& caller)> act);

  const FrontDeps deps_;
  Counter created_;
  Counter refused_;
  // Set once, by Drain; the watching calls look at it.
  std::shared_ptr<std::atomic<bool>> draining_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace chuanyu::family_economy
