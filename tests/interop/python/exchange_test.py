"""The exchange node of Chongqing as systems and operators in Python see it. Runs after front_test.py."""
import unittest

import health_pb2
import health_pb2_grpc
from chuanyu.exchange.v1 import exchange_pb2, exchange_pb2_grpc, operations_pb2, operations_pb2_grpc
from grpc import StatusCode

from client import call
from world import ClientTest


class ExchangeTest(ClientTest):
    def test_and_its_neighbour_the_front_are_healthy(self):
        for server in ("front", "node"):
            with self.subTest(server):
                health = health_pb2_grpc.HealthStub(self.open(server, "platform"))
                answer = call(health.Check, health_pb2.HealthCheckRequest())
                self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING)

    def test_shows_an_operator_the_link_and_the_journal(self):
        operations = operations_pb2_grpc.OperationsStub(self.open("node", "operator"))
        overview = call(operations.GetOverview, operations_pb2.GetOverviewRequest())
        self.assertEqual([(link.peer_region, link.state) for link in overview.links], [("510000", "UP")])
        self.assertGreater(overview.journal_size, 0)

    def test_knows_no_request_of_another_id(self):
        exchange = exchange_pb2_grpc.ExchangeStub(self.open("node", "platform"))
        request = exchange_pb2.GetRequestRequest(request_id="0190a0a0-0000-7000-8000-000000000000")
        self.assert_refused(StatusCode.NOT_FOUND, "CASE_NOT_FOUND", lambda: call(exchange.GetRequest, request))


if __name__ == "__main__":
    unittest.main()
