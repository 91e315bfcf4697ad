"""A client of Chuanyu for Python 3.9 and later that knows nothing but the .proto files.

Needs the stubs that make-stubs.sh makes on PYTHONPATH, and the packages grpcio and protobuf.

  with connect(server, cert, key, ca) as channel:
      front = FamilyEconomyStub(channel)
      verification = call(front.CreateVerification, read_application("application.json")).verification

Errors of `call` and `watch` are Chuanyu's: see CallError.
"""
import datetime
import json
import pathlib

import grpc
from chuanyu.family_economy.v1 import family_economy_pb2 as v1
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def connect(server, cert, key, ca):
    """`server` is host:port, with a host that its certificate names: grpcio compares host names and cannot compare
    the SPIFFE name. `cert` and `key` may be None only to see that the server refuses."""
    def read(path):
        return pathlib.Path(path).read_bytes() if path else None
    credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(cert))
    # Personal data goes to the server and nowhere else, whatever the environment says.
    return grpc.secure_channel(server, credentials, options=[("grpc.enable_http_proxy", 0)])


class CallError(Exception):
    """Why a call failed. `code` is gRPC's. `reason` is Chuanyu's (common/errors/reasons.def), `field` the path of the
    field that is wrong, `text` the sentence in Chinese for people; the three are None when the call did not reach a
    service, and only then."""

    def __init__(self, error):
        super().__init__(error.details())
        self.code = error.code()
        self.reason = self.domain = self.field = self.text = None
        for detail in _details(error):
            info = error_details_pb2.ErrorInfo()
            bad = error_details_pb2.BadRequest()
            localized = error_details_pb2.LocalizedMessage()
            if detail.Unpack(info):
                self.domain = info.domain
                self.reason = info.reason if info.domain == "chuanyu" else None
            elif detail.Unpack(bad):
                self.field = bad.field_violations[0].field
            elif detail.Unpack(localized):
                self.text = localized.message


def _details(error):
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return status_pb2.Status.FromString(value).details
    return ()


def call(method, request, seconds=30):
    try:
        return method(request, timeout=seconds)
    except grpc.RpcError as error:
        raise CallError(error) from error


def watch(front, verification_no, seconds=3600):
    """Every state of a check from now on; ends when the state is final."""
    request = v1.WatchVerificationRequest(verification_no=verification_no)
    try:
        for response in front.WatchVerification(request, timeout=seconds):
            yield response.verification
    except grpc.RpcError as error:
        raise CallError(error) from error


def read_application(path, now=None):
    """A CreateVerificationRequest from its JSON file; the day asked about and the deadline are filled in when the file
    leaves them out. Keep what this returns: a repeat must send the same body."""
    now = now or datetime.datetime.now(SHANGHAI)
    text = pathlib.Path(path).read_text(encoding="utf-8")
    request = json_format.ParseDict(json.loads(text), v1.CreateVerificationRequest())
    verification = request.verification
    if not verification.HasField("as_of"):
        verification.as_of.value = now.astimezone(SHANGHAI).strftime("%Y-%m-%d")
    if not verification.HasField("deadline"):
        verification.deadline.seconds = int(now.timestamp()) + 3600
    return request
