/** What a redis.conf asks that this server knows. */
export interface ServerSettings {
  hosts: string[];
  port: number;
  /** Any of these opens it; without any, none is asked for. */
  passwords: string[];
  /** Bytes; 0 is no limit. */
  maxmemory: number;
  /** Commands by their own names in small letters; '' takes one away. */
  renamed: Map<string, string>;
}

/** Directives that ask for what this server has not, and the values with which they do not. */
const beyond: Record<string, string> = {
  'tls-port': '0',
  replicaof: '',
  'cluster-enabled': 'no',
};

const mebibyte = 1024 * 1024;

/**
 * Reads a redis.conf as ../caches/config.ts writes it: a directive per line, its values in quotes. What has no meaning
 * for a server that keeps everything in memory is passed over. Throws where it asks for what is not there.
 */
export function settingsIn(conf: string): ServerSettings {
  const settings: ServerSettings = {
    hosts: ['127.0.0.1'],
    port: 6379,
    passwords: [],
    // Of its own accord, a program of JavaScript would end where it runs out of memory.
    maxmemory: 256 * mebibyte,
    renamed: new Map(),
  };
  for (const line of conf.split('\n').filter((each) => each.trim() !== '')) {
    const [name = ''] = line.split(' ', 1);
    const values = [...line.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([quoted]) => JSON.parse(quoted) as string);
    const [first = '', second = ''] = values;
    if (name in beyond && first !== beyond[name]) {
      throw new Error(`the stand-in cannot be started: it has no ${name} ${first}`);
    }
    if (name === 'bind') settings.hosts = values;
    if (name === 'port') settings.port = Number(first);
    if (name === 'maxmemory') settings.maxmemory = Number(first);
    if (name === 'rename-command') settings.renamed.set(first.toLowerCase(), second.toLowerCase());
    if (name === 'user') {
      // Over the wire a password comes as bytes.
      const asBytes = (password: string) => Buffer.from(password).toString('latin1');
      settings.passwords = values
        .filter((value) => value.startsWith('>'))
        .map((value) => asBytes(value.slice(1)));
    }
  }
  return settings;
}
