/** Age as a dashboard shows it: `12s`, `3m`, `2h 05m`, `3d 4h`; seconds only while they matter. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

export function percent(value: number): string {
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}%`;
}

/** `2 nodes`, `1 node`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Cut to a width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
}

/** Exactly `width` characters. */
export function cell(text: string, width: number): string {
  return cut(text, width).padEnd(width);
}

/** Text of others on one line, without anything that a terminal would obey. */
export function plain(text: string): string {
  return text.replaceAll(escapes, '').replaceAll('\t', '  ').replaceAll(controls, ' ').trimEnd();
}

/** A log line as people read it: of a JSON object its message first, then what else it says but for the time, which is shown anyway. */
export function readable(line: string): string {
  const text = plain(line);
  if (!text.startsWith('{')) return text;
  try {
    const {
      message,
      msg = message,
      time: _time,
      level,
      ...others
    } = JSON.parse(line) as Record<string, unknown>;
    if (typeof msg !== 'string') return text;
    const prefix = level === undefined || level === 'info' || level === 30 ? '' : `${asText(level)} `;
    const rest = Object.entries(others).map(([name, value]) => ` ${name}=${asText(value)}`);
    return plain(`${prefix}${msg}${rest.join('')}`);
  } catch {
    return text;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A tag that ends with a long hash, such as `build-0123456789abcdef`, with eight digits of it. */
export function shortVersion(version: string): string {
  return plain(version).replace(/\b([0-9a-f]{8})[0-9a-f]{4,}$/, '$1');
}

/** An event of ECS, shorter: without the service's own name, with short ids and names in place of ARNs. */
export function shortEvent(message: string): string {
  return plain(message)
    .replace(/^\(service [^)]*\)\s*/, '')
    .replace(/^\(deployment [^)]*\)\s*/, '')
    .replaceAll(/arn:[^\s)]*?([^/\s)]+)\/[0-9a-f]{16}(?=[\s).,]|$)/g, '$1')
    .replaceAll(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1');
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const controls = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;
