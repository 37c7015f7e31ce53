import { describe, expect, it } from 'vitest';
import { block, json, link, links, printBlock, words } from '../../../src/export/hcl.ts';
import type { Body } from '../../../src/export/hcl.ts';
import { parseHcl } from '../../helpers/hcl.ts';

const known: Record<string, string> = {
  'vpc-1': 'aws_vpc.vpc.id',
  'aws_s3_bucket logs': 'aws_s3_bucket.logs.bucket',
};
const print = (body: Body) =>
  printBlock('resource', ['aws_thing', 'one'], body, (to, type) => known[type ? `${type} ${to}` : to]);

describe('HCL', () => {
  it('looks as terraform fmt leaves it', () => {
    const printed = print({
      name: 'a',
      longer_name: 3,
      on: false,
      nothing: undefined,
      tags: { Name: 'x', 'chatops:id': 'y' },
      after: 1,
      empty: [],
      rule: [block({ id: 'r', filter: block({ prefix: '' }) }), block({ id: 's' })],
      policy: json({ Statement: [{ Effect: 'Allow', Resource: undefined }] }),
      lifecycle: block({ ignore_changes: [words('value')] }),
    });
    expect(printed).toBe(`resource "aws_thing" "one" {
  name        = "a"
  longer_name = 3
  on          = false

  tags = {
    Name         = "x"
    "chatops:id" = "y"
  }

  after = 1
  empty = []

  rule {
    id = "r"

    filter {
      prefix = ""
    }
  }

  rule {
    id = "s"
  }

  policy = jsonencode({
    Statement = [
      {
        Effect = "Allow"
      },
    ]
  })

  lifecycle {
    ignore_changes = [value]
  }
}
`);
  });

  it('refers to what is known, by type where a name may be that of several', () => {
    const printed = print({
      vpc_id: link('vpc-1'),
      other: link('vpc-2'),
      bucket: link('logs', 'aws_s3_bucket'),
      group: link('logs', 'aws_cloudwatch_log_group'),
      ids: links(['vpc-2', 'vpc-1']),
    });
    expect(printed).toBe(`resource "aws_thing" "one" {
  vpc_id = aws_vpc.vpc.id
  other  = "vpc-2"
  bucket = aws_s3_bucket.logs.bucket
  group  = "logs"
  ids    = [aws_vpc.vpc.id, "vpc-2"]
}
`);
  });

  it.each([
    'plain',
    '',
    'say "hi" \\ there',
    '${aws:SourceAccount} and $${b} and %{ if } and %%{c}',
    '#{host} costs 5 $ and 5 %',
    'lines\nand\ttabs\r\b\f\u0000\u007F\u2028',
    'ümlaut 😀 \\b \\\\f',
  ])('keeps every character of %j', (text) => {
    const printed = print({ text, key: { [text]: text } });
    expect(printed.split('\n')).toHaveLength(8);
    expect(parseHcl(printed)[0]!.arguments).toEqual({ text, key: { [text]: text } });
  });
});

describe('the parser of the tests', () => {
  it.each([
    ['a = 1 b = 2\n'],
    ['a {\n  b = "${c}"\n}\n'],
    ['a {\n  b = "\\b"\n}\n'],
    ['a { b = 1 }\n'],
    ['a {\n  b = 1\n  b = 2\n}\n'],
    ['a {\n  b = [1 2]\n}\n'],
    ['a {\n  b = {\n    c:d = 1\n  }\n}\n'],
    ['a {\n'],
    ['a {\n  b = \n}\n'],
  ])('refuses %j', (text) => {
    expect(() => parseHcl(text)).toThrow(/expected|line/);
  });
});
