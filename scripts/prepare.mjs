// npm runs this after an install, and npx before each start: it does nothing when dist/ is current.
import { build, currentStamp, stampOf } from './build.mjs';

if ((await currentStamp()) !== (await stampOf())) await build();
