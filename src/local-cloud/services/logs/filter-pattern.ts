import { invalidParameter } from './state.ts';

/**
 * A filter pattern for unstructured events: every term has to be in the message (`"…"` quotes one), none of the terms
 * with `-` may be, and of terms with `?` alone one is enough. Case counts. Throws InvalidParameterException for the
 * patterns for JSON, for space-delimited events and for regular expressions, which the local cloud does not know.
 */
export function parsePattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) {
    throw invalidParameter('Invalid filter pattern: the local cloud knows terms only, such as error -debug');
  }
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign, quoted, plain]) => ({ sign, text: quoted?.replace(/\\(.)/g, '$1') ?? plain! }),
  );
  if (terms.map(({ text }) => text).join('').length === 0 && text !== '' && text !== '""') {
    throw invalidParameter('Invalid filter pattern');
  }
  const having = (sign: string) => terms.filter((term) => term.sign === sign).map((term) => term.text);
  const [required, optional, excluded] = [having(''), having('?'), having('-')];
  // With a required or excluded term beside them, CloudWatch ignores the optional ones.
  const anyOf = required.length + excluded.length === 0 ? optional : [];
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (anyOf.length === 0 || anyOf.some((term) => message.includes(term)));
}
