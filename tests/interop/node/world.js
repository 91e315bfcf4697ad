// What interop.py started, for the tests: addresses, certificates, and short ways to connect.
'use strict';

const path = require('node:path');
const {connect, loadProtos} = require('./client.js');

const world = require(process.env.CHUANYU_WORLD);
const protos = loadProtos([world.protos, path.join(__dirname, '../protos')], ['health.proto']);
const opened = [];

// `as` names a certificate of world.clients, or nothing for a caller without one; `server` is "front" or "node".
function open(service, server, as, identity = world[server].identity) {
  const files = as ? world.clients[as] : {};
  const client = connect({server: world[server].address, identity, ca: world.ca, ...files}, protos, service);
  opened.push(client);
  return client;
}

const front = (as, identity) => open('chuanyu.family_economy.v1.FamilyEconomy', 'front', as, identity);

function closeAll() {
  for (const client of opened) client.close();
}

module.exports = {closeAll, front, open, world};
