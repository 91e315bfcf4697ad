#include "services/disability/rules/certificate.h"

#include "common/base/status_macros.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

constexpr Date kDay(2026, 6, 15);

CitizenId IdOf(const std::string& number) {
  type::v1::PersonRef ref;
  ref.set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  ref.set_doc_no(number);
  ref.set_name("赵测丁");
  std::vector<Warning> warnings;
  return *ParsePerson(ref, kDay, Divisions(), "person", &warnings)->document;
}

v1::Certificate Shown(const std::string& number) {
  v1::Certificate out;
  out.set_cert_no(number);
  out.mutable_valid_to()->set_value("2030-12-31");
  out.set_state(v1::CERT_STATE_VALID);
  return out;
}

std::string Outcome(const v1::Certificate& certificate, const std::string& holder = kP08) {
  return ReasonText(ReadCertificate(certificate, IdOf(holder), kDay, "c").status());
}

// Domain page §2.4 and scenario 34.
TEST(Certificate, NumberIsTheHoldersIdTypeAndGrade) {
  struct Row {
    const char* number;
    const char* outcome;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"51162319700101996X42", "OK"},
           {"51162319700101996x42", "OK"},  // canonical, domain page §2.1
           {"51162319700101996X11", "OK"},
           {"51162319700101996X64", "OK"},
           {"51162319700101996X42B1", "OK"},
           {"51162319700101996X42B9", "OK"},
           {"51162319700101996X48", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X40", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X02", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X82", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X42B", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X42B0", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X42C1", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X4", "E_CERT_CODE c.cert_no"},
           {"", "E_CERT_CODE c.cert_no"},
           {"51162319700101996X４2", "E_CERT_CODE c.cert_no"},  // full-width: 22 bytes
           {"51162320140520990254", "E_CERT_ID c.cert_no"},
           {"50010919600229993011", "E_CERT_ID c.cert_no"},
       }) {
    EXPECT_EQ(Outcome(Shown(row.number)), row.outcome) << row.number;
  }
}

TEST(Certificate, OfSeveralTheHeaviestDecides) {
  const auto pair = [](v1::DisabilityType type, int grade) {
    v1::CertPair out;
    out.set_type(type);
    out.set_grade(grade);
    return out;
  };
  v1::Certificate shown = Shown("51162319700101996X72");
  EXPECT_EQ(Outcome(shown), "E_CERT_CODE c.pairs") << "which ones?";
  *shown.add_pairs() = pair(v1::DISABILITY_TYPE_INTELLECTUAL, 4);
  EXPECT_EQ(Outcome(shown), "E_CERT_CODE c.pairs") << "one is not several";
  *shown.add_pairs() = pair(v1::DISABILITY_TYPE_PHYSICAL, 2);
  const auto read = ReadCertificate(shown, IdOf(kP08), kDay, "c");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->HeaviestGrade(), 2);
  EXPECT_EQ(read->disabilities.front().type, v1::DISABILITY_TYPE_PHYSICAL);
  shown.mutable_pairs(1)->set_grade(3);
  EXPECT_EQ(Outcome(shown), "E_CERT_CODE c.pairs") << "its heaviest is not that of the number";
  shown.mutable_pairs(1)->set_grade(2);
  shown.mutable_pairs(0)->set_type(v1::DISABILITY_TYPE_PHYSICAL);
  EXPECT_EQ(Outcome(shown), "E_CERT_CODE c.pairs") << "one twice";
  shown.mutable_pairs(0)->set_type(v1::DISABILITY_TYPE_MULTIPLE);
  EXPECT_EQ(Outcome(shown), "E_CERT_CODE c.pairs");
  v1::Certificate single = Shown("51162319700101996X42");
  *single.add_pairs() = pair(v1::DISABILITY_TYPE_PHYSICAL, 2);
  EXPECT_EQ(Outcome(single), "OK");
  single.mutable_pairs(0)->set_grade(1);
  EXPECT_EQ(Outcome(single), "E_CERT_CODE c.pairs");
}

TEST(Certificate, CountsOnlyWhileItIsValid) {
  v1::Certificate shown = Shown("51162319700101996X42");
  shown.mutable_valid_to()->set_value("2026-06-15");
  EXPECT_EQ(Outcome(shown), "OK") << "its last day";
  shown.mutable_valid_to()->set_value("2026-06-14");
  EXPECT_EQ(Outcome(shown), "E_CERT_STATE c.valid_to");
  shown.mutable_valid_to()->set_value("2026-02-30");
  EXPECT_EQ(Outcome(shown), "DATE_INVALID c.valid_to");
  shown.mutable_valid_to()->set_value("2030-12-31");
  for (const v1::CertState state : {v1::CERT_STATE_UNSPECIFIED, v1::CERT_STATE_FROZEN,
                                    v1::CERT_STATE_CANCELLED, v1::CERT_STATE_MIGRATED}) {
    shown.set_state(state);
    EXPECT_EQ(Outcome(shown), "E_CERT_STATE c.state") << state;
  }
}

}  // namespace
}  // namespace chuanyu::disability
