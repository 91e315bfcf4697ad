// Submits an application, follows it to its end and prints what was found.
//
//   node submit.js FILE --server HOST:PORT --identity NAME --cert PEM --key PEM --ca PEM [--protos DIR] [--recheck]
//
// --recheck submits it under a new request id as 定期复核 of a household that is assisted already.
'use strict';

const crypto = require('node:crypto');
const path = require('node:path');
const {parseArgs} = require('node:util');
const {CallError, call, connect, loadProtos, readApplication, watch} = require('./client.js');

async function main() {
  const string = {type: 'string'};
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      server: string,
      identity: string,
      cert: string,
      key: string,
      ca: string,
      protos: {type: 'string', default: path.join(__dirname, '../../../proto')},
      recheck: {type: 'boolean', default: false},
    },
  });
  const front = connect(values, loadProtos(values.protos), 'chuanyu.family_economy.v1.FamilyEconomy');
  try {
    const application = readApplication(positionals[0]);
    if (values.recheck) {
      application.requestId = crypto.randomUUID();
      application.verification.type = 'VERIFICATION_TYPE_RECHECK';
    }
    const created = await call(front, 'createVerification', application);
    console.log(created.verification.verificationNo);
    let last;
    for await (last of watch(front, created.verification.verificationNo)) {
      console.log(`version ${last.version}  ${last.state}`);
    }
    for (const found of last.duplicates) {
      console.log(`${found.reason} ${found.memberId} ${found.region.code} ${found.type} ${found.fromMonth.value}`);
    }
  } finally {
    front.close();
  }
}

main().catch((error) => {
  if (!(error instanceof CallError)) throw error;
  console.error(`${error.code} ${error.reason || ''} ${error.field || ''} ${error.text || error.message}`);
  process.exitCode = 1;
});
