// A client of Chuanyu for Node 18 and later that knows nothing but the .proto files.
//
//   const protos = loadProtos('proto');
//   const front = connect({server, identity, cert, key, ca}, protos, 'chuanyu.family_economy.v1.FamilyEconomy');
//   const {verification} = await call(front, 'createVerification', application);
//
// Errors of `call` and `watch` are Chuanyu's: see CallError.
'use strict';

const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const PROTOS = [
  'chuanyu/family_economy/v1/family_economy.proto',
  'chuanyu/exchange/v1/exchange.proto',
  'chuanyu/exchange/v1/operations.proto',
  'google/rpc/error_details.proto',
  'google/rpc/status.proto',
];

// All types and services by full name. 64-bit integers become strings, enums their names.
function loadProtos(root, more = []) {
  return protoLoader.loadSync([...PROTOS, ...more], {
    includeDirs: Array.isArray(root) ? root : [root],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

// Certificates name who a server is by a SPIFFE name, not by a host; so that name is what we check.
function proves(identity) {
  return (host, certificate) => {
    const names = (certificate.subjectaltname || '').split(', ').filter((name) => name.startsWith('URI:'));
    if (names.length === 1 && names[0] === `URI:${identity}`) return undefined;
    return new Error(`server is not ${identity}`);
  };
}

// `server` is host:port; `cert` and `key` may be left out only to see that the server refuses.
function connect({server, identity, cert, key, ca}, protos, service) {
  const read = (file) => (file ? fs.readFileSync(file) : null);
  const credentials = grpc.credentials.createSsl(read(ca), read(key), read(cert), {
    checkServerIdentity: proves(identity),
  });
  const Client = grpc.makeClientConstructor(protos[service], service);
  const client = new Client(server, credentials, {
    'grpc.enable_http_proxy': 0, // personal data goes to the server and nowhere else
    // A host name in the handshake is of no use, and an address is not allowed there: the trust domain stands for both.
    'grpc.ssl_target_name_override': new URL(identity).hostname,
  });
  client.protos = protos;
  return client;
}

// What the details of an error say, by short type name: ErrorInfo, BadRequest, LocalizedMessage.
function errorDetails(error, protos) {
  const [bytes] = error.metadata ? error.metadata.get('grpc-status-details-bin') : [];
  if (!bytes) return {};
  const found = {};
  for (const any of protos['google.rpc.Status'].deserialize(bytes).details) {
    const name = any.type_url.split('/').pop();
    if (protos[name]) found[name.split('.').pop()] = protos[name].deserialize(any.value);
  }
  return found;
}

// Why a call failed. `code` is gRPC's. `reason` is Chuanyu's (common/errors/reasons.def), `field` the path of the
// field that is wrong, `text` the sentence in Chinese for people; the three are undefined when the call did not reach
// a service, and only then.
class CallError extends Error {
  constructor(error, protos) {
    const {ErrorInfo: info, BadRequest: bad, LocalizedMessage: localized} = errorDetails(error, protos);
    super(error.details || error.message);
    this.name = 'CallError';
    this.code = grpc.status[error.code];
    this.reason = info && info.domain === 'chuanyu' ? info.reason : undefined;
    this.domain = info && info.domain;
    this.field = bad && bad.fieldViolations[0].field;
    this.text = localized && localized.message;
  }
}

function inSeconds(seconds) {
  return {deadline: new Date(Date.now() + seconds * 1000)};
}

function call(client, method, request, seconds = 30) {
  return new Promise((resolve, reject) => {
    client[method](request, inSeconds(seconds), (error, response) => {
      if (error) reject(new CallError(error, client.protos));
      else resolve(response);
    });
  });
}

// Every state of a check from now on; ends when the state is final.
async function* watch(client, verificationNo, seconds = 3600) {
  try {
    for await (const {verification} of client.watchVerification({verificationNo}, inSeconds(seconds))) {
      yield verification;
    }
  } catch (error) {
    throw new CallError(error, client.protos);
  }
}

function timestamp(date) {
  const ms = date.getTime();
  return {seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6};
}

// A CreateVerificationRequest from its JSON file. proto-loader takes no timestamps in RFC 3339 text, so they are
// converted; the day asked about and the deadline are filled in when the file leaves them out. Keep what this returns:
// a repeat must send the same body.
function readApplication(file, now = new Date()) {
  const request = JSON.parse(fs.readFileSync(file, 'utf8'));
  const {verification} = request;
  for (const signatory of verification.authorization.signatories) {
    signatory.signedAt = timestamp(new Date(signatory.signedAt));
  }
  if (!verification.asOf) {
    verification.asOf = {value: new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(now)};
  }
  verification.deadline = timestamp(
    verification.deadline ? new Date(verification.deadline) : new Date(now.getTime() + 3600 * 1000)
  );
  return request;
}

module.exports = {CallError, call, connect, loadProtos, readApplication, watch};
