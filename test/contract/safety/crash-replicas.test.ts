import { expect, it } from 'vitest';
import { crashCases, standing } from './crash-rig.ts';
import { replicaStack } from './full-stack.ts';

const recorded = crashCases('update with replicas', () => standing(replicaStack));

it('an update of a cache that is no cluster moves it to another token and adds a replica', () => {
  expect(recorded().writes).toEqual(
    expect.arrayContaining(['PutParameter', 'ModifyReplicationGroup', 'IncreaseReplicaCount']),
  );
});
