// What a client in Node sees when the front is not there. interop.py has stopped it.
'use strict';

const assert = require('node:assert/strict');
const {after, describe, it} = require('node:test');
const {call} = require('./client.js');
const {closeAll, front} = require('./world.js');

describe('a front that is down', () => {
  after(closeAll);

  it('is UNAVAILABLE, at once and without a reason of ours', async () => {
    await assert.rejects(call(front('platform'), 'listVerifications', {}), (error) => {
      assert.deepEqual([error.code, error.reason], ['UNAVAILABLE', undefined]);
      assert.match(error.message, /ECONNREFUSED/);
      return true;
    });
  });
});
