// The exchange node of Chongqing as systems and operators in Node see it. Runs after front_test.js.
'use strict';

const assert = require('node:assert/strict');
const {after, describe, it} = require('node:test');
const {call} = require('./client.js');
const {closeAll, open} = require('./world.js');

describe('the exchange node', () => {
  after(closeAll);

  for (const server of ['front', 'node']) {
    it(`and its neighbour the front are healthy: ${server}`, async () => {
      const {status} = await call(open('grpc.health.v1.Health', server, 'platform'), 'check', {});
      assert.equal(status, 'SERVING');
    });
  }

  it('shows an operator the link and the journal', async () => {
    const overview = await call(open('chuanyu.exchange.v1.Operations', 'node', 'operator'), 'getOverview', {});
    assert.deepEqual(
      overview.links.map((link) => [link.peerRegion, link.state]),
      [['510000', 'UP']]
    );
    assert.ok(BigInt(overview.journalSize) > 0n, overview.journalSize);
  });

  it('knows no request of another id', async () => {
    const exchange = open('chuanyu.exchange.v1.Exchange', 'node', 'platform');
    await assert.rejects(
      call(exchange, 'getRequest', {requestId: '0190a0a0-0000-7000-8000-000000000000'}),
      (error) => error.reason === 'CASE_NOT_FOUND' && error.code === 'NOT_FOUND'
    );
  });
});
