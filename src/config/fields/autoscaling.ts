import * as z from 'zod';
import { schedule } from './schedule.ts';

const tasks = z.number().int().min(0).max(5000);

const percent = z.number().min(1).max(100);

/** `service.autoscaling`: Application Auto Scaling of the ECS service, by target tracking and by scheduled actions. */
export const autoscaling = z
  .strictObject({
    min: tasks.describe('Fewest tasks; with 0, nothing measures any more when the last task is gone'),
    max: tasks.min(1).describe('Most tasks'),
    cpu: percent
      .optional()
      .describe('Average CPU of all tasks to keep, % of what they reserve: above it tasks are added'),
    memory: percent.optional().describe('Average memory of all tasks to keep, % of what they reserve'),
    schedule: schedule
      .default([])
      .describe(
        'Other limits from a time on: `{ cron \\| at \\| rate, timezone, min, max }`, as Application Auto Scaling takes them',
      ),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], message: 'must be at most max' })
  .refine(({ cpu, memory, schedule: actions }) => (cpu ?? memory ?? actions[0]) !== undefined, {
    message: 'needs cpu, memory or schedule: else nothing would ever scale',
  })
  .superRefine(({ min, max, schedule: actions }, context) => {
    // Application Auto Scaling refuses an action that would leave the least above the most.
    for (const [index, action] of actions.entries()) {
      if ((action.min ?? min) <= (action.max ?? max)) continue;
      const [path, message] =
        action.min === undefined
          ? ['max', `must be at least min (${min})`]
          : ['min', `must be at most max (${action.max ?? max})`];
      context.addIssue({ code: 'custom', path: ['schedule', index, path], message });
    }
  });
