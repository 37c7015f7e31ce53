/** What stays out of an image; paths are relative to its folder, with `/`. */
export interface Ignore {
  ignores(path: string): boolean;
  /** Whether nothing in an ignored folder can be taken back, so that it need not be read. */
  prunes(path: string): boolean;
}

/** What is never part of an image, whatever `.dockerignore` says: history, caches and what operating systems drop. */
const always = ['.git', '.chatops', '.DS_Store', '**/.DS_Store', 'node_modules/.cache', '.dockerignore'];

/**
 * The rules of a `.dockerignore`: one pattern per line, `#` for comments, `*` and `?` within a name, `**` across
 * folders, `!` takes back; the last rule that matches decides. A pattern that matches a folder matches all in it,
 * and is relative to the folder of the build.
 */
export function parseIgnore(text: string): Ignore {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const keeps = line.startsWith('!');
      return { keeps, pattern: patternOf(keeps ? line.slice(1) : line) };
    });
  const fixed = always.map(patternOf);
  const isFixed = (path: string) => fixed.some((pattern) => pattern.test(path));
  const isRuledOut = (path: string) => rules.findLast((rule) => rule.pattern.test(path))?.keeps === false;
  const mayTakeBack = rules.some((rule) => rule.keeps);
  return {
    ignores: (path) => isFixed(path) || isRuledOut(path),
    prunes: (path) => isFixed(path) || (!mayTakeBack && isRuledOut(path)),
  };
}

function patternOf(glob: string): RegExp {
  const clean = glob
    .trim()
    .replace(/^\.?\/+/, '')
    .replace(/\/+$/, '');
  const source = clean.replace(/\*\*\/|\/\*\*$|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '/**':
        return '/.*';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      default:
        return `\\${part}`;
    }
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}
