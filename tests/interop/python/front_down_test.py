"""What a client in Python sees when the front is not there. interop.py has stopped it."""
import unittest

from chuanyu.family_economy.v1 import family_economy_pb2 as v1
from grpc import StatusCode

from client import call
from world import ClientTest


class FrontDownTest(ClientTest):
    def test_is_unavailable_at_once_and_without_a_reason_of_ours(self):
        front = self.front("platform")
        error = self.assert_refused(StatusCode.UNAVAILABLE, None,
                                    lambda: call(front.ListVerifications, v1.ListVerificationsRequest()))
        self.assertIn("Connection refused", str(error))


if __name__ == "__main__":
    unittest.main()
