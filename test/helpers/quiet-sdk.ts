import { afterAll } from 'vitest';

// The SDK's notice about future Node versions, which bin/chatops.js keeps from users too.
const { emitWarning } = process;
process.emitWarning = (warning: string | Error, ...rest: []) => {
  if (!String(warning).includes('AWS SDK for JavaScript')) emitWarning.call(process, warning, ...rest);
};
afterAll(() => {
  process.emitWarning = emitWarning;
});
