// The front of Chongqing as a county platform in Node sees it. Needs the regions that interop.py starts.
'use strict';

const assert = require('node:assert/strict');
const {after, before, describe, it} = require('node:test');
const {call, readApplication, watch} = require('./client.js');
const {closeAll, front, world} = require('./world.js');

// As a JSON file would be read again; changes of one test do not reach the next.
const copy = (value) => JSON.parse(JSON.stringify(value));
const refused = (expected) => (error) => {
  assert.deepEqual({code: error.code, reason: error.reason, domain: error.domain}, {domain: 'chuanyu', ...expected});
  return true;
};

describe('FamilyEconomy', () => {
  const application = readApplication(world.application);
  const platform = front('platform');
  let number;
  let reported;

  before(async () => {
    const {verification} = await call(platform, 'createVerification', application);
    number = verification.verificationNo;
    for await (reported of watch(platform, number, 60));
  });
  after(closeAll);

  // The application names 茨竹镇 by its old code, in 500112; the town belongs to 500109 since 2026-01-25.
  it('numbers the check after the county that the accepting town belongs to now', () => {
    assert.match(number, /^CQ-A-500109-\d{8}-\d{8}$/);
  });

  it('reports that the spouse is assisted in Sichuan already', async () => {
    assert.equal(reported.state, 'VERIFICATION_STATE_REPORTED');
    assert.equal(reported.report.complete, true);
    assert.deepEqual(
      reported.duplicates.map((d) => [d.memberId, d.region.code, d.type, d.fromMonth.value, d.reason]),
      [['P02', '510000', 'ASSISTANCE_TYPE_DIBAO_RURAL', '2025-03', 'DUP_BENEFIT']]
    );
  });

  it('asks Sichuan about the spouse and about nobody else', () => {
    assert.deepEqual(
      reported.remoteQueries.map((q) => [q.memberId, q.region.code, q.answered, q.outcome]),
      [['P02', '510000', true, 'OK']]
    );
  });

  it('gets the check as it was watched, without persons', async () => {
    const {verification} = await call(platform, 'getVerification', {verificationNo: number});
    assert.deepEqual(verification, reported);
    assert.equal(verification.household, null);
  });

  it('gives the household back to who asks for it, persons masked', async () => {
    const request = {verificationNo: number, view: 'VERIFICATION_VIEW_FULL'};
    const {verification} = await call(platform, 'getVerification', request);
    assert.equal(verification.household.members[1].person.name, '李*乙');
  });

  it('lists the check', async () => {
    const {verifications} = await call(platform, 'listVerifications', {});
    const line = verifications.find((v) => v.verificationNo === number);
    assert.deepEqual(line, {
      verificationNo: number,
      requestId: application.requestId,
      state: reported.state,
      version: reported.version,
      assistType: reported.assistType,
      createTime: reported.createTime,
      householdId: application.verification.household.householdId,
      dueAct: reported.dueActs[0].act,
      dueDate: reported.dueActs[0].dueDate,
      light: reported.dueActs[0].light,
      // Set when a limit ends in a year whose calendar is not shipped yet.
      dueProblem: reported.dueProblem,
      reviewTier: 'BATCH_TIER_UNSPECIFIED',
      nextReviewDate: null,
      erased: false,
    });
  });

  it('answers a repeat with the same check', async () => {
    const {verification} = await call(platform, 'createVerification', copy(application));
    assert.equal(verification.verificationNo, number);
  });

  it('refuses another body under the same request id', async () => {
    const other = copy(application);
    other.verification.incomeWindowMonths = 6;
    await assert.rejects(
      call(platform, 'createVerification', other),
      refused({code: 'ALREADY_EXISTS', reason: 'IDEMPOTENCY_CONFLICT'})
    );
  });

  it('refuses a second new application of the household', async () => {
    const second = {...copy(application), requestId: 'interop-second'};
    await assert.rejects(
      call(platform, 'createVerification', second),
      refused({code: 'ALREADY_EXISTS', reason: 'DUP_ACTIVE_APPLICATION'})
    );
  });

  it('names the field whose check digit is wrong', async () => {
    const wrong = {...copy(application), requestId: 'interop-wrong'};
    const person = wrong.verification.household.members[1].person;
    assert.equal(person.docNo, '511623198706239924');
    person.docNo = '511623198706239925';
    await assert.rejects(call(platform, 'createVerification', wrong), (error) => {
      assert.equal(error.field, 'household.members[1].person.doc_no');
      assert.equal(error.text, '证件号码校验位不正确');
      return refused({code: 'INVALID_ARGUMENT', reason: 'ID_CHECK'})(error);
    });
  });

  it('knows no check of another number', async () => {
    const request = {verificationNo: 'CQ-A-500109-20200101-00000001'};
    await assert.rejects(
      call(platform, 'getVerification', request),
      refused({code: 'NOT_FOUND', reason: 'CASE_NOT_FOUND'})
    );
  });

  it('shows the check to another system of the organisation', async () => {
    const {verification} = await call(front('sameOrganisation'), 'getVerification', {verificationNo: number});
    assert.deepEqual(verification, reported);
  });

  it('hides the check from another organisation', async () => {
    const window = front('otherOrganisation');
    const hidden = refused({code: 'NOT_FOUND', reason: 'CASE_NOT_FOUND'});
    await assert.rejects(call(window, 'getVerification', {verificationNo: number}), hidden);
    await assert.rejects(async () => {
      for await (const seen of watch(window, number, 30)) assert.fail(`saw ${seen.state}`);
    }, hidden);
    const {verifications} = await call(window, 'listVerifications', {});
    assert.deepEqual(verifications, []);
  });

  it('takes no system of the other region and no operator', async () => {
    await assert.rejects(
      call(front('otherRegion'), 'listVerifications', {}),
      refused({code: 'PERMISSION_DENIED', reason: 'CALLER_WRONG_REGION'})
    );
    await assert.rejects(
      call(front('operator'), 'listVerifications', {}),
      refused({code: 'PERMISSION_DENIED', reason: 'ROLE_DENIED'})
    );
  });

  it('refuses a caller without a certificate before any service sees it', async () => {
    await assert.rejects(call(front(undefined), 'listVerifications', {}), (error) => {
      assert.deepEqual([error.code, error.reason], ['UNAVAILABLE', undefined]);
      return true;
    });
  });

  it('does not talk to a server of another name', async () => {
    const wrong = front('platform', 'spiffe://510000.chuanyu/mzj/family-economy');
    await assert.rejects(call(wrong, 'listVerifications', {}), (error) => {
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /server is not spiffe:\/\/510000/);
      return true;
    });
  });
});
