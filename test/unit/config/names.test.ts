import { describe, expect, it } from 'vitest';
import { identify, namesOf } from '../../../src/config/names.ts';

describe('names', () => {
  it('keeps stacks apart whose parts join to the same word', () => {
    const one = namesOf(identify('a-b', 'c', 'eu-west-3'));
    const other = namesOf(identify('a', 'b-c', 'eu-west-3'));
    expect(one.base).not.toBe(other.base);
    expect(one.executionRole).not.toBe(other.executionRole);
    expect(one.rolePath).not.toBe(other.rolePath);
  });

  it('differs by region, since IAM is account-wide', () => {
    const paris = namesOf(identify('chat', 'prod', 'eu-west-3'));
    const dublin = namesOf(identify('chat', 'prod', 'eu-west-1'));
    expect(paris.taskRole).not.toBe(dublin.taskRole);
  });

  it('stays within the limits of AWS for the longest parts', () => {
    const names = namesOf(identify('a'.repeat(19) + '-', `b-${'c'.repeat(17)}-`, 'ap-southeast-2'));
    for (const name of [names.loadBalancer, names.targetGroup({ port: 1 })]) {
      expect(name.length).toBeLessThanOrEqual(32);
      expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
      expect(name).not.toContain('--');
    }
    expect(names.executionRole.length).toBeLessThanOrEqual(64);
    expect(names.replicationGroup.length).toBeLessThanOrEqual(40);
  });

  it('gives a target group another name when what cannot be changed differs', () => {
    const names = namesOf(identify('chat', 'default', 'local'));
    expect(names.targetGroup({ port: 3000 })).not.toBe(names.targetGroup({ port: 3001 }));
  });
});
