import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../src/resources/ecs/start-spread.ts';

/** How many tasks ECS may run and must keep with these percentages. */
function limits(count: number, minimumHealthyPercent: number, maximumPercent: number) {
  const narrowed = oneAtATime(count, { minimumHealthyPercent, maximumPercent });
  return {
    most: Math.floor((count * narrowed.maximumPercent) / 100),
    least: Math.ceil((count * narrowed.minimumHealthyPercent) / 100),
  };
}

describe('percentages with which one task at a time is replaced', () => {
  it.each([1, 2, 3, 7, 50, 100])('%i tasks: one more, and none less', (count) => {
    expect(limits(count, 100, 200)).toEqual({ most: count + 1, least: count });
    expect(limits(count, 50, 200)).toEqual({ most: count + 1, least: count });
  });

  it.each([2, 3, 7, 50, 100])('%i tasks of which there may be none more: one less', (count) => {
    expect(limits(count, 50, 100)).toEqual({ most: count, least: count - 1 });
    expect(limits(count, 0, 100)).toEqual({ most: count, least: count - 1 });
  });

  it('room that is too small for a whole task is none', () => {
    expect(limits(2, 50, 110)).toEqual({ most: 2, least: 1 });
  });

  it('more than 100 tasks: one percent, which is the least that ECS knows', () => {
    expect(limits(300, 100, 200)).toEqual({ most: 303, least: 300 });
  });

  it('no tasks: as they are', () => {
    const none = { minimumHealthyPercent: 50, maximumPercent: 150 };
    expect(oneAtATime(0, none)).toEqual(none);
  });
});
