// npm runs this after an install, and npx before each start: it does nothing when dist/ is current.
import { build, currentStamp, stampOf } from './build.mjs';

if ((await currentStamp()) !== (await stampOf())) {
  await build().catch((error) => {
    // npx before `npm ci`: the executable says what to do; a failure here would leave npx's own cache broken.
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  });
}
