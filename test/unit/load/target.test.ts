import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/load/target.ts';

describe('a URL', () => {
  it.each([
    [
      'http://localhost:8080',
      { tls: false, host: 'localhost:8080', hostname: 'localhost', port: 8080, path: '/ws' },
    ],
    [
      'https://chat.example.com/',
      { tls: true, host: 'chat.example.com', hostname: 'chat.example.com', port: 443, path: '/ws' },
    ],
    ['ws://[::1]:9/other?a=b', { tls: false, host: '[::1]:9', hostname: '::1', port: 9, path: '/other?a=b' }],
  ])('%s is read', (url, target) => {
    expect(parseTarget(url)).toEqual(target);
  });

  it.each(['localhost:8080', 'ftp://x', 'ws://', ''])('"%s" is refused', (url) => {
    expect(() => parseTarget(url)).toThrow('must be a URL such as ws://127.0.0.1:8080');
  });
});
