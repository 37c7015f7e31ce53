import { expect, test } from 'vitest';
import { sharedHistory } from '../../chat-server/src/room/lineage.ts';

// Epoch e1 ended at 10, e2 at 30, e3 at 25 (its successor had not seen the end of e2).
const head = { epoch: 'e4', offset: 40, lineage: 'e3:25,e2:30,e1:10' };

test.each([
  ['the present', { epoch: 'e4', offset: 40 }, { offset: 40 }],
  ['behind', { epoch: 'e4', offset: 3 }, { offset: 3 }],
  ['ahead', { epoch: 'e4', offset: 41 }, { offset: 40, reason: 'ahead' }],
  ['the last epoch within its end', { epoch: 'e3', offset: 25 }, { offset: 25 }],
  ['the last epoch beyond its end', { epoch: 'e3', offset: 26 }, { offset: 25, reason: 'failover' }],
  ['an earlier epoch within all ends', { epoch: 'e2', offset: 25 }, { offset: 25 }],
  ['an earlier epoch beyond a later end', { epoch: 'e2', offset: 28 }, { offset: 25, reason: 'failover' }],
  ['the first epoch', { epoch: 'e1', offset: 10 }, { offset: 10 }],
  ['beyond the first epoch', { epoch: 'e1', offset: 11 }, { offset: 10, reason: 'failover' }],
  ['an unknown epoch', { epoch: 'e0', offset: 5 }, { offset: 0, reason: 'unknown-epoch' }],
])('a reader at %s', (_, reader, shared) => {
  expect(sharedHistory(reader, head)).toEqual(shared);
});

test('a room without a past knows no other epoch', () => {
  expect(sharedHistory({ epoch: '', offset: 0 }, { ...head, lineage: '' })).toEqual({
    offset: 0,
    reason: 'unknown-epoch',
  });
});
