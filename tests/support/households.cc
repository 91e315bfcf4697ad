#include "tests/support/households.h"

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/calendar/china_time.h"

namespace chuanyu::testing {
namespace {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

std::string Day(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, ChinaTime()); }

void SetTime(google::protobuf::Timestamp& out, absl::Time time) {
  out.set_seconds(absl::ToUnixSeconds(time));
}

void Sign(Authorization& authorization, const std::string& member, const std::string& guardian = "") {
  Signatory& signatory = *authorization.add_signatories();
  signatory.set_member_id(member);
  SetTime(*signatory.mutable_signed_at(), absl::Now() - absl::Hours(24));
  signatory.set_method(SIGNATURE_METHOD_PAPER_SCAN);
  if (!guardian.empty()) signatory.set_guardian_member_id(guardian);
}

// Everything but members and signatures.
CreateVerificationRequest Base(const std::string& request_id, const std::vector<DataClass>& classes) {
  CreateVerificationRequest request;
  request.set_request_id(request_id);
  Verification& check = *request.mutable_verification();
  check.set_type(VERIFICATION_TYPE_NEW);
  check.set_assist_type("P-DIBAO");
  for (const DataClass data_class : classes) check.add_classes(data_class);
  check.mutable_as_of()->set_value(Day(absl::Now()));
  SetTime(*check.mutable_deadline(), absl::Now() + absl::Hours(1));
  check.mutable_accept_org()->set_uscc("52500112MJ0000990P");
  check.mutable_accept_org()->mutable_division()->set_code("500112");
  Household& household = *check.mutable_household();
  household.set_household_id("hh-" + request_id);
  household.set_applicant_member_id("m1");
  household.set_type(HOUSEHOLD_TYPE_URBAN);
  Authorization& authorization = *check.mutable_authorization();
  authorization.set_auth_no("auth-" + request_id);
  authorization.set_purpose_code("P-DIBAO");
  authorization.set_household_id(household.household_id());
  *authorization.mutable_scope() = check.classes();
  authorization.mutable_valid_from()->set_value(Day(absl::Now() - absl::Hours(48)));
  authorization.set_file_sm3(std::string(64, 'a'));
  return request;
}

// Years, months and days as one number: the numbers of children are from less than 18 years ago.
bool IsChild(const TestPerson& person) {
  const int birth = std::stoi(std::string(person.doc_no).substr(6, 8));
  const int today = std::stoi(absl::FormatTime("%Y%m%d", absl::Now(), ChinaTime()));
  return birth + 180000 > today;
}

}  // namespace

const TestPerson kP01 = {"500112198504129912", "张测甲", type::v1::SEX_MALE, "500112"};
const TestPerson kP02 = {"511623198706239924", "李测乙", type::v1::SEX_FEMALE, "511623"};
const TestPerson kP03 = {"500112201509019936", "张测丙", type::v1::SEX_MALE, "500112"};
const TestPerson kP04 = {"511681199811089954", "王测丁", type::v1::SEX_MALE, "511681"};
const TestPerson kP05 = {"500112200111089948", "赵测戊", type::v1::SEX_FEMALE, "500112"};
const TestPerson kP06 = {"511623200503019972", "孙测己", type::v1::SEX_MALE, "511623"};
const TestPerson kP08 = {"51162319700101996X", "钱测辛", type::v1::SEX_FEMALE, "511623"};
const TestPerson kP09 = {"511623201405209902", "周测壬", type::v1::SEX_FEMALE, "511623"};
const TestPerson kP10 = {"511623198607079996", "周测癸", type::v1::SEX_MALE, "511623"};
const TestPerson kP11 = {"511623198903039948", "冯测子", type::v1::SEX_FEMALE, "511623"};
const TestPerson kP15 = {"510224195203039912", "吴测老", type::v1::SEX_MALE, "500112"};
const TestPerson kP16 = {"513031194808159926", "郑测古", type::v1::SEX_FEMALE, "511623"};
const TestPerson kP17 = {"500109196002299930", "褚测闰", type::v1::SEX_MALE, "500109"};
const TestPerson kP18 = {"511602199503149948", "卫测广", type::v1::SEX_FEMALE, "511602"};
const TestPerson kP20 = {"511623200411249914", "蒋测卯", type::v1::SEX_MALE, "511623"};
const TestPerson kP21 = {"511623200611249927", "沈测辰", type::v1::SEX_FEMALE, "511623"};
// A couple in 低保 of Chongqing since 2024-05; her 户籍 is in 邻水.
const TestPerson kP30 = {"500112198801109918", "韩测巳", type::v1::SEX_MALE, "500112"};
const TestPerson kP31 = {"511623199002209924", "杨测午", type::v1::SEX_FEMALE, "511623"};
const TestPerson kPX = {"51168119551108992X", "陈测末", type::v1::SEX_FEMALE, "511681"};

const std::vector<TestPerson>& AllTestPersons() {
  static const auto& all =
      *new std::vector<TestPerson>{kP01, kP02, kP03, kP04, kP05, kP06, kP08, kP09, kP10, kP11,
                                   kP15, kP16, kP17, kP18, kP20, kP21, kP30, kP31, kPX};
  return all;
}

Member MakeMember(const std::string& member_id, const TestPerson& person, const std::string& relation) {
  Member member;
  member.set_member_id(member_id);
  member.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  member.mutable_person()->set_doc_no(person.doc_no);
  member.mutable_person()->set_name(person.name);
  member.mutable_person()->set_sex(person.sex);
  member.set_relation(relation);
  member.mutable_hukou_code()->set_code(person.hukou);
  member.set_capacity(CAPACITY_FULL);
  return member;
}

CreateVerificationRequest Filing(const std::string& request_id, const std::vector<TestMember>& members,
                                 const std::vector<DataClass>& classes) {
  CreateVerificationRequest request = Base(request_id, classes);
  Household& household = *request.mutable_verification()->mutable_household();
  Authorization& authorization = *request.mutable_verification()->mutable_authorization();
  for (const TestMember& each : members) {
    const std::string id = "m" + std::to_string(household.members_size() + 1);
    Member& member = *household.add_members();
    member = MakeMember(id, each.person, each.relation);
    const bool child = IsChild(each.person);
    if (child) member.set_capacity(CAPACITY_LIMITED);
    Sign(authorization, id, child ? "m1" : "");
  }
  return request;
}

void AddWage(HouseholdEconomy& economy, const std::string& member_id, const std::string& month, int64_t fen) {
  Income& income = *economy.add_incomes();
  income.set_member_id(member_id);
  income.set_kind(INCOME_KIND_WAGE);
  income.mutable_month()->set_value(month);
  income.mutable_net()->set_amount(fen);
}

CreateVerificationRequest Scenario1(const std::string& request_id) {
  return Filing(request_id, {{kP01, "01"}, {kP02, "12"}, {kP03, "21"}});
}

}  // namespace chuanyu::testing
