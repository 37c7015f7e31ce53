import * as z from 'zod';

/** What every service takes in a tag; some take more (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html). */
const characters = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/** Of the 50 tags that AWS allows on a resource, what the owner tags, the name and the notes of chatops leave. */
const most = 44;

const key = z
  .string()
  .min(1, 'the key of a tag must not be empty')
  // EC2 has the tightest limits.
  .max(127, 'the key of a tag must be at most 127 characters')
  .regex(characters, 'the key of a tag may have letters, digits, spaces and _ . : / = + - @')
  .refine((name) => !/^(aws|chatops):/i.test(name), 'tags that begin with "aws:" or "chatops:" are reserved')
  .refine((name) => name !== 'Name', 'the tag "Name" is given by chatops');

/** `tags`: tags of the user's own on every resource. */
export const tags = z
  .record(key, z.string().max(255).regex(characters, 'may have letters, digits, spaces and _ . : / = + - @'))
  .refine((all) => Object.keys(all).length <= most, `must be at most ${most} tags`)
  // IAM takes two keys that differ only in case for one.
  .refine(
    (all) => new Set(Object.keys(all).map((name) => name.toLowerCase())).size === Object.keys(all).length,
    {
      message: 'must not have two keys that differ only in upper and lower case',
    },
  )
  .default({})
  .describe('Tags of your own on every resource; those that others put there stay');
