// Statuses that were confirmed, between two regions, for tests on SQLite and on a real PostgreSQL. Synthetic
// persons.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {

inline std::string StateOf(const v1::Application& application) {
  return v1::ApplicationState_Name(application.state()).substr(sizeof("APPLICATION_STATE_") - 1);
}
inline std::string StateOf(const v1::Determination& determination) {
  return v1::DeterminationState_Name(determination.state()).substr(sizeof("DETERMINATION_STATE_") - 1);
}

class ChildServiceTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override { regions_ = std::make_unique<TwoRegions>(GetParam()); }
  TwoRegions& regions() { return *regions_; }
  Side& cq() { return regions_->cq(); }
  Side& sc() { return regions_->sc(); }

  // On its way to the county of the 户籍, which is Sichuan's.
  std::string Pushed(Side& window) {
    const auto created = window.Create(kCountySc);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    regions().Settle();
    EXPECT_EQ(ReasonText(window.Act(created->application_no(), "push", "WINDOW").status()), "OK");
    return created->application_no();
  }
  // Confirmed on 2026-03-02 in Sichuan, paid from April on; its number.
  std::string Confirmed() {
    const std::string no = Pushed(sc());
    for (const auto& [act, role] :
         {std::pair{"town_pass", "TOWN"}, {"approve", "COUNTY"}, {"notify", "WINDOW"}}) {
      EXPECT_EQ(ReasonText(sc().Act(no, act, role).status()), "OK") << act;
    }
    regions().Settle();
    return no + "-D";
  }
  v1::Determination Now(Side& side, const std::string& number) { return side.Status(number).determination(); }

 private:
  std::unique_ptr<TwoRegions> regions_;
};

}  // namespace chuanyu::child_welfare
