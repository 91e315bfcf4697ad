#!/usr/bin/python3
"""Submits an application, follows it to its end and prints what was found.

  submit.py FILE --server HOST:PORT --cert PEM --key PEM --ca PEM [--recheck]

Needs the stubs that make-stubs.sh makes on PYTHONPATH. --recheck submits it under a new request id as 定期复核 of a
household that is assisted already.
"""
import argparse
import sys
import uuid

from chuanyu.family_economy.v1 import class_result_pb2, family_economy_pb2_grpc, lifecycle_pb2, verification_pb2

from client import CallError, call, connect, read_application, watch


def submit(front, application):
    number = call(front.CreateVerification, application).verification.verification_no
    print(number)
    for verification in watch(front, number):
        print(f"version {verification.version}  {lifecycle_pb2.VerificationState.Name(verification.state)}")
    for found in verification.duplicates:
        print(found.reason, found.member_id, found.region.code, class_result_pb2.AssistanceType.Name(found.type),
              found.from_month.value)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--server", required=True)
    parser.add_argument("--identity", help="taken, so that lines for the other clients fit; grpcio cannot check it")
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--recheck", action="store_true")
    args = parser.parse_args()
    application = read_application(args.file)
    if args.recheck:
        application.request_id = str(uuid.uuid4())
        application.verification.type = verification_pb2.VERIFICATION_TYPE_RECHECK
    with connect(args.server, args.cert, args.key, args.ca) as channel:
        try:
            submit(family_economy_pb2_grpc.FamilyEconomyStub(channel), application)
        except CallError as error:
            sys.exit(f"{error.code.name} {error.reason or ''} {error.field or ''} {error.text or error}")


if __name__ == "__main__":
    main()
