#!/usr/bin/env node
// The executable: silences what the user cannot act on, then hands over to the bundle.

const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  // The SDK's notice about future Node versions: which Node works is this package's promise ("engines"), not its users' worry.
  if (!String(warning).includes('AWS SDK for JavaScript')) emitWarning.call(process, warning, ...rest);
};

const { run } = await import('../dist/cli.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('error: chatops is not built\nhint: run `npm ci` (or `npm run build`) in its folder');
  process.exit(1);
});
await run();
