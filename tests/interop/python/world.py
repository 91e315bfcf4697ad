"""What interop.py started, for the tests: addresses, certificates, and short ways to connect."""
import json
import os
import pathlib
import unittest

from chuanyu.family_economy.v1 import family_economy_pb2_grpc

from client import CallError, connect

WORLD = json.loads(pathlib.Path(os.environ["CHUANYU_WORLD"]).read_text(encoding="utf-8"))


class ClientTest(unittest.TestCase):
    def open(self, server, who):
        """A channel that ends with the test. `who` names a certificate of the world; None for a caller without."""
        files = WORLD["clients"][who] if who else {"cert": None, "key": None}
        channel = connect(WORLD[server]["address"], ca=WORLD["ca"], **files)
        self.addCleanup(channel.close)
        return channel

    def front(self, who):
        return family_economy_pb2_grpc.FamilyEconomyStub(self.open("front", who))

    def assert_refused(self, code, reason, work):
        """That `work` fails with this code and reason of ours, or with `reason` None before it reached a service."""
        with self.assertRaises(CallError) as caught:
            work()
        error = caught.exception
        domain = "chuanyu" if reason else None
        self.assertEqual((error.code, error.reason, error.domain), (code, reason, domain), str(error))
        return error
