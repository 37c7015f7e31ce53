/** A value of HCL. Without a value, a key of an object, an argument or a block is left out. */
export type Value =
  string | number | boolean | Special | readonly Value[] | { readonly [key: string]: Value | undefined };

/** What stands in a block, in this order; several blocks of one type are a list. */
export type Body = { readonly [name: string]: Value | Block | readonly Block[] | undefined };

type Special = Link | Json | Words;

class Link {
  readonly to: string;
  readonly type: string | undefined;
  constructor(to: string, type: string | undefined) {
    this.to = to;
    this.type = type;
  }
}

class Json {
  readonly value: object;
  constructor(value: object) {
    this.value = value;
  }
}

class Words {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

class Block {
  readonly body: Body;
  constructor(body: Body) {
    this.body = body;
  }
}

/** What AWS calls something, such as `vpc-0a1b`: written as `aws_vpc.vpc.id` where that is known. A name that others may have too needs the `type`. */
export const link = (to: string, type?: string): Value => new Link(to, type);
export const links = (to: readonly string[] = []): Value => to.toSorted().map((one) => link(one));
/** `jsonencode(…)`: a policy or another document that AWS takes as a string. */
export const json = (value: object): Value => new Json(value);
/** Written as it is: an address, or the name of an argument. */
export const words = (text: string): Value => new Words(text);
/** A nested block, such as `health_check { … }`. */
export const block = (body: Body): Block => new Block(body);

/** The expression for what AWS calls something, or undefined where none is known. */
export type Resolve = (to: string, type: string | undefined) => string | undefined;

/**
 * A top-level block as `terraform fmt` would leave it, ending with a line feed
 * (https://developer.hashicorp.com/terraform/language/syntax/configuration).
 */
export function printBlock(type: string, labels: readonly string[], body: Body, resolve: Resolve): string {
  const head = [type, ...labels.map(quote)].join(' ');
  return `${head} {\n${printBody(body, '  ', resolve)}}\n`;
}

function printBody(body: Body, indent: string, resolve: Resolve): string {
  const printer = valuePrinter(resolve);
  const items = Object.entries(body).flatMap(([name, item]): Line[] => {
    const blocks =
      item instanceof Block ? [item] : Array.isArray(item) && item[0] instanceof Block ? item : [];
    if (blocks.length > 0) {
      return (blocks as Block[]).map((one) => ({
        text: `${name} {\n${printBody(one.body, `${indent}  `, resolve)}${indent}}`,
        apart: true,
      }));
    }
    if (item === undefined || item instanceof Block) return [];
    const text = printer(item as Value, indent);
    return [{ name, text, apart: text.includes('\n') }];
  });
  return lines(items, indent);
}

interface Line {
  /** Undefined where the text is the whole line. */
  name?: string;
  text: string;
  /** Whether blank lines set it apart from what is before and after it. */
  apart?: boolean;
}

/** Neighbouring arguments of one line each have their equals signs below one another. */
function lines(items: readonly Line[], indent: string): string {
  const isShort = ({ name, text }: Line) => name !== undefined && !text.includes('\n');
  const widths = items.map(() => 0);
  for (let from = 0, to = 0; from < items.length; from = Math.max(to, from + 1)) {
    for (to = from; to < items.length && isShort(items[to]!);) to += 1;
    widths.fill(Math.max(0, ...items.slice(from, to).map(({ name }) => name!.length)), from, to);
  }
  return items
    .map(({ name, text, apart }, index) => {
      const blank = index > 0 && (apart === true || items[index - 1]!.apart === true) ? '\n' : '';
      const before = name === undefined ? '' : `${name.padEnd(widths[index]!)} = `;
      return `${blank}${indent}${before}${text}\n`;
    })
    .join('');
}

function valuePrinter(resolve: Resolve) {
  const print = (value: Value, indent: string): string => {
    if (typeof value === 'string') return quote(value);
    if (typeof value !== 'object') return String(value);
    if (value instanceof Link) return resolve(value.to, value.type) ?? quote(value.to);
    if (value instanceof Words) return value.text;
    if (value instanceof Json) return `jsonencode(${print(plain(value.value), indent)})`;
    const deeper = `${indent}  `;
    if (Array.isArray(value)) {
      const items = value.map((item: Value) => print(item, deeper));
      const line = `[${items.map((item) => item.trim()).join(', ')}]`;
      if (items.length < 2 && !line.includes('\n')) return line;
      if (line.length + indent.length < 80 && !line.includes('\n')) return line;
      return `[\n${items.map((item) => `${deeper}${item},\n`).join('')}${indent}]`;
    }
    const entries = Object.entries(value).flatMap(([key, item]): Line[] =>
      item === undefined ? [] : [{ name: keyOf(key), text: print(item, deeper) }],
    );
    return entries.length === 0 ? '{}' : `{\n${lines(entries, deeper)}${indent}}`;
  };
  return print;
}

/** Without what JSON does not have. */
function plain(value: object): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function keyOf(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : quote(key);
}

/** Besides quotes and backslashes, what would begin an interpolation or a directive is escaped. */
function quote(text: string): string {
  const escaped = JSON.stringify(text).replaceAll(
    /[\u007F\u2028\u2029]/g,
    (one) => `\\u${one.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  // Of JSON's escapes, HCL does not know these two.
  const known = escaped.replaceAll(/\\(?:\\|[bf])/g, (one) =>
    one === '\\b' ? '\\u0008' : one === '\\f' ? '\\u000c' : one,
  );
  return known.replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}
