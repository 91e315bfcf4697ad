"""The front of Chongqing as a county platform in Python sees it. Needs the regions that interop.py starts."""
import unittest

from chuanyu.family_economy.v1 import class_result_pb2, family_economy_pb2 as v1, family_economy_pb2_grpc
from chuanyu.family_economy.v1 import lifecycle_pb2
from grpc import StatusCode

from client import call, connect, read_application, watch
from world import WORLD, ClientTest


class FrontTest(ClientTest):
    @classmethod
    def setUpClass(cls):
        channel = connect(WORLD["front"]["address"], ca=WORLD["ca"], **WORLD["clients"]["platform"])
        cls.addClassCleanup(channel.close)
        cls.platform = family_economy_pb2_grpc.FamilyEconomyStub(channel)
        cls.application = read_application(WORLD["application"])
        cls.number = call(cls.platform.CreateVerification, cls.application).verification.verification_no
        for cls.reported in watch(cls.platform, cls.number, seconds=60):
            pass

    def changed(self, request_id):
        """The application under another request id, to be changed further."""
        other = v1.CreateVerificationRequest()
        other.CopyFrom(self.application)
        other.request_id = request_id
        return other

    def get(self, front, number, **more):
        return call(front.GetVerification, v1.GetVerificationRequest(verification_no=number, **more)).verification

    def list(self, front):
        return call(front.ListVerifications, v1.ListVerificationsRequest()).verifications

    def test_numbers_the_check_after_the_county_that_the_accepting_town_belongs_to_now(self):
        # The application names 茨竹镇 by its old code, in 500112; the town belongs to 500109 since 2026-01-25.
        self.assertRegex(self.number, r"^CQ-A-500109-\d{8}-\d{8}$")

    def test_reports_that_the_spouse_is_assisted_in_sichuan_already(self):
        self.assertEqual(self.reported.state, lifecycle_pb2.VERIFICATION_STATE_REPORTED)
        self.assertTrue(self.reported.report.complete)
        found = [(d.member_id, d.region.code, d.type, d.from_month.value, d.reason) for d in self.reported.duplicates]
        self.assertEqual(found, [("P02", "510000", class_result_pb2.ASSISTANCE_TYPE_DIBAO_RURAL, "2025-03",
                                  "DUP_BENEFIT")])

    def test_asks_sichuan_about_the_spouse_and_about_nobody_else(self):
        asked = [(q.member_id, q.region.code, q.answered, q.outcome) for q in self.reported.remote_queries]
        self.assertEqual(asked, [("P02", "510000", True, "OK")])

    def test_gets_the_check_as_it_was_watched_without_persons(self):
        verification = self.get(self.platform, self.number)
        self.assertEqual(verification, self.reported)
        self.assertFalse(verification.HasField("household"))

    def test_gives_the_household_back_to_who_asks_for_it_persons_masked(self):
        verification = self.get(self.platform, self.number, view=v1.VERIFICATION_VIEW_FULL)
        self.assertEqual(verification.household.version, 1)
        self.assertEqual(verification.household.household_id, self.application.verification.household.household_id)
        self.assertEqual([member.person.name for member in verification.household.members], ["张*甲", "李*乙", "张**"])

    def test_lists_the_check(self):
        line = next(v for v in self.list(self.platform) if v.verification_no == self.number)
        self.assertEqual(line, v1.VerificationSummary(
            verification_no=self.number, request_id=self.application.request_id, state=self.reported.state,
            version=self.reported.version, assist_type=self.reported.assist_type,
            create_time=self.reported.create_time,
            household_id=self.application.verification.household.household_id,
            due_act=self.reported.due_acts[0].act, due_date=self.reported.due_acts[0].due_date,
            light=self.reported.due_acts[0].light, due_problem=self.reported.due_problem))

    def test_answers_a_repeat_with_the_same_check(self):
        again = call(self.platform.CreateVerification, self.application).verification
        self.assertEqual(again.verification_no, self.number)

    def test_refuses_another_body_under_the_same_request_id(self):
        other = self.changed(self.application.request_id)
        other.verification.income_window_months = 6
        self.assert_refused(StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_CONFLICT",
                            lambda: call(self.platform.CreateVerification, other))

    def test_refuses_a_second_new_application_of_the_household(self):
        self.assert_refused(StatusCode.ALREADY_EXISTS, "DUP_ACTIVE_APPLICATION",
                            lambda: call(self.platform.CreateVerification, self.changed("interop-second")))

    def test_names_the_field_whose_check_digit_is_wrong(self):
        wrong = self.changed("interop-wrong")
        person = wrong.verification.household.members[1].person
        self.assertEqual(person.doc_no, "511623198706239924")
        person.doc_no = "511623198706239925"
        error = self.assert_refused(StatusCode.INVALID_ARGUMENT, "ID_CHECK",
                                    lambda: call(self.platform.CreateVerification, wrong))
        self.assertEqual(error.field, "household.members[1].person.doc_no")
        self.assertEqual(error.text, "证件号码校验位不正确")

    def test_knows_no_check_of_another_number(self):
        self.assert_refused(StatusCode.NOT_FOUND, "CASE_NOT_FOUND",
                            lambda: self.get(self.platform, "CQ-A-500109-20200101-00000001"))

    def test_shows_the_check_to_another_system_of_the_organisation(self):
        self.assertEqual(self.get(self.front("sameOrganisation"), self.number), self.reported)

    def test_hides_the_check_from_another_organisation(self):
        window = self.front("otherOrganisation")
        self.assert_refused(StatusCode.NOT_FOUND, "CASE_NOT_FOUND", lambda: self.get(window, self.number))
        self.assert_refused(StatusCode.NOT_FOUND, "CASE_NOT_FOUND", lambda: list(watch(window, self.number, 30)))
        self.assertEqual(list(self.list(window)), [])

    def test_takes_no_system_of_the_other_region_and_no_operator(self):
        self.assert_refused(StatusCode.PERMISSION_DENIED, "CALLER_WRONG_REGION",
                            lambda: self.list(self.front("otherRegion")))
        self.assert_refused(StatusCode.PERMISSION_DENIED, "ROLE_DENIED", lambda: self.list(self.front("operator")))

    def test_refuses_a_caller_without_a_certificate_before_any_service_sees_it(self):
        self.assert_refused(StatusCode.UNAVAILABLE, None, lambda: self.list(self.front(None)))


if __name__ == "__main__":
    unittest.main()
